"""Azure Resource Manager: requests about a workspace; what it refuses, in words that say what to do."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from pfconn_jupyter import identity
from pfconn_jupyter.errors import AccessDenied, PfconnError, StoreUnavailable
from pfconn_jupyter.identity import Identity, Remembering
from pfconn_jupyter.stores.keyvault.access import pooled_transport
from pfconn_jupyter.stores.keyvault.doing import Doing
from pfconn_jupyter.stores.keyvault.errors import calling
from pfconn_jupyter.stores.keyvault.vault import Vault

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential

    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.stores.workspace import Workspace

TITLE = "Azure Resource Manager"
_VERSION = "2025-12-01"
"""Of the API; azure-ai-ml 1.35.2 speaks it too."""
_TENANT = re.compile(r"(?i)authorization(?:_uri)?=\"https://[\w.-]+/([0-9a-f-]{36})")
# A person waits: a try that is lost is repeated, but not for long. POST only reads here.
_RETRIES = {"retry_total": 4, "retry_connect": 1, "retry_read": 2, "retry_on_methods": ("GET", "PUT", "DELETE", "POST")}


class Manager:
    """Azure Resource Manager, asked by one identity.

    Parameters
    ----------
    url
        Its address; that of the cloud by default.
    statuses
        How often a busy or failing answer is followed by another try; waits that it asks for are told.
    options
        For the transport and the retries, of tests.
    """

    def __init__(self, credential: TokenCredential, url: str = "", *, statuses: int = 3, **options: Any) -> None:
        from azure.core import PipelineClient
        from azure.core.pipeline.policies import BearerTokenCredentialPolicy, ProxyPolicy, UserAgentPolicy

        from pfconn_jupyter.stores.keyvault.retry import TellingRetry

        class Retry(TellingRetry):
            service = TITLE

        self.url = (url or identity.resource_manager()).rstrip("/")
        self._scope = f"{self.url}/.default"
        self._credential = Remembering(credential)
        backoff = {"retry_backoff_factor": options.pop("retry_backoff_factor", 0.8)}
        policies = [
            UserAgentPolicy("pfconn_jupyter"),
            ProxyPolicy(options.pop("proxies", None)),
            Retry(**_RETRIES, retry_status=statuses, **backoff),
            BearerTokenCredentialPolicy(self._credential, self._scope),
        ]
        self._client: Any = PipelineClient(self.url, policies=policies, transport=pooled_transport(**options))

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    @property
    def asked(self) -> Identity:
        """Who made the last request; unknown before the first."""
        return self._credential.identity

    def who(self) -> Identity:
        """Return who is asking; signs in if nothing was asked before.

        Raises
        ------
        StoreUnavailable
        """
        return self.asked if self.asked.object_id else identity.me(self._credential, self._scope)

    def ask(self, operation: str, path: str, what: str = "", body: dict[str, Any] | None = None) -> Any:
        """Return the answer, whatever its status.

        Parameters
        ----------
        operation
            A method of HTTP; ``POST`` changes nothing here.
        path
            Of a resource; or, for the next page of a list, its whole address there.
        what
            Name of what is asked about, for messages.
        body
            What to send; a `Secret` in it is revealed in the request only.

        Raises
        ------
        AccessDenied, StoreUnavailable
            Nobody is signed in, or it cannot be reached.
        """
        from azure.core.rest import HttpRequest

        address = path if path.startswith(f"{self.url}/") else f"{self.url}{path}"
        params = {} if "api-version=" in address else {"api-version": _VERSION}
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body is not None else {})
        doing = "get" if operation in ("GET", "POST") else operation.lower()

        def send() -> Any:
            sent = None if body is None else json.dumps(body, default=_revealed)
            return self._client.send_request(
                HttpRequest(operation, address, params=params, headers=headers, content=sent)
            )

        try:
            return calling(lambda: Doing(doing, Vault(TITLE, self.url), self.asked, what), send)
        except StoreUnavailable as error:
            if not error.problem.startswith("There is no host"):
                raise
            # The words for a vault speak of its name.
            raise StoreUnavailable(error.problem, "Compare your network and VPN, and AZURE_AUTHORITY_HOST.") from None


_open: dict[tuple[str, int, int], tuple[Manager, TokenCredential]] = {}


def manager() -> Manager:
    """Return the process's access to the cloud's Azure Resource Manager."""
    asking = identity.credential()
    # A fork must not share the connections of its parent.
    key = (identity.resource_manager(), id(asking), os.getpid())
    if key not in _open:
        # The credential is kept, so that its id is not another's one day.
        _open[key] = (Manager(asking), asking)
    return _open[key][0]


def refused(response: Any, workspace: Workspace, who: Identity, instead: str = "") -> PfconnError:
    """Return our error for an answer about ``workspace`` that is no success and no 403.

    Parameters
    ----------
    instead
        What else one could do, to end a hint with.
    """
    status, name = response.status_code, workspace.name
    if status == 401:
        tenant = _TENANT.search(response.headers.get("WWW-Authenticate", ""))
        named = tenant[1] if tenant else "TENANT"
        hint = f"Sign in again, to the tenant of the subscription: %pfconn login --tenant {named}, or az login."
        return AccessDenied(f"{TITLE} does not accept the sign-in of {who} for {name}.", hint)
    if status == 404:
        what = {
            "SubscriptionNotFound": f"There is no subscription {workspace.subscription}",
            "ResourceGroupNotFound": f"There is no resource group {workspace.resource_group}",
        }.get(code_of(response), f"There is no workspace {name} in the resource group {workspace.resource_group}")
        hint = f"Compare it with the portal{f', or {instead}' if instead else ''}."
        return StoreUnavailable(f"{what}, which {workspace.said_by or 'it'} names.", hint)
    otherwise = f" Or {instead}." if instead else ""
    if status == 429:
        wait = response.headers.get("Retry-After", "")
        span = f"{wait} s" if wait.isdecimal() else "a minute"
        return StoreUnavailable(
            f"{TITLE} got too many requests of this subscription.", f"Wait {span}, then repeat.{otherwise}"
        )
    code = f", {code_of(response)}" if code_of(response) else ""
    hint = f"Repeat in a minute; https://status.azure.com tells of outages.{otherwise}"
    return StoreUnavailable(f"{TITLE} did not answer for {name} as it should (HTTP {status}{code}).", hint)


def json_of(response: Any) -> dict[str, Any]:
    """Return the object that an answer holds, ``{}`` if it holds none; raises for nothing."""
    try:
        found = response.json()
    except Exception:  # noqa: BLE001  whatever a cut or foreign answer does to the parser
        return {}
    return found if isinstance(found, dict) else {}


def code_of(response: Any) -> str:
    """Return the code of a refusal, or ``""``."""
    error = json_of(response).get("error")
    code = error.get("code") if isinstance(error, dict) else ""
    # A code is a word; anything longer is none, and might be anything.
    return code if isinstance(code, str) and re.fullmatch(r"\w{1,40}", code) else ""


def _revealed(secret: Secret) -> str:
    return secret.reveal()
