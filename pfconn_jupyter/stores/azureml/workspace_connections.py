"""The requests for a workspace's connections: each answers, or raises one of our errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pfconn_jupyter.stores.azureml import refusals
from pfconn_jupyter.stores.azureml.resource import Resource, read
from pfconn_jupyter.stores.keyvault.resource_manager import code_of, json_of

if TYPE_CHECKING:
    from pfconn_jupyter.identity import Identity
    from pfconn_jupyter.stores.keyvault.resource_manager import Manager
    from pfconn_jupyter.stores.workspace import Workspace

    # For annotations in a class that has a method called `list`.
    Resources = list[Resource]

_ABOVE = ("SubscriptionNotFound", "ResourceGroupNotFound", "ParentResourceNotFound")


class WorkspaceConnections:
    """The connections of ``workspace``, as the identity of ``manager`` sees them."""

    def __init__(self, manager: Manager, workspace: Workspace) -> None:
        self._manager, self.workspace = manager, workspace
        self._path = f"{quote(workspace.id)}/connections"

    def who(self) -> Identity:
        """Return who is asking."""
        return self._manager.who()

    def list(self) -> Resources:
        """Return all connections without secrets, page by page."""
        found: list[Resource] = []
        seen: set[str] = set()
        page = self._path
        while page:
            seen.add(page)
            response = self._ask("GET", page)
            told = _page(response)
            if told is None:
                raise self._refused(response, "GET")
            found += told[0]
            page = self._next(told[1])
            if page in seen:
                raise refusals.endless(self.workspace)
        return found

    def get(self, name: str, *, values: bool = False) -> Resource | None:
        """Return a connection, with its secrets if ``values``; None if there is none."""
        path, method = f"{self._path}/{name}", "GET"
        if values:
            path, method = f"{path}/listsecrets", "POST"
        response = self._ask(method, path, name, missing=True)
        return None if response is None else self._read(response, method, name)

    def put(self, name: str, properties: dict[str, Any]) -> Resource:
        """Create a connection or write over it; return it without secrets."""
        return self._read(self._ask("PUT", f"{self._path}/{name}", name, {"properties": properties}), "PUT", name)

    def delete(self, name: str) -> None:
        """Delete a connection for ever."""
        self._ask("DELETE", f"{self._path}/{name}", name, missing=True)

    def _ask(
        self, method: str, path: str, name: str = "", body: dict[str, Any] | None = None, *, missing: bool = False
    ) -> Any:
        """Return a successful answer; None for a connection that is ``missing``, where it may be."""
        response = self._manager.ask(method, path, name, body)
        if response.status_code in (200, 201, 202, 204):
            return response
        # What is above the connection is another matter; the list, which comes next, tells of the workspace.
        if missing and response.status_code == 404 and code_of(response) not in _ABOVE:
            return None
        raise self._refused(response, method, name)

    def _read(self, response: Any, method: str, name: str) -> Resource:
        found = _resource(response)
        if found is None:
            raise self._refused(response, method, name)
        return found

    def _next(self, link: object) -> str:
        """Return the address of the next page, or ``""``: on the same host, because the token goes along."""
        if not link:
            return ""
        page = str(link)
        if page.startswith("/") and not page.startswith("//"):
            return page
        if not page.startswith(f"{self._manager.url}/"):
            raise refusals.led_elsewhere(self.workspace)
        return page

    def _refused(self, response: Any, method: str, name: str = "") -> Exception:
        return refusals.refused(response, method, self.workspace, self._manager.asked, name)


# What an answer holds in plain text stays in these two: their frames are in no error.
def _page(response: Any) -> tuple[Resources, object] | None:
    """Return the connections of a page, and the link to the next one; None if it is no page."""
    answer = json_of(response)
    values = answer.get("value")
    return ([read(item) for item in values], answer.get("nextLink")) if isinstance(values, list) else None


def _resource(response: Any) -> Resource | None:
    """Return the connection that an answer tells; None if it tells none."""
    answer = json_of(response)
    return read(answer) if isinstance(answer.get("properties"), dict) else None
