"""Azure Resource Manager's connections of one Azure ML workspace, as a service of its own.

Written from the documented API (azure-ai-ml 1.35.2's client, learn.microsoft.com): what is not documented,
as whether ``listsecrets`` says when a connection was written, can be had either way. It is reached as the
real one is: ``https://management.azure.com``, through a proxy, with a CA of its own; so the unmodified
promptflow-core finds it too.
"""

from __future__ import annotations

import copy
import json
import re
import time
from collections import Counter
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from pfconn_jupyter.testing.keyvault import identity_endpoint, refusals
from pfconn_jupyter.testing.keyvault.clouds import Cloud
from pfconn_jupyter.testing.keyvault.credential import EmulatorCredential
from pfconn_jupyter.testing.keyvault.host import Host
from pfconn_jupyter.testing.keyvault.identities import Directory, Identity
from pfconn_jupyter.testing.keyvault.refusals import Refusal
from pfconn_jupyter.testing.keyvault.service import ConnectionLost
from pfconn_jupyter.testing.keyvault.tokens import Tokens
from pfconn_jupyter.testing.keyvault.wire import Answer, Request
from standins.arm import GROUP, ID, NAME, SUBSCRIPTION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

API_VERSIONS = ("2023-04-01-preview", "2025-12-01", "2026-03-01")
OPERATIONS = ("list", "get", "put", "patch", "delete", "listsecrets")
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}")
_PROVIDER = "Microsoft.MachineLearningServices"
_METHODS = {"GET": "get", "PUT": "put", "PATCH": "patch", "DELETE": "delete"}
_ACTIONS = {"list": "read", "get": "read", "put": "write", "patch": "write", "listsecrets": "listsecrets/action"}


