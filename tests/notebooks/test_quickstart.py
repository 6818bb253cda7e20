"""The quickstart runs from top to bottom with nobody to ask, and its outputs are as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent.parent / "notebooks"
QUICKSTART = FOLDER / "01-quickstart.ipynb"
# Written out, not imported: the notebook's folder is not on this process's path.
KEYS = re.findall(r'^KEY_\d = "(.+)"$', (FOLDER / "standin.py").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "IPYTHONDIR", "TMPDIR"):
            folder = home / name
            folder.mkdir()
            patch.setenv(name, str(folder))
        # A store that somebody has chosen already must not be written to.
        patch.setenv("PFCONN_HOME", str(home / "chosen"))
        patch.setenv("PFCONN_STORE", f"local:{home / 'chosen.db'}")
        notebook = nbformat.read(QUICKSTART, as_version=4)
        NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    return notebook, home


def outputs(executed, start):
    """Return what the cell that has a line beginning with ``start`` shows, as text."""
    cells = [c for c in executed[0].cells if any(line.startswith(start) for line in c.source.splitlines())]
    assert cells, f"no cell has a line that begins with {start!r}"
    shown = []
    for output in cells[0].outputs:
        data = output.get("data", {})
        shown += [output.get("text", ""), data.get("text/plain", ""), data.get("text/html", "")]
    return "\n".join(shown)


def test_the_form_is_left_to_people(executed):
    (form,) = [c for c in executed[0].cells if "skip-execution" in c.metadata.get("tags", [])]
    assert "%pfconn create azure_openai by_form" in form.source
    assert form.outputs == []


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("%pfconn create azure_openai my_aoai", ["my_aoai saved in the local store, private."]),
        ("connections = %pfconn list", ["my_aoai", "azure_openai", "1 connection in the local store"]),
        ("%pfconn test my_aoai", ["ok", "key accepted; no deployment was called"]),
        ("outcomes = ", ["denied", "Access denied", "Keys and Endpoint", "1 ok, 1 denied"]),
        ("conn = ", ["AzureOpenAIConnection(my_aoai", "api_key=••••••"]),
        ("answer = ", ["You said: Good morning"]),
        ("%pfconn rotate", ["my_aoai rotated in the local store, private.", "old key still works"]),
        ("service.revoke", ["ok", "key accepted"]),
        ("%pfconn history", ["rev"]),
        ("%pfconn delete", ["wrong_key, my_aoai deleted"]),
        ("%pfconn restore", ["my_aoai restored"]),
        ("%pfconn list --deleted", ["wrong_key", "1 deleted"]),
        ("%pfconn status", ["sealing-", ".key", "does not protect"]),
    ],
)
def test_what_a_cell_shows(executed, start, words):
    shown = outputs(executed, start)
    assert [word for word in words if word not in shown] == []


def test_failures_come_first(executed):
    shown = outputs(executed, "outcomes = ")
    assert shown.index("wrong_key") < shown.index("my_aoai")


def test_no_key_is_in_the_executed_notebook(executed):
    assert len(KEYS) == 2
    text = json.dumps(executed[0])
    # The control: text that is there is found.
    assert "You said: Good morning" in text
    assert [key for key in KEYS if key in text] == []


def test_nothing_is_left_behind_or_written_to_the_chosen_store(executed):
    home = executed[1]
    assert list(home.rglob("*.db")) == []
    assert list(home.glob("chosen*")) == []
    assert [path for path in (home / "TMPDIR").iterdir() if "pfconn" in path.name] == []
