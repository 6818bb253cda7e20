"""azureml: is the workspace here, azureml://… the one that it names; neither sends anything."""

from __future__ import annotations

import json

import pytest

from pfconn_jupyter import identity
from pfconn_jupyter.errors import StoreUnavailable
from pfconn_jupyter.stores.address import open_store
from refusals import refusal
from standins.arm import CONFIG, GROUP, ID, NAME, SUBSCRIPTION

ADDRESS = f"azureml://subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/workspaces/{NAME}"


@pytest.fixture(autouse=True)
def signed_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("SUBSCRIPTION", "RESOURCEGROUP", "WORKSPACE_NAME"):
        monkeypatch.delenv(f"AZUREML_ARM_{name}", raising=False)
    identity.use(object())
    yield
    identity.sign_out()


@pytest.mark.parametrize(
    "text",
    [
        ADDRESS,
        f" {ADDRESS}/ ",
        ADDRESS.replace("azureml:", "AzureML:").replace("resourceGroups", "resourcegroups"),
        f"azureml:/{ID}",
        f"azureml:{ID}",
    ],
)
def test_an_address_names_its_workspace(text):
    store = open_store(text)
    assert (store.address, store.title, store.workspace.id) == (ADDRESS, NAME, ID)
    assert open_store(store.address).address == ADDRESS


def test_without_one_it_is_the_workspace_here(tmp_path, monkeypatch):
    error = refusal(StoreUnavailable, lambda: open_store("azureml:"))
    assert "config.json" in error.problem
    assert "azureml://subscriptions/S" in error.hint
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    assert open_store("azureml:").address == ADDRESS
    (tmp_path / "config.json").unlink()
    for name, value in zip(("SUBSCRIPTION", "RESOURCEGROUP", "WORKSPACE_NAME"), CONFIG.values(), strict=True):
        monkeypatch.setenv(f"AZUREML_ARM_{name}", value)
    assert open_store("azureml:").address == ADDRESS


@pytest.mark.parametrize(
    "text",
    [
        "azureml:ml-team",
        "azureml://subscriptions/x",
        f"{ADDRESS}/connections/x",
        ADDRESS.replace(SUBSCRIPTION, "<your-subscription>"),
        ADDRESS.replace(GROUP, ".."),
        f"{ADDRESS}?x=1",
        f"{ADDRESS}%2fx",
        f"azureml://{'x' * 500}",
    ],
)
def test_what_names_none_is_told(text):
    error = refusal(StoreUnavailable, lambda: open_store(text))
    assert "workspace" in error.problem.lower()
    assert len(error.problem) < 250
    assert "azureml://subscriptions/S/resourceGroups/G/workspaces/W" in error.hint
