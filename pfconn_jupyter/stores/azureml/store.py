"""The connections of an Azure ML workspace: the workspace's own, not copies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.names import check_name, fold
from pfconn_jupyter.errors import (
    AccessDenied,
    ConnectionNotFound,
    FieldProblem,
    InvalidName,
    NotSupported,
    StoreDamaged,
)
from pfconn_jupyter.stores import expectations
from pfconn_jupyter.stores.azureml import refusals
from pfconn_jupyter.stores.azureml.layout import content_of, properties_of, record_of, secrets_of
from pfconn_jupyter.stores.azureml.resource import same_rev
from pfconn_jupyter.stores.azureml.workspace_connections import WorkspaceConnections
from pfconn_jupyter.stores.keyvault import bulk
from pfconn_jupyter.stores.keyvault.resource_manager import manager
from pfconn_jupyter.stores.store import ANY, NEW
from pfconn_jupyter.stores.without_versions import WithoutVersions
from pfconn_jupyter.stores.workspace import find_workspace, workspace_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Records, Scope
    from pfconn_jupyter.identity import Identity
    from pfconn_jupyter.stores.azureml.resource import Resource

    # For annotations in a class that has a method called `list`.
    Found = list[Connection]

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}")
"""learn.microsoft.com, rest/api/azureml/workspace-connections."""
_RESTRICTED = "Restricted: by one page of the documentation its creator only, by another this workspace only"


def open_azureml(rest: str) -> AzureMLStore:
    """Return the store of ``azureml:rest``: ``//subscriptions/…``, or the workspace here. Sends nothing."""
    text = rest.strip()
    workspace = workspace_of(f"/{text.lstrip('/')}") if text else find_workspace()
    return AzureMLStore(WorkspaceConnections(manager(), workspace))