class Workspace:
    """The connections of `standins.arm`'s workspace; a context manager.

    Attributes
    ----------
    counts
        What was carried out or refused, by operation.
    page
        Connections on a page of a list.
    links
        How the next page is named: ``absolute``, as the real service does, ``relative``, or any address.
    dated_secrets
        Whether ``listsecrets`` tells systemData too.
    """

    def __init__(self, *, page: int = 50) -> None:
        self.page, self.links, self.dated_secrets = page, "absolute", True
        self.connections: dict[str, dict[str, Any]] = {}
        self.requests: list[Request] = []
        self.counts: Counter[str] = Counter()
        self._may: dict[str, tuple[str, ...]] = {}
        self._faults: list[tuple[str, Answer | None]] = []
        cloud = Cloud("management.azure.com", "https://login.microsoftonline.com")
        self._tokens = Tokens(Directory(), cloud, time.time)
        self._host = Host(self._answer, self._token, lambda host: host == cloud.domain, 0)

    def __enter__(self) -> Workspace:  # noqa: PYI034  nobody derives from it
        self._host.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._host.stop()

    def identity(self, name: str = "alice", may: tuple[str, ...] | None = None, **about: Any) -> Identity:
        """Return an identity, who may carry out ``may`` of `OPERATIONS`: all, if nothing is said."""
        if may is not None:
            self._may[name] = may
        return self._tokens.directory.get(name, **about)

    def credential(self, name: str = "alice") -> EmulatorCredential:
        return EmulatorCredential(self._tokens, self.identity(name))

    def environment(self, name: str = "alice") -> dict[str, str]:
        """Return variables with which a process, unmodified, finds the workspace and is ``name``."""
        return self._host.environment(self.identity(name).name)

    def options(self) -> dict[str, Any]:
        """Return what a client needs where the environment does not say it."""
        return {"connection_verify": self._host.ca_file, "proxies": {"https": self._host.proxy}}

    def fail_next(self, operation: str, status: int = 0, code: str = "Failed", **headers: str) -> None:
        """Let the next ``operation`` fail; without a status the connection is reset after it was carried out."""
        body = json.dumps({"error": {"code": code, "message": f"{code} over {ID}"}}).encode()
        told = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self._faults.append((operation, Answer(status, body, told) if status else None))

    def answer_next(self, operation: str, body: bytes) -> None:
        """Answer the next ``operation`` with these bytes."""
        self._faults.append((operation, Answer(200, body)))

    def put(self, name: str, properties: Mapping[str, Any], by: str = "studio@contoso.com") -> None:
        """Write a connection as others do; it is no request."""
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f") + "7Z"
        key = next((key for key in self.connections if key.lower() == name.lower()), name)
        before = self.connections.get(key, {}).get("systemData", {"createdBy": by, "createdAt": now})
        self.connections[key] = {
            "id": f"{ID}/connections/{key}",
            "name": key,
            "type": "Microsoft.MachineLearningServices/workspaces/connections",
            "properties": copy.deepcopy(dict(properties)),
            "systemData": {**before, "createdByType": "User", "lastModifiedAt": now, "lastModifiedBy": by},
        }

    def _token(self, request: Request) -> Answer:
        return identity_endpoint.answer(request, self._tokens)[0]

    def _answer(self, request: Request) -> Answer:
        self.requests.append(request)
        operation = ""
        try:
            identity = self._tokens.read(request.headers.get("authorization", ""))
            operation, name = self._target(request)
            self.counts[operation] += 1
            planned = next((fault for fault in self._faults if fault[0] == operation), None)
            if planned:
                self._faults.remove(planned)
            if planned and planned[1]:
                return planned[1]
            self._check_permission(identity, operation)
            found = getattr(self, f"_{operation}")(request, name, identity)
        except Refusal as refused:
            return Answer(refused.status, refused.body(), refused.headers)
        if planned:
            raise ConnectionLost
        return Answer(200, json.dumps(found).encode()) if found is not None else Answer(204)

    def _check_permission(self, identity: Identity, operation: str) -> None:
        if operation not in self._may.get(identity.name, OPERATIONS):
            action = f"{_PROVIDER}/workspaces/connections/{_ACTIONS.get(operation, operation)}"
            message = f"The client '{identity.oid}' does not have authorization to perform action '{action}'."
            raise Refusal(403, "AuthorizationFailed", message)

    def _target(self, request: Request) -> tuple[str, str]:
        version = request.query.get("api-version")
        if not version:
            raise refusals.bad("The api-version query parameter is required.", "MissingApiVersionParameter")
        if version not in API_VERSIONS:
            raise refusals.bad(f"No registered provider for {version}.", "NoRegisteredProviderFound")
        parts = [part.lower() for part in request.path]
        for place, wanted, code in ((1, SUBSCRIPTION, "SubscriptionNotFound"), (3, GROUP, "ResourceGroupNotFound")):
            if len(parts) <= place or parts[place] != wanted.lower():
                raise Refusal(404, code, "It could not be found.")
        below = "/".join(parts).partition(ID.strip("/").lower())[2]
        if not below.startswith("/connections"):
            raise Refusal(404, "ResourceNotFound", "The Resource of the workspace was not found.")
        rest = request.path[len(ID.strip("/").split("/")) + 1 :]
        if not rest:
            return "list", ""
        if len(rest) == 2 and rest[1].lower() == "listsecrets" and request.method == "POST":
            return "listsecrets", unquote(rest[0])
        if len(rest) == 1 and request.method in _METHODS:
            return _METHODS[request.method], unquote(rest[0])
        raise Refusal(405, "MethodNotAllowed", "There is no such operation.")

    def _list(self, request: Request, _: str, __: Identity) -> dict[str, Any]:
        start = int(request.query.get("$skipToken", "0"))
        names = sorted(self.connections)
        found: dict[str, Any] = {"value": [_plain(self.connections[n]) for n in names[start : start + self.page]]}
        if start + self.page < len(names):
            version = quote(request.query["api-version"])
            path = f"{ID}/connections?api-version={version}&$skipToken={start + self.page}"
            host = {"absolute": "https://management.azure.com", "relative": ""}.get(self.links)
            found["nextLink"] = self.links if host is None else f"{host}{path}"
        return found

    def _get(self, _: Request, name: str, __: Identity) -> dict[str, Any]:
        return _plain(self._existing(name))

    def _listsecrets(self, _: Request, name: str, __: Identity) -> dict[str, Any]:
        found = copy.deepcopy(self._existing(name))
        return found if self.dated_secrets else {k: v for k, v in found.items() if k != "systemData"}

    def _put(self, request: Request, name: str, identity: Identity) -> dict[str, Any]:
        if not _NAME.fullmatch(name):
            raise refusals.bad("The connection name is invalid.", "ValidationError")
        properties = json.loads(request.body)["properties"]
        credentials = properties.get("credentials") or {}
        wanted = {"ApiKey": "key", "CustomKeys": "keys", "AAD": ""}.get(properties.get("authType"))
        if wanted is None or not properties.get("category") or (wanted and not credentials.get(wanted)):
            raise refusals.bad("The properties are invalid.", "ValidationError")
        if any(not isinstance(value, str) for value in (properties.get("metadata") or {}).values()):
            raise refusals.bad("The metadata are invalid.", "ValidationError")
        self.put(name, properties, f"{identity.name}@contoso.com")
        return _plain(self._existing(name))

    def _patch(self, request: Request, name: str, identity: Identity) -> dict[str, Any]:
        properties = {**self._existing(name)["properties"], **json.loads(request.body)["properties"]}
        self.put(name, properties, f"{identity.name}@contoso.com")
        return _plain(self._existing(name))

    def _delete(self, _: Request, name: str, __: Identity) -> None:
        self._existing(name)
        del self.connections[next(key for key in self.connections if key.lower() == name.lower())]

    def _existing(self, name: str) -> dict[str, Any]:
        found = next((each for key, each in self.connections.items() if key.lower() == name.lower()), None)
        if found is None:
            raise Refusal(404, "NotFound", f"The connection was not found in the workspace {NAME}.")
        return found


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    """Return a connection as everything but ``listsecrets`` tells it."""
    return {**copy.deepcopy(found), "properties": {**copy.deepcopy(found["properties"]), "credentials": None}}
