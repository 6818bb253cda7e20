"""The operations of the secrets API: which request means which, and what it answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pfconn_jupyter.testing.keyvault import listing, refusals
from pfconn_jupyter.testing.keyvault.forms import Forms
from pfconn_jupyter.testing.keyvault.limits import check_name, read_wish
from pfconn_jupyter.testing.keyvault.secret import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.testing.keyvault.backups import Backups
    from pfconn_jupyter.testing.keyvault.vault import Vault
    from pfconn_jupyter.testing.keyvault.wire import Request

    Json = dict[str, Any]

# What an operation needs, and the data action that the refusal names.
_ACTION = "Microsoft.KeyVault/vaults/secrets"
NEEDS = {
    "list": ("list", "readMetadata/action"),
    "versions": ("list", "readMetadata/action"),
    "list_deleted": ("list", "readMetadata/action"),
    "get_deleted": ("get", "readMetadata/action"),
    "get": ("get", "getSecret/action"),
    "set": ("set", "setSecret/action"),
    "update": ("set", "update/action"),
    "delete": ("delete", "delete"),
    "recover": ("recover", "recover/action"),
    "purge": ("purge", "purge/action"),
    "backup": ("backup", "backup/action"),
    "restore": ("restore", "restore/action"),
}
_WITHOUT_NAME = {("GET", "secrets"): "list", ("GET", "deletedsecrets"): "list_deleted"}
_LIVING = {"GET": "get", "PUT": "set", "PATCH": "update", "DELETE": "delete"}
_DELETED = {"GET": "get_deleted", "DELETE": "purge"}
_ENDINGS = {
    ("GET", "secrets", "versions"): "versions",
    ("POST", "secrets", "backup"): "backup",
    ("POST", "deletedsecrets", "recover"): "recover",
}


class Target(NamedTuple):
    """What a request is about; ``operation`` is empty where there is no such thing."""

    operation: str
    name: str = ""
    version: str = ""


class _Call(NamedTuple):
    """A request with what it is about."""

    name: str
    version: str
    request: Request


def target(request: Request) -> Target:
    """Tell what ``request`` means."""
    method, path = request.method, request.path
    if len(path) == 1:
        return Target(_WITHOUT_NAME.get((method, path[0]), ""))
    if (method, *path) == ("POST", "secrets", "restore"):
        return Target("restore")
    if len(path) == 3 and (found := _ENDINGS.get((method, path[0], path[2]))):
        return Target(found, path[1])
    if len(path) == 2 and path[0] == "deletedsecrets":
        return Target(_DELETED.get(method, ""), path[1])
    if path[:1] == ("secrets",) and (len(path) == 2 or (len(path) == 3 and method in ("GET", "PATCH"))):
        return Target(_LIVING.get(method, ""), path[1], "".join(path[2:]))
    return Target("")


def action(operation: str) -> str:
    """Return the data action of Azure RBAC that allows ``operation``."""
    return f"{_ACTION}/{NEEDS[operation][1]}"


class Operations:
    """Carries out what requests ask of one vault, under the address ``base``."""

    def __init__(self, vault: Vault, base: str, backups: Backups) -> None:
        self._vault, self._base, self._backups = vault, base, backups
        self._forms = Forms(vault, base)

    def carry_out(self, what: Target, request: Request) -> Json | None:
        """Return the answer's JSON, or None where it has no body."""
        do: Callable[[_Call], Json | None] = getattr(self, f"_{what.operation}")
        return do(_Call(what.name, what.version, request))

    def _list(self, call: _Call) -> Json:
        return self._secrets(Phase.LIVING, "/secrets", call.request, self._forms.item)

    def _list_deleted(self, call: _Call) -> Json:
        return self._secrets(
            Phase.DELETED, "/deletedsecrets", call.request, lambda secret: self._forms.deleted(secret, item=True)
        )

    def _secrets(self, phase: Phase, path: str, request: Request, form: Callable[[Any], Json]) -> Json:
        query = request.query
        place = listing.read(query)
        if place.empty:
            return self._page([], path, query, place.after, empty=False)
        found, last = self._vault.page(phase, place.after, place.size)
        return self._page([form(secret) for secret in found], path, query, last, empty=self._vault.empty_pages)

    def _versions(self, call: _Call) -> Json:
        check_name(call.name)
        query = call.request.query
        place = listing.read(query)
        path = f"/secrets/{call.name}/versions"
        if place.empty:
            return self._page([], path, query, place.after, empty=False)
        secret, found, last = self._vault.versions(call.name, place.after, place.size)
        items = [self._forms.item(secret, version) for version in found if secret]
        return self._page(items, path, query, last, empty=self._vault.empty_pages)

    def _page(self, items: list[Json], path: str, query: dict[str, str], last: str, *, empty: bool) -> Json:
        return {"value": items, "nextLink": listing.link(self._base, path, query, last, empty=empty) if last else None}

    def _get(self, call: _Call) -> Json:
        secret, version = self._vault.get(call.name, call.version)
        if not version.enabled:
            raise refusals.disabled()
        return self._forms.bundle(secret, version, value=True)

    def _set(self, call: _Call) -> Json:
        body = _json(call.request)
        secret, version = self._vault.set(call.name, body.get("value"), read_wish(body))
        return self._forms.bundle(secret, version, value=True)

    def _update(self, call: _Call) -> Json:
        secret, version = self._vault.update(call.name, call.version, read_wish(_json(call.request)))
        return self._forms.bundle(secret, version, value=False)

    def _delete(self, call: _Call) -> Json:
        return self._forms.deleted(self._vault.delete(call.name))

    def _get_deleted(self, call: _Call) -> Json:
        return self._forms.deleted(self._vault.deleted(call.name))

    def _recover(self, call: _Call) -> Json:
        secret = self._vault.recover(call.name)
        return self._forms.bundle(secret, secret.latest, value=False)

    def _purge(self, call: _Call) -> None:
        self._vault.purge(call.name)

    def _backup(self, call: _Call) -> Json:
        return {"value": self._backups.make(self._vault.get(call.name)[0])}

    def _restore(self, call: _Call) -> Json:
        secret = self._vault.restore(self._backups.open(_json(call.request).get("value")))
        return self._forms.bundle(secret, secret.latest, value=False)


def _json(request: Request) -> Json:
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise refusals.bad("The request body is not a JSON object.", "BadParameter")
    return body