class AzureMLStore(WithoutVersions):
    """The connections of one workspace, over Azure Resource Manager.

    A name is there once, shared or restricted. There are no versions, and what is deleted is gone.
    """

    kind = "an Azure ML workspace"

    def __init__(self, connections: WorkspaceConnections) -> None:
        self._connections = connections
        self.workspace = connections.workspace
        group = f"subscriptions/{self.workspace.subscription}/resourceGroups/{self.workspace.resource_group}"
        self.address = f"azureml://{group}/workspaces/{self.workspace.name}"
        self.title = self.workspace.name
        self.scopes = {"shared": f"Everyone in the workspace {self.title}", "restricted": _RESTRICTED}

    def who(self) -> Identity:
        """Return who is asking; signs in if nothing was asked before."""
        return self._connections.who()

    def check_name(self, name: str) -> str:
        """Return ``name`` if a workspace can have it: 3 to 33 letters, digits, ``_``, ``-``.

        Raises
        ------
        InvalidName
        """
        if NAME.fullmatch(check_name(name)):
            return name
        near = re.sub(r"[^a-zA-Z0-9_-]", "-", name)[:33]
        near = near if NAME.fullmatch(near) else f"{near}-conn"
        hint = f"Azure ML takes 3 to 33 letters, digits, '_' and '-': for example {near}."
        raise InvalidName([FieldProblem("name", f"{name!r} is no name for {self.title}.", hint, near)])

    def list(self) -> Records:
        """See `Store`; one request for each page, and never a value."""
        found = [record_of(resource, self.address) for resource in self._connections.list()]
        return sorted(found, key=lambda r: (fold(r.name), r.name))

    def find(self, name: str) -> Found:
        """See `Store`; one request, as a name is there once."""
        try:
            return [self._open(name)]
        except ConnectionNotFound:
            return []

    def get(self, name: str, scope: Scope) -> Connection:
        """See `Store`; one request, ``listsecrets``; more where the name is not written to the letter."""
        self._check_scope(scope)
        found = self._open(name)
        if found.record is None or found.record.scope != scope:
            raise expectations.not_found(name, self.title)
        return found

    def values(self, records: Iterable[ConnectionRecord] | None = None) -> bulk.Values:
        """Yield each record with its connection, or with the error, as they come; several at a time."""
        return bulk.values(self.value, self.list() if records is None else records)

    def put(
        self, name: str, connection: Connection, *, scope: Scope, expires: datetime | None = None, expect: str = NEW
    ) -> ConnectionRecord:
        """See `Store`; the list and one request for a new one, two requests for an update.

        The API has no conditional write: what others write between the look and the write is replaced.
        """
        self._check_scope(scope)
        before = self._named(name) if expect in (NEW, ANY) else self._seen(name)
        self._expect(before, name, scope, expect)
        wanted = before.name if before else self.check_name(name)
        properties = properties_of(connection, scope, expires, before)
        return record_of(self._connections.put(wanted, properties), self.address)

    def delete(self, name: str, scope: Scope) -> ConnectionRecord:
        """Delete it for ever; two requests."""
        self._check_scope(scope)
        found = self._seen(name)
        record = record_of(found, self.address) if found else None
        if record is None or record.scope != scope:
            raise expectations.not_found(name, self.title)
        self._connections.delete(record.name)
        return record

    def protection(self) -> str:
        """See `Store`."""
        return (
            f"The values are in the Key Vault of the workspace {self.title}. Azure ML gives them to everyone with the "
            f"role {refusals.SECRETS_READER} or one above it; who may write connections can also change an endpoint. "
            "Who else can use a restricted one, Microsoft's documentation answers in two ways (its creator; this "
            "workspace, but no other project of the hub): keep what only you may use elsewhere."
        )

    def _open(self, name: str) -> Connection:
        """Return the connection with its secrets, whatever its scope.

        Raises
        ------
        ConnectionNotFound, AmbiguousName, AccessDenied, StoreUnavailable, StoreDamaged, InvalidConnection
        """
        # Here, because listing must not wait for pydantic.
        from pfconn_jupyter.connections.typeless import reopened

        resource = self._valued(name)
        content = content_of(resource)
        if content.problem:
            raise NotSupported(
                f"{resource.name} in {self.title} cannot be used. {content.problem}", "See %pfconn list."
            )
        secrets = secrets_of(resource, content)
        if not secrets and content.auth == "key":
            hint = (
                f"Write it again in Azure ML studio, or delete it and create it again: %pfconn delete {resource.name}."
            )
            raise StoreDamaged(f"{self.title} gives no value for the key of {resource.name}.", hint)
        connection = reopened(content.type, content.configs, secrets)
        return connection.bind(record_of(resource, self.address))

    def _valued(self, name: str) -> Resource:
        """Return a connection with what ``listsecrets`` gives."""
        try:
            found = self._connections.get(name, values=True) if NAME.fullmatch(name) else None
        except AccessDenied:
            # One that signs in with Microsoft Entra ID has no value to be read.
            plain = self._seen(name)
            if plain is None or content_of(plain).auth != "meid_token":
                raise
            return plain
        if found is not None:
            return found
        alike = self._named(name)
        again = self._connections.get(alike.name, values=True) if alike and alike.name != name else None
        if again is None:
            raise expectations.not_found(name, self.title)
        return again

    def _seen(self, name: str) -> Resource | None:
        """Return a connection without its secrets; one request if it is written to the letter."""
        found = self._connections.get(name) if NAME.fullmatch(name) else None
        return found or self._named(name)

    def _named(self, name: str) -> Resource | None:
        """Return the connection whose name counts as ``name``; lists."""
        everything = {resource.name: resource for resource in self._connections.list()}
        names = refusals.alike(name, [*everything])
        if len(names) > 1:
            raise refusals.ambiguous(name, names, self.title)
        return everything[names[0]] if names else None

    def _expect(self, before: Resource | None, name: str, scope: Scope, expect: str) -> None:
        found = record_of(before, self.address) if before else None
        if found is None:
            if expect not in (NEW, ANY):
                raise expectations.not_found(name, self.title)
            return
        if expect == NEW or found.scope != scope:
            raise refusals.taken(found, name, self.title)
        if expect != ANY and not same_rev(found.rev, expect):
            raise refusals.changed(found, self.title)

    def _check_scope(self, scope: Any) -> None:
        if scope not in self.scopes:
            hint = (
                "It keeps shared and restricted ones: --shared, --restricted. For yourself alone: local:, or a vault."
            )
            raise NotSupported(f"{self.title} has no {scope} connections.", hint)
