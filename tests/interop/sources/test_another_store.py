"""A store as a source: a workspace of Azure ML, whole; who may not read values is told what to ask for."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from pfconn_jupyter.errors import PfconnError
from pfconn_jupyter.interop.sources import another_store
from pfconn_jupyter.stores.azureml.store import AzureMLStore
from pfconn_jupyter.stores.azureml.workspace_connections import WorkspaceConnections
from pfconn_jupyter.stores.keyvault.resource_manager import Manager
from pfconn_jupyter.stores.workspace import Workspace as Named
from standins.arm import GROUP, NAME, SUBSCRIPTION
from standins.workspace_connections import Workspace
from standins.workspace_samples import KEY, SAMPLES, UNUSABLE


@pytest.fixture
def workspace(monkeypatch):
    """A workspace with a connection of every category, which ``azureml:`` opens."""
    with Workspace() as running:
        for name, (properties, *_) in {**SAMPLES, **UNUSABLE}.items():
            running.put(name, properties)
        opened = []

        def open_store(address):
            manager = Manager(running.credential(running.me), retry_backoff_factor=0, **running.options())
            opened.append(manager)
            return AzureMLStore(WorkspaceConnections(manager, Named(SUBSCRIPTION, GROUP, NAME)))

        running.me = "alice"
        monkeypatch.setattr(another_store, "open_store", open_store)
        yield running
        for manager in opened:
            manager.close()


def test_a_workspace_is_imported_whole(importer, workspace):
    steps = importer.apply("azureml:")
    assert {n for n, s in steps.items() if s.action == "created"} == set(SAMPLES)
    assert {n for n, s in steps.items() if s.action == "cannot"} == set(UNUSABLE)
    api = pfconn.connections("local:")
    for name, sample in SAMPLES.items():
        got = api.get(steps[name].new_name)
        assert {k: s.reveal() for k, s in got.secrets.items()} == sample.secrets
        assert sample.type == got.TYPE
    assert any("shared in the source" in " ".join(s.why) for s in steps.values())
    assert_clean(KEY, steps, importer.told)
    again = importer.apply("azureml:")
    assert {s.action for n, s in again.items() if n in SAMPLES} == {"same"}


def test_who_may_not_read_values_is_told_which_role_to_ask_for(importer, workspace):
    workspace.identity("reader", ("list", "get"))
    workspace.me = "reader"
    steps = importer.plan("azureml:")
    refused = [s for s in steps.values() if s.action == "cannot"]
    assert len(refused) > len(UNUSABLE)
    assert any("Connection Secrets Reader" in " ".join(s.why) for s in refused)
    for step in refused:
        assert isinstance(step.found.content, PfconnError)
        assert_clean(KEY, step, step.found.content)
