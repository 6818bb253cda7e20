"""One notebook by papermill, as a service principal, a user-assigned and a managed identity: it works, or says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import pfconn_jupyter
from hunter import assert_clean
from pfconn_jupyter.api import Connections
from pfconn_jupyter.stores.keyvault.access import connect
from pfconn_jupyter.stores.keyvault.store import KeyVaultStore
from pfconn_jupyter.stores.keyvault.vault import vault_of
from pfconn_jupyter.testing.keyvault import KeyVaultEmulator
from pfconn_jupyter.testing.samples import KEY
from requirements import require
from standins.service import Reply, Service

# Processes and real waits: the quick part of the suite leaves it out.
pytestmark = pytest.mark.slow

WAYS = ("service principal", "user-assigned", "managed identity")
NOTEBOOK = (
    "%load_ext pfconn_jupyter",
    "%pfconn status",
    "import pfconn_jupyter as pfconn\nconn = pfconn.get(name)\nprint(conn.name, conn.client().base_url)",
    "%pfconn test {name} --strict",
)


@pytest.fixture(scope="module")
def service():
    with Service() as running:
        yield running.on("/v1/models", Reply(200, {"object": "list", "data": []}))


@pytest.fixture(scope="module")
def vault(service):
    """Return an emulator where alice keeps a shared and a private connection."""
    with KeyVaultEmulator() as emulator:
        access = connect(vault_of(emulator.url), emulator.credential("alice"), **emulator.client_options())
        alice = Connections(KeyVaultStore(access), lambda note: None)
        for name, scope in (("team", "shared"), ("mine", "private")):
            alice.create("openai", name, scope=scope, api_key=KEY, base_url=f"{service.url}/v1")
        access.client.close()
        emulator.identity("job", ("Key Vault Secrets User",), kind="managed_identity")
        yield emulator


def signed_in(vault, way):
    """Return the environment of a machine that signs in in this way."""
    if way == "service principal":
        vault.identity("principal", ("Key Vault Secrets User",), kind="service_principal")
        return vault.secret_environment("principal")
    if way == "user-assigned":
        vault.identity("machine", (), kind="managed_identity")
        return {**vault.environment("machine"), "AZURE_CLIENT_ID": vault.identity("job").appid}
    return vault.environment("job")


@pytest.fixture
def papermill(tmp_path, monkeypatch):
    """Return a function that runs the notebook; gives the process, and the notebook it wrote."""
    require("papermill")
    for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    parameters = nbformat.v4.new_code_cell("name = ''", metadata={"tags": ["parameters"]})
    cells = [parameters, *(nbformat.v4.new_code_cell(source) for source in NOTEBOOK)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), tmp_path / "job.ipynb")

    def run(environment, name="team", store="keyvault:contoso"):
        here = str(Path(pfconn_jupyter.__file__).parent.parent)
        known = {**os.environ, "PYTHONPATH": here, **({"PFCONN_STORE": store} if store else {}), **environment}
        command = [sys.executable, "-m", "papermill", "job.ipynb", "out.ipynb", "-p", "name", name, "--no-progress-bar"]
        done = subprocess.run(command, cwd=tmp_path, env=known, capture_output=True, text=True, timeout=110)
        written = (tmp_path / "out.ipynb").read_text()
        secret = environment.get("AZURE_CLIENT_SECRET")
        for hidden in (KEY, secret) if secret else (KEY,):
            assert_clean(hidden, written, done.stdout, done.stderr, tmp_path)
        return done, written

    return run


@pytest.mark.parametrize("way", WAYS)
def test_the_same_notebook_works(vault, papermill, way):
    done, written = papermill(signed_in(vault, way))
    assert done.returncode == 0, done.stderr
    assert "(service principal)" in written if way == "service principal" else "(managed identity)" in written
    assert "1 ok, in contoso" in written


def refused(found, *words):
    """The run fails, and its log and the notebook say the same in words."""
    done, written = found
    assert done.returncode != 0
    assert [w for w in words if w not in done.stderr or w not in written] == []


@pytest.mark.parametrize("way", WAYS)
def test_a_private_name_of_a_person_is_refused(vault, papermill, way):
    refused(papermill(signed_in(vault, way), name="mine"), "private connection of alice@contoso.com")


@pytest.mark.parametrize("way", WAYS)
def test_an_empty_environment_is_refused(vault, papermill, way):
    # Nobody said where the connections are: the default store is empty, and nothing is guessed.
    found = papermill(signed_in(vault, way), store="")
    refused(found, "There is no connection 'team'", "local:", "is empty", "PFCONN_STORE")


@pytest.mark.parametrize("way", WAYS)
def test_a_vault_out_of_reach_is_refused(vault, papermill, way):
    refused(papermill(signed_in(vault, way), store="keyvault:nowhere"), "StoreUnavailable", "nowhere", "HTTPS_PROXY")


def test_nobody_is_signed_in(vault, papermill):
    refused(papermill(vault.person_environment()), "nobody is signed in", "AZURE_CLIENT_ID")


def test_a_wrong_secret_of_the_service_principal_is_told(vault, papermill):
    environment = {**signed_in(vault, "service principal"), "AZURE_CLIENT_SECRET": "wr0ng-secret-of-the-app"}
    refused(papermill(environment), "The client secret of the service principal is wrong (AADSTS7000215)")


def test_an_expired_secret_is_told(vault, papermill):
    environment = signed_in(vault, "service principal")
    principal = vault.identity("principal")
    principal.secret_expired = True
    try:
        refused(papermill(environment), "has expired (AADSTS7000222)", "AZURE_CLIENT_SECRET")
    finally:
        principal.secret_expired = False


def test_an_unknown_client_is_told(vault, papermill):
    environment = {**signed_in(vault, "service principal"), "AZURE_CLIENT_ID": "11111111-0000-4000-8000-2d7cd011db47"}
    refused(papermill(environment), "does not know the application of AZURE_CLIENT_ID (AADSTS700016)")


def test_an_identity_that_the_machine_has_not_is_told(vault, papermill):
    environment = {**vault.environment("job"), "AZURE_CLIENT_ID": "11111111-0000-4000-8000-2d7cd011db47"}
    refused(papermill(environment), "no managed identity with the client id of AZURE_CLIENT_ID")
