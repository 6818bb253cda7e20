"""The vault of an Azure ML workspace, as Azure Resource Manager tells it; one request, then remembered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pfconn_jupyter import identity
from pfconn_jupyter.errors import AccessDenied, PfconnError, StoreUnavailable
from pfconn_jupyter.identity import Identity, Remembering
from pfconn_jupyter.stores.keyvault.doing import Doing
from pfconn_jupyter.stores.keyvault.errors import calling
from pfconn_jupyter.stores.keyvault.vault import Vault, cloud_of, vault_of

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from pfconn_jupyter.stores.keyvault.workspace import Workspace

# Ending of a cloud's vaults to its Azure Resource Manager.
ARM = {
    ".vault.azure.net": "https://management.azure.com",
    ".vault.azure.cn": "https://management.chinacloudapi.cn",
    ".vault.usgovcloudapi.net": "https://management.usgovcloudapi.net",
}
_VERSION = "2025-12-01"
_VAULT = re.compile(
    r"(?i)/subscriptions/[^/]+/resourcegroups/[^/]+/providers/microsoft\.keyvault/vaults/([a-z0-9-]+)/?"
)
_TENANT = re.compile(r"(?i)authorization(?:_uri)?=\"https://[\w.-]+/([0-9a-f-]{36})")
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
    cloud = cloud_of("")
    asking = credential or identity.credential()
    key = (workspace.id, id(asking))
    if key not in _known:
        address = _ask(workspace, asking, arm or ARM[cloud], options)
        # The credential is kept, so that its id is not another's one day.
        _known[key] = (vault_of(f"https://{address}{cloud}"), asking)
    return _known[key][0]


def _ask(workspace: Workspace, credential: TokenCredential, arm: str, options: dict[str, Any]) -> str:
    """Return the name of the vault."""
    from azure.core import PipelineClient
    from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RetryPolicy, UserAgentPolicy
    from azure.core.rest import HttpRequest

    who = Remembering(credential)
    policies = [
        UserAgentPolicy("pfconn_jupyter"),
        # A person waits: what is refused is told, how long a throttle lasts too.
        RetryPolicy(retry_total=2, retry_connect=1, retry_read=2, retry_status=0),
        BearerTokenCredentialPolicy(who, f"{arm.rstrip('/')}/.default"),
    ]
    request = HttpRequest("GET", f"{arm.rstrip('/')}{workspace.id}", params={"api-version": _VERSION})
    service = Vault("Azure Resource Manager", arm)
    with PipelineClient(arm, policies=policies, connection_timeout=10, read_timeout=30, **options) as client:
        try:
            response = calling(lambda: Doing("get", service, who.identity), lambda: client.send_request(request))
        except StoreUnavailable as error:
            if not error.problem.startswith("There is no host"):
                raise
            # The words for a vault speak of its name.
            raise StoreUnavailable(error.problem, f"Compare your network and VPN. Or {_NAME_IT}.") from None
    if response.status_code != 200:
        raise _refused(response, workspace, who.identity)
    properties = _json(response).get("properties")
    found = properties.get("keyVault") if isinstance(properties, dict) else None
    vault = _VAULT.fullmatch(found) if isinstance(found, str) else None
    if vault is None:
        hint = f"If it is the project of a hub, {_NAME_IT}, with that of the hub."
        raise StoreUnavailable(f"The workspace {workspace.name} names no Key Vault of its own.", hint)
    return vault[1]


def _refused(response: Any, workspace: Workspace, who: Identity) -> PfconnError:
    status, name = response.status_code, workspace.name
    if status == 401:
        tenant = _TENANT.search(response.headers.get("WWW-Authenticate", ""))
        named = tenant[1] if tenant else "TENANT"
        hint = f"Sign in again, to the tenant of the subscription: %pfconn login --tenant {named}, or az login."
        return AccessDenied(f"Azure Resource Manager does not accept the sign-in of {who} for {name}.", hint)
    if status == 403:
        return AccessDenied(
            f"{who} may not read the workspace {name}: the role Reader is missing "
            "(azureml: will need less; it is not in this version).",
            f"Send its owner: az role assignment create --role Reader --assignee-object-id "
            f"{who.object_id or 'YOUR-OBJECT-ID'} --scope {workspace.id} (or {_NAME_IT})",
        )
    if status == 404:
        what = {
            "SubscriptionNotFound": f"There is no subscription {workspace.subscription}",
            "ResourceGroupNotFound": f"There is no resource group {workspace.resource_group}",
        }.get(_code(response), f"There is no workspace {name} in the resource group {workspace.resource_group}")
        hint = f"Compare it with the portal, or {_NAME_IT}."
        return StoreUnavailable(f"{what}, which {workspace.said_by or 'it'} names.", hint)
    if status == 429:
        wait = response.headers.get("Retry-After", "")
        span = f"{wait} s" if wait.isdecimal() else "a minute"
        hint = f"Wait {span}, then repeat. Or {_NAME_IT}."
        return StoreUnavailable("Azure Resource Manager got too many requests of this subscription.", hint)
    code = f", {_code(response)}" if _code(response) else ""
    hint = f"Repeat in a minute; https://status.azure.com tells of outages. Or {_NAME_IT}."
    return StoreUnavailable(f"Azure Resource Manager did not tell the vault of {name} (HTTP {status}{code}).", hint)


def _json(response: Any) -> dict[str, Any]:
    try:
        found = response.json()
    except Exception:  # noqa: BLE001  whatever a cut or foreign answer does to the parser
        return {}
    return found if isinstance(found, dict) else {}


def _code(response: Any) -> str:
    error = _json(response).get("error")
    code = error.get("code") if isinstance(error, dict) else ""
    # A code is a word; anything longer is none, and might be anything.
    return code if isinstance(code, str) and re.fullmatch(r"\w{1,40}", code) else ""
