"""The App Service protocol of managed identities: the secret header names who one is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pfconn_jupyter.testing.keyvault.wire import Answer

if TYPE_CHECKING:
    from pfconn_jupyter.testing.keyvault.identities import Directory, Identity
    from pfconn_jupyter.testing.keyvault.tokens import Tokens
    from pfconn_jupyter.testing.keyvault.wire import Request

PATH = "/msi/token"
_CHOICES = ("client_id", "object_id", "principal_id")


def answer(request: Request, tokens: Tokens) -> tuple[Answer, str]:
    """Return a token for who asks, and who that is."""
    if request.method != "GET" or request.target.partition("?")[0] != PATH:
        return _refused(404, "There is nothing here but the identity endpoint of a test double."), ""
    name = request.headers.get("x-identity-header", "")
    if not name:
        return _refused(401, "The header X-IDENTITY-HEADER is missing."), ""
    query = request.query
    resource = query.get("resource", "").rstrip("/")
    if not resource or query.get("api-version") != "2019-08-01":
        return _refused(400, "The parameter resource is missing, or api-version is not 2019-08-01."), name
    identity = _identity(name, query, tokens.directory)
    if identity is None:
        return _refused(400, "No managed identity found for specified ClientId/ResourceId/PrincipalId."), name
    token, expires = tokens.mint(identity, resource)
    form = {
        "access_token": token,
        "client_id": identity.appid,
        "expires_on": str(expires),
        "resource": resource,
        "token_type": "Bearer",
    }
    return Answer(200, json.dumps(form).encode()), identity.name


def _identity(name: str, query: dict[str, str], directory: Directory) -> Identity | None:
    chosen = next((query[choice] for choice in _CHOICES if choice in query), name)
    return directory.find(chosen)


def _refused(status: int, message: str) -> Answer:
    return Answer(status, json.dumps({"statusCode": status, "message": message}).encode())
