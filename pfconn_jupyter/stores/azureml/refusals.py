"""What Azure Resource Manager refuses of a workspace's connections, in words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.names import fold
from pfconn_jupyter.errors import (
    AccessDenied,
    AmbiguousName,
    ConnectionChanged,
    ConnectionExists,
    PfconnError,
    StoreUnavailable,
)
from pfconn_jupyter.stores.keyvault import resource_manager
from pfconn_jupyter.stores.keyvault.resource_manager import code_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.identity import Identity
    from pfconn_jupyter.stores.workspace import Workspace

# What each method needs, in words, and the smallest built-in role that has it
# (learn.microsoft.com: built-in-roles/ai-machine-learning, how-to-assign-roles).
SECRETS_READER = "Azure Machine Learning Workspace Connection Secrets Reader"
_NEEDS = {
    "GET": ("see connections", "Reader"),
    "POST": ("read the values of connections", SECRETS_READER),
    "PUT": ("write connections", "AzureML Data Scientist"),
    "DELETE": ("delete connections", "AzureML Data Scientist"),
}
_LOCKS = ("ScopeLocked", "ReadOnlyDisabledSubscription", "RequestDisallowedByPolicy")


def refused(response: Any, operation: str, workspace: Workspace, who: Identity, what: str = "") -> PfconnError:
    """Return our error for an answer that is no success.

    Parameters
    ----------
    operation
        The method of HTTP.
    what
        The connection's name, or ``""`` for all.
    """
    status, code = response.status_code, code_of(response)
    if code in _LOCKS or status == 409:
        why = f" ({code})" if code else ""
        hint = f"Ask the owner of {workspace.name} for the lock or policy on it; or repeat in a minute."
        return AccessDenied(f"{workspace.name} does not let {what or 'this'} be changed now{why}.", hint)
    if status == 403:
        return _forbidden(operation, workspace, who)
    if status == 400:
        named = f" {what}" if what else ""
        hint = "Compare its name and values with what Azure ML studio takes; if they are right, report this."
        problem = f"{workspace.name} does not take the connection{named} (HTTP 400{f', {code}' if code else ''})."
        return StoreUnavailable(problem, hint)
    if 200 <= status < 300:
        return StoreUnavailable(
            f"The answer for {workspace.name} cannot be read: it is no connection of Azure ML.",
            "Repeat. If it stays, a proxy may answer in its place: compare HTTPS_PROXY and NO_PROXY.",
        )
    return resource_manager.refused(response, workspace, who)


def led_elsewhere(workspace: Workspace) -> PfconnError:
    """Return the error for a list that goes on at another host, which must not get the token."""
    return StoreUnavailable(
        f"The list of connections of {workspace.name} goes on at another address; nothing was sent there.",
        "A proxy may answer in place of Azure Resource Manager: compare HTTPS_PROXY and NO_PROXY.",
    )


def endless(workspace: Workspace) -> PfconnError:
    """Return the error for a list that leads back to a page that was read."""
    return StoreUnavailable(f"The list of connections of {workspace.name} does not end.", "Repeat in a minute.")


def taken(found: ConnectionRecord, name: str, title: str) -> ConnectionExists:
    """Return the error for a name that is not free."""
    alike = "" if found.name == name else " The two names count as one: case, '.', '_' and '-' make no difference."
    return ConnectionExists(
        f"{found.name} exists already in {title}, {found.scope}: a workspace has each name once.{alike}",
        f"Change it: %pfconn update {found.name} --{found.scope}. Or take another name.",
    )


def changed(found: ConnectionRecord, title: str) -> ConnectionChanged:
    """Return the error for a connection that others wrote since it was read."""
    when = f" (at {found.updated:%Y-%m-%d %H:%M} UTC)" if found.updated else ""
    return ConnectionChanged(
        f"{found.name} was changed in {title} since it was read{when}.",
        f"Nothing was written. Look at %pfconn show {found.name}, fetch it again, then repeat.",
    )


def ambiguous(name: str, found: Sequence[str], title: str) -> AmbiguousName:
    """Return the error for a name that fits several which others made."""
    return AmbiguousName(
        f"{name} may be {' or '.join(found)} in {title}, which count as one name here.",
        "Write the one you mean to the letter.",
    )


def alike(name: str, names: Sequence[str]) -> list[str]:
    """Return those of ``names`` that count as ``name``; to the letter if one is."""
    found = [each for each in names if fold(each) == fold(name)]
    return [name] if name in found else found


def _forbidden(operation: str, workspace: Workspace, who: Identity) -> AccessDenied:
    doing, role = _NEEDS[operation]
    return AccessDenied(
        f"{who} may not {doing} of {workspace.name}: the role {role} is missing.",
        f'Send its owner: az role assignment create --role "{role}" --assignee-object-id '
        f"{who.object_id or 'YOUR-OBJECT-ID'} --scope {workspace.id}. A new role takes some minutes to arrive.",
    )
