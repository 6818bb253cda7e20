"""Scheduled notebooks and scripts on a vault: the identities of machines, and words where there is none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

import pfconn_jupyter
from hunter import assert_clean
from pfconn_jupyter.testing.keyvault import KeyVaultEmulator
from pfconn_jupyter.testing.samples import KEY

# Processes and real waits: the quick part of the suite leaves it out.
pytestmark = pytest.mark.slow

HOST = "https://contoso.openai.azure.com"
LOAD = "%load_ext pfconn_jupyter"
NOT_ITS_WORK = ("challenge", "token", "discovery")
CREATE = f"%pfconn create azure_openai {{}} --set api_base={HOST} --set api_key='${{{{env:JOB_KEY}}}}'"
SCRIPT = """
import pfconn_jupyter as pfconn
print([(r.name, r.scope) for r in pfconn.list()])
conn = pfconn.get("team_aoai")
print(conn, conn.client().base_url)
"""


class Cell(NamedTuple):
    """What came of one cell: what it shows and prints, and the lines of its error."""

    text: str
    lines: list[str]


@pytest.fixture(scope="module")
def running():
    with KeyVaultEmulator() as emulator:
        yield emulator


@pytest.fixture
def vault(running, tmp_path, monkeypatch):
    """Return an emulator with one shared connection, made by a person."""
    for name in list(running.vault._secrets):
        del running.vault._secrets[name]
    running.vault._order = None
    running.requests.reset()
    tags = {
        "pfconn": "1",
        "name": "team_aoai",
        "type": "azure_openai",
        "by": "alice@contoso.com",
        "rev": "0123456789ab",
    }
    tags |= {"c.api_base": HOST, "c.auth_mode": "key", "c.api_version": "2024-10-21"}
    running.written_by_others("pfconn-s-team-aoai", KEY, tags=tags, content_type="application/vnd.pfconn.raw")
    for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    return running


@pytest.fixture
def convert(tmp_path):
    """Return a function that runs cells by nbconvert, in an environment, and returns what came of them."""

    def run(environment, *cells):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in (LOAD, *cells)])
        nbformat.write(notebook, tmp_path / "job.ipynb")
        done = _nbconvert(tmp_path, environment, "--allow-errors")
        assert done.returncode == 0, done.stderr
        found = nbformat.read(tmp_path / "job.nbconvert.ipynb", 4)
        assert_clean(KEY, str(found), done.stdout, done.stderr)
        return [_cell(cell) for cell in found.cells][1:]

    return run


def _nbconvert(folder, environment, *options):
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", *options, "job.ipynb"]
    return subprocess.run(command, cwd=folder, env=_environ(environment), capture_output=True, text=True, timeout=120)


def _environ(more):
    here = str(Path(pfconn_jupyter.__file__).parent.parent)
    return {**os.environ, "PYTHONPATH": here, "PFCONN_STORE": "keyvault:contoso", "JOB_KEY": KEY, **more}


def _cell(cell):
    text, lines = "", []
    for output in cell.outputs:
        if output.output_type == "error":
            lines = list(output.traceback)
        else:
            text += output.get("text") or output.data["text/plain"]
    return Cell(text, lines)


def _machine(vault, how):
    """Return the environment of a machine that signs in in this way, and its identity."""
    if how == "user-assigned":
        job = vault.identity("job", ("Key Vault Secrets User",), kind="managed_identity")
        # The machine has an identity of its own too, which may nothing.
        vault.identity("machine", (), kind="managed_identity")
        return {**vault.environment("machine"), "AZURE_CLIENT_ID": job.appid}, job
    kind = "service_principal" if how == "application" else "managed_identity"
    job = vault.identity(how, ("Key Vault Secrets User",), kind=kind)
    return vault.secret_environment(how) if how == "application" else vault.environment(how), job


@pytest.mark.parametrize("how", ["system-assigned", "user-assigned", "application"])
def test_a_shared_connection_works_for(vault, convert, how):
    environment, job = _machine(vault, how)
    status, listed, got, refused = convert(
        environment,
        "%pfconn status",
        "%pfconn list",
        "import pfconn_jupyter as pfconn\nconn = pfconn.get('team_aoai')\nprint(conn, conn.client().base_url)",
        CREATE.format("other --shared"),
    )
    kind = "service principal" if how == "application" else "managed identity"
    assert f"{job.appid} ({kind})" in status.text
    assert "1 connection in contoso (keyvault:contoso)" in listed.text
    assert "api_key=••••••" in got.text
    assert HOST in got.text
    assert_refused(refused, "AccessDenied", "Key Vault Secrets Officer", job.oid)
    assert {seen.identity for seen in vault.requests.log if seen.operation not in NOT_ITS_WORK} == {job.name}


def test_a_script_is_as_good_as_a_notebook(vault, tmp_path):
    environment, _ = _machine(vault, "system-assigned")
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=tmp_path, env=_environ(environment), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "[('team_aoai', 'shared')]" in done.stdout
    assert "api_key=••••••" in done.stdout
    assert_clean(KEY, done.stdout, done.stderr)


def test_private_to_a_machine_is_asked_and_with_yes_opens_where_its_key_is(vault, convert, monkeypatch, tmp_path):
    environment, job = _machine(vault, "system-assigned")
    vault.identity(job.name, ("Key Vault Secrets Officer",))
    environment["PFCONN_KEYRING"] = "off"
    asked, listed, created, got = convert(
        environment,
        CREATE.format("mine --private"),
        "%pfconn list mine",
        CREATE.format("mine --private --yes"),
        "%pfconn get mine",
    )
    assert_refused(asked, "CannotAsk", f"{job.appid} (managed identity)", "--yes")
    assert "No connection" in listed.text
    assert "mine saved in contoso, private." in created.text
    assert "api_key=••••••" in got.text
    # The next run has another disk: the key is not there.
    (lost,) = convert({**environment, "PFCONN_HOME": str(tmp_path / "next-run")}, "%pfconn get mine")
    assert_refused(lost, "SealingKeyError", "is missing")


def test_what_is_missing_ends_the_run_and_its_log_says_it(vault, tmp_path):
    environment, _ = _machine(vault, "system-assigned")
    cells = [nbformat.v4.new_code_cell(source) for source in (LOAD, "%pfconn get team_aoia", "print('went on')")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "job.ipynb")
    done = _nbconvert(tmp_path, environment)
    assert done.returncode != 0
    assert "There is no connection 'team_aoia' in contoso. Did you mean team_aoai?" in done.stderr
    assert not (tmp_path / "job.nbconvert.ipynb").exists()


def test_nobody_is_signed_in(vault, convert):
    environment = vault.environment("alice")
    # Only a service principal in variables is looked for: no other way in is tried, whatever machine this is.
    environment |= {"AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"}
    del environment["IDENTITY_ENDPOINT"], environment["IDENTITY_HEADER"]
    for cell in convert(environment, "%pfconn list", "%pfconn get team_aoai", CREATE.format("other --shared")):
        assert_refused(cell, "AccessDenied", "nobody is signed in", "az login", "AZURE_CLIENT_ID")
    assert set(vault.requests.counts) == {"challenge"}


def test_the_log_of_a_script_is_not_flooded_where_nobody_is_signed_in(vault, tmp_path):
    environment = vault.environment("alice") | {"AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"}
    del environment["IDENTITY_ENDPOINT"], environment["IDENTITY_HEADER"]
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=tmp_path, env=_environ(environment), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "nobody is signed in" in done.stderr
    assert "DefaultAzureCredential failed" not in done.stderr


@pytest.mark.parametrize("why", ["no such vault", "no proxy"])
def test_a_vault_out_of_reach(vault, convert, why):
    environment, _ = _machine(vault, "system-assigned")
    # Bound and not listening: whoever connects is refused at once.
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        if why == "no such vault":
            environment["PFCONN_STORE"] = "keyvault:nowhere"
        else:
            environment |= dict.fromkeys(("HTTPS_PROXY", "https_proxy"), f"http://127.0.0.1:{deaf.getsockname()[1]}")
        found = convert(environment, "%pfconn list", "%pfconn get team_aoai", CREATE.format("other --shared"))
    for cell in found:
        assert_refused(cell, "StoreUnavailable", "HTTPS_PROXY")
    assert vault.requests.total == 0


def assert_refused(cell, kind, *words):
    """Two lines: what is wrong, and what to do."""
    assert len(cell.lines) == 2, cell
    assert cell.lines[0].startswith(f"{kind}: "), cell.lines
    assert [word for word in words if word not in "\n".join(cell.lines)] == []
