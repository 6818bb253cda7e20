"""What Key Vault refuses, by its status and codes. Ids and addresses are told, values never."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.errors import (
    AccessDenied,
    ConnectionDisabled,
    ConnectionExists,
    NotSupported,
    PfconnError,
    StoreThrottled,
    StoreUnavailable,
)

if TYPE_CHECKING:
    from pfconn_jupyter.stores.keyvault.answers import Refusal
    from pfconn_jupyter.stores.keyvault.doing import Doing

# What each operation needs (learn.microsoft.com, rbac-guide); the smallest role that has it.
_ROLES = {"list": "Key Vault Reader", "get": "Key Vault Secrets User"}
_OFFICER = "Key Vault Secrets Officer"


class Busy(StoreUnavailable):
    """Key Vault has not finished with a deletion, a recovery or a purge: a matter of seconds."""


def to_enable(secret: str, vault: str) -> str:
    """Return the command that makes a disabled secret readable again."""
    return f"az keyvault secret set-attributes --vault-name {vault} --name {secret} --enabled true"


def unauthorized(refusal: Refusal, doing: Doing) -> PfconnError:
    """401: the token is none for this vault."""
    name = doing.vault.name
    if refusal.other_tenant:
        at = f" (you are signed in to {doing.who.tenant})" if doing.who.tenant else ""
        hint = "Sign in there: %pfconn login --tenant TENANT, or az login --tenant TENANT. Or set AZURE_TENANT_ID."
        return AccessDenied(f"{name} belongs to another tenant{at}.", hint)
    if refusal.expired:
        return AccessDenied(
            f"{name} says that the sign-in has expired.",
            "Sign in again: %pfconn login, or az login. Is this machine's clock right?",
        )
    hint = "Sign in again: %pfconn login or az login, if need be with --tenant TENANT. Or compare the AZURE_ variables."
    return AccessDenied(f"{name} does not accept the sign-in of {doing.who}.", hint)


def forbidden(refusal: Refusal, doing: Doing) -> PfconnError:
    """403: not for this identity, not from this network, not in this state."""
    name = doing.vault.name
    if refusal.inner == "SecretDisabled":
        hint = f"Enable it: {to_enable(doing.secret, name)}"
        return ConnectionDisabled(f"{doing.what} is disabled in {name}: its value is not given.", hint)
    if refusal.purge_protected:
        return NotSupported(
            f"{name} has purge protection: nobody can remove {doing.what or 'anything'} before its time.",
            "It stays restorable (%pfconn restore) until the vault's retention ends, and goes by itself then.",
        )
    if refusal.inner == "ForbiddenByFirewall":
        client = f" {refusal.client}" if refusal.client else ""
        return AccessDenied(
            f"The firewall of {name} does not let this machine{client} in.",
            f"Use the vault's network or VPN, or ask its owner to add the address{client} under Networking.",
        )
    if refusal.inner == "ForbiddenByPolicy":
        return AccessDenied(f"A policy of {name} forbids this.", f"Ask the owner of {name}; you are {_id(doing)}.")
    if refusal.inner == "AccessDenied":
        return AccessDenied(
            f"The access policies of {name} do not let {doing.who} {_verb(doing)}.",
            f"Send its owner: az keyvault set-policy --name {name} --object-id {_id(doing)} "
            # Those that are there are replaced: never fewer than a reader has.
            f"--secret-permissions {_permissions(doing)}",
        )
    return _missing_role(refusal, doing)


def conflict(refusal: Refusal, doing: Doing) -> PfconnError:
    """409: deleted, or on its way."""
    what, name = doing.what or "It", doing.vault.name
    if refusal.inner == "ObjectIsDeletedButRecoverable":
        return ConnectionExists(
            f"{what} was deleted from {name} and can be restored: its name is still taken.",
            f"Restore it: %pfconn restore {what}. Or remove it for ever: %pfconn purge {what}.",
        )
    if refusal.inner.startswith("ObjectIsBeing"):
        doing_what = "deleted or purged" if refusal.inner.endswith("Deleted") else "restored"
        hint = "Wait some seconds, then repeat."
        return Busy(f"{what} is still being {doing_what} in {name}.", hint)
    return ConnectionExists(f"{what} exists already in {name}.", "See %pfconn list and %pfconn list --deleted.")


def throttled(refusal: Refusal, doing: Doing) -> PfconnError:
    """429: too many requests, of anybody."""
    wait = float(refusal.retry_after) if refusal.retry_after else None
    said = "some seconds" if wait is None else f"{wait:.0f} s"
    problem = f"{doing.vault.name} is throttled: it got too many requests."
    return StoreThrottled(problem, f"Wait {said}, then repeat.", wait)


def not_taken(refusal: Refusal, doing: Doing) -> PfconnError:
    """400 and the like: what was sent cannot be used."""
    code = f", {refusal.code}" if refusal.code else ""
    hint = "Compare the name and the values; if they are right, report this."
    return StoreUnavailable(f"{doing.vault.name} does not take this request (HTTP {refusal.status}{code}).", hint)


def _missing_role(refusal: Refusal, doing: Doing) -> AccessDenied:
    role = _OFFICER if doing.to_write else _ROLES.get(doing.operation, _OFFICER)
    which = f", or the condition of it leaves out {doing.secret}" if doing.secret else ""
    scope = refusal.scope or f"$(az keyvault show --name {doing.vault.name} --query id -o tsv)"
    return AccessDenied(
        f"{doing.who} may not {_verb(doing)} in {doing.vault.name}: no role assignment allows it{which}.",
        f'Send the vault\'s owner: az role assignment create --role "{role}" --assignee-object-id {_id(doing)} '
        f"--scope {scope}. A new role takes some minutes to arrive.",
    )


def _verb(doing: Doing) -> str:
    if doing.to_write:
        return "write"
    verbs = {"get": "read values", "list": "list connections", "set": "write", "recover": "restore"}
    return verbs.get(doing.operation, doing.operation)


def _permissions(doing: Doing) -> str:
    if doing.operation in ("get", "list") and not doing.to_write:
        return "get list"
    return "get list set delete recover" + (" purge" if doing.operation == "purge" else "")


def _id(doing: Doing) -> str:
    return doing.who.object_id or "YOUR-OBJECT-ID"
