"""The unmodified promptflow-core and our store read the same workspace, and the same of it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from pfconn_jupyter.stores.azureml.store import AzureMLStore
from pfconn_jupyter.stores.azureml.workspace_connections import WorkspaceConnections
from pfconn_jupyter.stores.keyvault.resource_manager import Manager
from pfconn_jupyter.stores.workspace import Workspace as Named
from requirements import require
from standins.arm import GROUP, NAME, SUBSCRIPTION
from standins.workspace_connections import Workspace
from standins.workspace_samples import SAMPLES, UNUSABLE

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parent / "workspace_provider.py"
# What prompt flow's classes are called.
CLASSES = {
    "azure_openai": "AzureOpenAIConnection",
    "openai": "OpenAIConnection",
    "cognitive_search": "CognitiveSearchConnection",
    "azure_content_safety": "AzureContentSafetyConnection",
    "document_intelligence": "FormRecognizerConnection",
    "azure_ai_services": "AzureAIServicesConnection",
    "serp": "SerpConnection",
    "serverless": "ServerlessConnection",
    "qdrant": "QdrantConnection",
    "weaviate": "WeaviateConnection",
    "custom": "CustomConnection",
}
PEER = [name for name, sample in SAMPLES.items() if sample.peer]


@pytest.fixture
def workspace():
    with Workspace() as running:
        yield running


@pytest.fixture
def store(workspace):
    manager = Manager(workspace.credential(), **workspace.options())
    yield AzureMLStore(WorkspaceConnections(manager, Named(SUBSCRIPTION, GROUP, NAME)))
    manager.close()


@pytest.fixture
def provider(workspace, tmp_path):
    """Return a function that lets promptflow read the workspace, as an identity."""
    python = require("promptflow")

    def read(names, identity="alice"):
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        environment = {**kept, "HOME": str(tmp_path), **workspace.environment(identity)}
        asked = json.dumps({"workspace": [SUBSCRIPTION, GROUP, NAME], "names": list(names)})
        done = subprocess.run(
            [python, str(SCRIPT)],
            input=asked,
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=110,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    return read


def ours(connection):
    """Return a connection of ours as promptflow would tell it."""
    secrets = {name: secret.reveal() for name, secret in connection.secrets.items()}
    return {"class": CLASSES[connection.TYPE], "configs": connection.configs, "secrets": secrets}


def same(theirs, mine):
    """Compare them whole, but for what is no field of the other's class."""
    configs = {k: v for k, v in theirs["configs"].items() if v is not None}
    if mine["class"] != CLASSES["azure_openai"]:
        # Of the Cognitive Services it names the kind of service.
        configs.pop("api_type", None)
    expected = dict(mine["configs"])
    if "auth_mode" not in theirs["configs"]:
        # Some of its classes know keys only.
        assert expected.pop("auth_mode", "key") == "key"
    assert (theirs["class"], configs, theirs["secrets"]) == (mine["class"], expected, mine["secrets"])


def test_the_same_values_of_every_category(workspace, store, provider):
    for name in PEER:
        workspace.put(name, SAMPLES[name].properties)
    found = provider(PEER)
    for name in PEER:
        assert "error" not in found["got"][name], (name, found["got"][name]["error"])
        (mine,) = store.find(name)
        same(found["got"][name], ours(mine))
    listed = {record.name for record in store.list()}
    assert listed == set(PEER)
    assert set(found["listed"]) < listed, "it drops what its classes cannot be made of without a key"


def test_what_we_write_it_reads(workspace, store, provider):
    for name in PEER:
        workspace.put("source", SAMPLES[name].properties)
        (mine,) = store.find("source")
        store.put(f"copy-{name}", mine, scope="restricted")
    copies = [f"copy-{name}" for name in PEER]
    found = provider(copies)["got"]
    for name in copies:
        assert "error" not in found[name], (name, found[name]["error"])
        same(found[name], ours(store.find(name)[0]))


def test_what_it_cannot_read_we_list(workspace, store, provider):
    theirs = [name for name, sample in SAMPLES.items() if not sample.peer] + list(UNUSABLE)
    for name in theirs:
        properties = SAMPLES[name].properties if name in SAMPLES else UNUSABLE[name][0]
        workspace.put(name, properties)
    found = provider(theirs)
    assert {record.name for record in store.list()} == set(theirs)
    assert {name for name in theirs if "error" not in found["got"][name]} == set()


def test_a_second_page_that_it_cannot_follow(workspace, store, provider):
    workspace.page = 2
    for number in range(5):
        workspace.put(f"conn-{number}", SAMPLES["custom-plain"].properties)
    assert len(store.list()) == 5
    assert "error" in provider([])["listed"], "it puts its host before an address that has one"
    workspace.links = "relative"
    assert len(store.list()) == 5
    assert len(provider([])["listed"]) == 5


def test_without_the_role_both_name_it(workspace, store, provider):
    workspace.put("one", SAMPLES["serp-key"].properties)
    workspace.identity("reader", ("list", "get"))
    error = provider(["one"], "reader")["got"]["one"]["error"]
    assert "Azure Machine Learning Workspace Connection Secrets Reader" in error
