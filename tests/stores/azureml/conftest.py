"""A workspace's connections, and the store on them as different people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pfconn_jupyter.stores.azureml.store import AzureMLStore
from pfconn_jupyter.stores.azureml.workspace_connections import WorkspaceConnections
from pfconn_jupyter.stores.keyvault.resource_manager import Manager
from pfconn_jupyter.stores.workspace import Workspace as Named
from standins.arm import GROUP, NAME, SUBSCRIPTION
from standins.workspace_connections import Workspace

Open = Callable[..., AzureMLStore]
HERE = Named(SUBSCRIPTION, GROUP, NAME, "config.json")


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    with Workspace() as running:
        yield running


@pytest.fixture
def open_as(workspace: Workspace) -> Iterator[Open]:
    """Return a function that opens the store as an identity, each time with a client of its own."""
    opened = []

    def open_(name: str = "alice", named: Named = HERE) -> AzureMLStore:
        manager = Manager(workspace.credential(name), retry_backoff_factor=0, **workspace.options())
        opened.append(manager)
        return AzureMLStore(WorkspaceConnections(manager, named))

    yield open_
    for manager in opened:
        manager.close()


@pytest.fixture
def store(open_as: Open) -> AzureMLStore:
    return open_as("alice")
