"""Who may do what: people, service principals and managed identities of one tenant."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal

Kind = Literal["user", "service_principal", "managed_identity"]
PERMISSIONS = ("get", "list", "set", "delete", "recover", "purge", "backup", "restore")
ROLES = {
    "Key Vault Reader": ("list",),
    "Key Vault Secrets User": ("get", "list"),
    "Key Vault Secrets Officer": PERMISSIONS,
    "Key Vault Administrator": PERMISSIONS,
    "Key Vault Contributor": (),  # of the vault, not of what is in it
}
TENANT = "72f988bf-0000-4000-8000-2d7cd011db47"


@dataclass(frozen=True)
class Grant:
    """Permissions on the vaults and secrets that match."""

    permissions: frozenset[str]
    vault: str = "*"
    name: str = "*"


@dataclass
class Identity:
    """A caller; its ids follow from tenant and name, so that they are the same in every run.

    Attributes
    ----------
    client_secret, secret_expired
        With what a service principal signs in at login.microsoftonline.com, and whether that time is over.
    """

    name: str
    kind: Kind = "user"
    tenant: str = TENANT
    token_lifetime: int = 3600
    grants: list[Grant] = field(default_factory=list)
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(30), repr=False)
    secret_expired: bool = False

    @cached_property
    def oid(self) -> str:
        """The object id."""
        return self._id("oid")

    @property
    def appid(self) -> str:
        """The client id: a person comes through the Azure CLI."""
        return "04b07795-8ddb-461a-bbee-02f9e1bf7b46" if self.kind == "user" else self._id("appid")

    def grant(self, *permissions: str, vault: str = "*", name: str = "*") -> Identity:
        """Allow more: permissions or names of roles, on vaults and secrets by name or pattern (``pfconn-s-*``).

        As in Azure, a grant on some secrets does not allow to list.
        """
        actions = {action for one in permissions for action in ROLES.get(one, (one,))}
        if unknown := actions - set(PERMISSIONS):
            raise ValueError(f"No such permission or role: {', '.join(sorted(unknown))}")
        self.grants.append(Grant(frozenset(actions), vault.lower(), name.lower()))
        return self

    def revoke(self) -> Identity:
        """Take everything that was granted."""
        self.grants.clear()
        return self

    def may(self, permission: str, vault: str, name: str) -> bool:
        """Tell whether one of the grants allows it; ``name`` is empty for what concerns the whole vault."""
        return any(
            permission in grant.permissions
            and fnmatchcase(vault.lower(), grant.vault)
            and (fnmatchcase(name.lower(), grant.name) if name else grant.name == "*")
            for grant in list(self.grants)
        )

    def _id(self, what: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.tenant}/{self.name}/{what}"))


class Directory:
    """The identities of one tenant."""

    def __init__(self, tenant: str = TENANT) -> None:
        self.tenant = tenant
        self._identities: dict[str, Identity] = {}

    def get(
        self,
        name: str,
        permissions: tuple[str, ...] | None = None,
        kind: Kind | None = None,
        *,
        lifetime: int | None = None,
        tenant: str = "",
    ) -> Identity:
        """Return the identity ``name``; what is given is set, and a new one may do everything.

        Parameters
        ----------
        name
            Any word.
        permissions
            Of ``get list set delete recover purge backup restore``, or names of roles
            (``"Key Vault Secrets User"``). For single vaults or secrets: `Identity.grant`.
        kind
            ``user``, ``service_principal`` or ``managed_identity``.
        lifetime
            Seconds that its tokens are valid; a negative number makes them expired.
        tenant
            Where it is signed in; the vaults refuse tokens of another tenant than their own.
        """
        identity = self._identities.get(name)
        if identity is None or (tenant and tenant != identity.tenant):
            identity = self._identities[name] = Identity(name, tenant=tenant or self.tenant).grant(*PERMISSIONS)
        if permissions is not None:
            identity.revoke().grant(*permissions)
        identity.kind = kind or identity.kind
        identity.token_lifetime = identity.token_lifetime if lifetime is None else lifetime
        return identity

    def find(self, name_or_id: str) -> Identity | None:
        """Return the identity with this name, object id or client id."""
        for identity in list(self._identities.values()):
            if name_or_id in (identity.name, identity.oid) or (
                identity.kind != "user" and name_or_id == identity.appid
            ):
                return identity
        return None
