"""05-leaving-prompt-flow in the environment of the current Agent Framework: its chat is Agent Framework's own."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import nbformat
import pytest

from requirements import ROOT, require

FOLDER = ROOT / "notebooks"
# Cell after cell, as a kernel does; that environment need not have one.
_RUN = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in json.load(sys.stdin):
    shell.run_cell(cell).raise_error()
"""


@pytest.mark.slow
def test_the_chat_is_agent_framework_s(tmp_path):
    python = require("agents")
    (key,) = re.findall(r'^KEY = "(.+)"$', (FOLDER / "standin_tools.py").read_text(encoding="utf-8"), re.MULTILINE)
    cells = [c.source for c in nbformat.read(FOLDER / "05-leaving-prompt-flow.ipynb", 4).cells if c.cell_type == "code"]
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    path = os.pathsep.join(map(str, (ROOT, FOLDER)))
    strays = {"OPENAI_API_KEY": "sk-stray", "AZURE_OPENAI_AD_TOKEN": "eyJ-stray"}
    done = subprocess.run(
        [python, "-c", _RUN],
        input=json.dumps(cells),
        env={**kept, **strays, "HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path), "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "from agent_framework.openai import OpenAIChatCompletionClient" in done.stdout
    assert "is not installed here" not in done.stdout
    assert "You said: *Say hi in one word.*" in done.stdout
    assert key not in done.stdout + done.stderr
    assert [p for p in Path(tmp_path).iterdir() if "pfconn" in p.name] == []
