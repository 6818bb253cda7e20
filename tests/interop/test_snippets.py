"""Generated code: for each target and type it fits, without a secret, clean, and the core ones run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hunter import assert_clean
from pfconn_jupyter.api import Connections
from pfconn_jupyter.interop import snippets
from pfconn_jupyter.interop.described import describe
from pfconn_jupyter.interop.snippets._about import About
from pfconn_jupyter.stores.address import open_store
from requirements import require
from standins.aimock import aimock

KEY = "Sn1-key-in-no-snippet-4711"
FIELDS = {
    "azure_openai": {"api_base": "https://c.openai.azure.com", "api_key": KEY, "deployment": "gpt-4o-mini"},
    "openai": {"api_key": KEY, "model": "gpt-4o-mini"},
}
RUN_BY_PYTHON = [t for t in snippets.names() if t not in ("app-service", "container-apps")]


@pytest.fixture
def api(tmp_path):
    return Connections(open_store(f"local:{tmp_path}/c.db"))


def about(api, name, model="gpt-4o-mini"):
    record = api.record(name)
    url = f"https://contoso.vault.azure.net/secrets/pfconn-s-{name}"
    return record, About(describe(api, record), model, lambda: url)


def code(api, type_, target, **fields):
    api.create(type_, "mine", **{**FIELDS[type_], **fields})
    record, known = about(api, "mine")
    return snippets.target(target, record.type).code(known)


@pytest.mark.parametrize("type_", FIELDS)
@pytest.mark.parametrize("target", snippets.names())
def test_no_snippet_holds_a_secret(api, type_, target):
    if target == "azure-ai-projects" and type_ == "openai":
        pytest.skip("this target does not take this type")
    assert_clean(KEY, code(api, type_, target))


@pytest.mark.parametrize("target", RUN_BY_PYTHON)
@pytest.mark.parametrize("entra", [False, True])
def test_the_code_passes_ruff(api, tmp_path, target, entra):
    ruff = require("ruff")
    fields = {"auth_mode": "meid_token", "api_key": None} if entra else {}
    cell = tmp_path / "cell.py"
    # A cell may await; a file may do so in a function.
    body = code(api, "azure_openai", target, **fields)
    cell.write_text(body if "await " not in body else body.replace("await ", ""))
    done = subprocess.run([ruff, "check", "--isolated", cell], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    done = subprocess.run(
        [ruff, "format", "--isolated", "--line-length", "200", "--diff", cell],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("target", ["openai", "curl"])
def test_the_code_runs_in_a_kernel_of_its_own(tmp_path, target, monkeypatch):
    binary = require("aimock")
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "home"))
    api = Connections(open_store("local:"))
    with aimock(binary, KEY) as server:
        api.create("azure_openai", "mine", api_base=server.url, api_key=KEY)
        record, known = about(api, "mine")
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                snippets.target(target, record.type).code(known).replace("Say hi in one word.", "hi"),
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    assert ("pong" if target == "openai" else '"object"') in done.stdout


def test_a_name_and_a_store_with_quotes_stay_texts(api):
    api.create("openai", "mine", api_key=KEY)
    record, _ = about(api, "mine")
    known = About(describe(api, record), 'gpt"; import os #', lambda: "")
    compile(snippets.target("openai", "openai").code(known), "cell", "exec")
    assert 'model="gpt\\"; import os #"' in snippets.target("openai", "openai").code(known)
