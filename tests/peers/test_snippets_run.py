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


@pytest.mark.slow
@pytest.mark.parametrize("target", ["openai", "langchain", "agent-framework"])
@pytest.mark.parametrize("type_", ["azure_openai", "openai"])
def test_the_code_completes_a_chat(target, type_, tmp_path, monkeypatch):
    python, binary = require("agents"), require("aimock")
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "home"))
    with aimock(binary, KEY) as server:
        api = Connections(open_store("local:"))
        address = {"api_base": server.url} if type_ == "azure_openai" else {"base_url": f"{server.url}/v1"}
        api.create(type_, "mine", api_key=KEY, **address)
        record = api.record("mine")
        about = About(describe(api, record), "gpt-4o-mini", lambda: "")
        code = snippets.target(target, type_).code(about).replace("Say hi in one word.", "hi")
        assert_clean(KEY, code)
        # A stray key of another service must not win.
        strays = {"OPENAI_API_KEY": "sk-stray", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [python, "-c", _RUN], input=code, env=os.environ | strays, capture_output=True, text=True, timeout=100
        )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "pong" in done.stdout
    assert_clean(KEY, done.stdout, done.stderr)
