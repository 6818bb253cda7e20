"""The generated code in the current releases of langchain-openai and agent-framework-openai.

They live in an environment of their own, named by ``PFCONN_PEER_AGENTS`` (its Python).
"""

from __future__ import annotations

import os
import subprocess

import pytest

from hunter import assert_clean
from pfconn_jupyter.api import Connections
from pfconn_jupyter.interop import snippets
from pfconn_jupyter.interop.described import describe
from pfconn_jupyter.interop.snippets._about import About
from pfconn_jupyter.stores.address import open_store
from requirements import ROOT, require
from standins.aimock import aimock

KEY = "Pe2-key-of-a-peer-0815"
# Runs a cell as a kernel does, with await at its top level.
_RUN = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell(sys.stdin.read()).raise_error()
"""


# Signs in nowhere: its token is the key, which the stand-in takes as Bearer too.
_CREDENTIAL = """
import os, time
import azure.identity
from azure.core.credentials import AccessToken, AccessTokenInfo
class Stub(azure.identity.DefaultAzureCredential):
    def __init__(self, **options): pass
    def get_token(self, *scopes, **options): return AccessToken(os.environ["STUB_TOKEN"], int(time.time()) + 3600)
    def get_token_info(self, *scopes, **options): return AccessTokenInfo(*self.get_token())
azure.identity.DefaultAzureCredential = Stub
"""
# Of another service: none of them may win.
_STRAYS = {
    "OPENAI_API_KEY": "sk-stray",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    "OPENAI_API_BASE": "http://127.0.0.1:9/v1",
    "OPENAI_API_VERSION": "2020-01-01",
    "OPENAI_ORG_ID": "org-stray",
    "OPENAI_MODEL": "stray-model",
    "AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:9",
    "AZURE_OPENAI_API_KEY": "stray-key",
    "AZURE_OPENAI_AD_TOKEN": "eyJ-stray",
    "AZURE_OPENAI_API_VERSION": "2020-01-01",
    "AZURE_OPENAI_CHAT_COMPLETION_MODEL": "stray-model",
}


def run(code, **environment):
    """Run a cell in the peer's environment; return what it prints."""
    done = subprocess.run(
        [require("agents"), "-c", _RUN],
        input=code,
        env=os.environ | _STRAYS | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert_clean(KEY, done.stdout, done.stderr)
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("target", ["openai", "langchain", "agent-framework"])
@pytest.mark.parametrize("type_", ["azure_openai", "azure_openai Entra", "openai"])
def test_the_code_completes_a_chat(target, type_, tmp_path, monkeypatch):
    require("agents")
    binary = require("aimock")
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "home"))
    type_, _, entra = type_.partition(" ")
    with aimock(binary, KEY) as server:
        api = Connections(open_store("local:"))
        address = {"api_base": server.url} if type_ == "azure_openai" else {"base_url": f"{server.url}/v1"}
        sign_in = {"auth_mode": "meid_token"} if entra else {"api_key": KEY}
        api.create(type_, "mine", **sign_in, **address)
        about = About(describe(api, api.record("mine")), "gpt-4o-mini", lambda: "")
        code = snippets.target(target, type_).code(about).replace("Say hi in one word.", "hi")
        assert_clean(KEY, code)
        shown = run((_CREDENTIAL if entra else "") + code, STUB_TOKEN=KEY if entra else "")
    assert "pong" in shown


@pytest.mark.slow
def test_the_project_s_client_is_constructed(tmp_path, monkeypatch):
    require("agents")
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "home"))
    api = Connections(open_store("local:"))
    api.create("azure_openai", "mine", api_base="https://contoso.openai.azure.com", auth_mode="meid_token")
    about = About(describe(api, api.record("mine")), "gpt-4o-mini", lambda: "")
    code = snippets.target("azure-ai-projects", "azure_openai").code(about)
    # All but the call, which needs a project.
    made, call, _ = code.partition("answer = client.responses.create(")
    assert call
    shown = run(_CREDENTIAL + made + "print(client.base_url, callable(client.responses.create))", STUB_TOKEN="x")
    assert "https://contoso.services.ai.azure.com/api/projects/YOUR-PROJECT/openai/v1/ True" in shown


# What a person may see of an error: the frames with all their variables.
_VERBOSE = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("xmode", "Verbose")
shell.run_cell(sys.stdin.read())
"""


@pytest.mark.slow
@pytest.mark.parametrize("target", ["openai", "langchain", "agent-framework"])
@pytest.mark.parametrize("how", ["refused", "not constructed"])
def test_an_error_of_theirs_shows_no_key(target, how, tmp_path, monkeypatch):
    python, binary = require("agents"), require("aimock")
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "home"))
    with aimock(binary, "another-key") as server:
        api = Connections(open_store("local:"))
        api.create("azure_openai", "mine", api_key=KEY, api_base=server.url)
        about = About(describe(api, api.record("mine")), "gpt-4o-mini", lambda: "")
        code = snippets.target(target, "azure_openai").code(about)
        strays = {}
        if how == "not constructed":
            code = code.replace("AzureChatOpenAI(\n", "AzureChatOpenAI(\n    n=0,\n")
            # Agent Framework takes no endpoint beside it.
            strays = {"AZURE_OPENAI_BASE_URL": "http://127.0.0.1:9"}
        done = subprocess.run(
            [python, "-c", _VERBOSE],
            input=code,
            env=os.environ | strays | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=100,
        )
    shown = done.stdout + done.stderr
    assert "Traceback" in shown
    assert "conn" in shown, "the control: variables are shown"
    assert_clean(KEY, shown)
