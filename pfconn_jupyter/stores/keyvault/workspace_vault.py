"""The vault of an Azure ML workspace, as Azure Resource Manager tells it; one request, then remembered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pfconn_jupyter import identity
from pfconn_jupyter.errors import AccessDenied, PfconnError, StoreUnavailable
from pfconn_jupyter.stores.keyvault.resource_manager import Manager, json_of, refused
from pfconn_jupyter.stores.keyvault.vault import Vault, cloud_of, vault_of

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from pfconn_jupyter.identity import Identity
    from pfconn_jupyter.stores.workspace import Workspace

_VAULT = re.compile(
    r"(?i)/subscriptions/[^/]+/resourcegroups/[^/]+/providers/microsoft\.keyvault/vaults/([a-z0-9-]+)/?"
)
_NAME_IT = "name the vault: %pfconn store keyvault:NAME"

_known: dict[tuple[str, int], tuple[Vault, TokenCredential]] = {}


def vault_of_workspace(
    workspace: Workspace, credential: TokenCredential | None = None, arm: str = "", **options: Any
) -> Vault:
    """Return the vault of ``workspace``.

    Parameters
    ----------
    credential
        The process's own by default.
    arm
        Address of Azure Resource Manager, that of the cloud by default.
    options
        For the transport, of tests.

    Raises
    ------
    AccessDenied
        Nobody is signed in, or may not read the workspace.
    StoreUnavailable
        There is no such workspace, it names no vault, or it cannot be asked.
    """
    asking = credential or identity.credential()
    key = (workspace.id, id(asking))
    if key not in _known:
        # What is refused is told at once, how long a throttle lasts too.
        manager = Manager(asking, arm, statuses=0, **options)
        try:
            address = _ask(workspace, manager)
        finally:
            manager.close()
        # The credential is kept, so that its id is not another's one day.
        _known[key] = (vault_of(f"https://{address}{cloud_of('')}"), asking)
    return _known[key][0]


def _ask(workspace: Workspace, manager: Manager) -> str:
    """Return the name of the vault."""
    response = manager.ask("GET", workspace.id)
    if response.status_code == 403:
        raise _denied(workspace, manager.asked)
    if response.status_code != 200:
        raise refused(response, workspace, manager.asked, _NAME_IT)
    properties = json_of(response).get("properties")
    found = properties.get("keyVault") if isinstance(properties, dict) else None
    vault = _VAULT.fullmatch(found) if isinstance(found, str) else None
    if vault is None:
        hint = f"If it is the project of a hub, {_NAME_IT}, with that of the hub."
        raise StoreUnavailable(f"The workspace {workspace.name} names no Key Vault of its own.", hint)
    return vault[1]


def _denied(workspace: Workspace, who: Identity) -> PfconnError:
    return AccessDenied(
        f"{who} may not read the workspace {workspace.name}: the role Reader is missing.",
        f"Send its owner: az role assignment create --role Reader --assignee-object-id "
        f"{who.object_id or 'YOUR-OBJECT-ID'} --scope {workspace.id} (or {_NAME_IT})",
    )
