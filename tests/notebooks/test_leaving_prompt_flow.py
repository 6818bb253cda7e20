"""The move away from prompt flow runs from top to bottom with nobody to ask, and its outputs are as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from requirements import require

FOLDER = Path(__file__).parent.parent.parent / "notebooks"
NOTEBOOK = FOLDER / "05-leaving-prompt-flow.ipynb"
# Written out, not imported: the notebook's folder is not on this process's path.
(KEY,) = re.findall(r'^KEY = "(.+)"$', (FOLDER / "standin_tools.py").read_text(encoding="utf-8"), re.MULTILINE)
(REVOKED,) = re.findall(
    r'^REVOKED = "(.+)"$', (FOLDER / "standin_promptflow.py").read_text(encoding="utf-8"), re.MULTILINE
)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    require("openai")
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "IPYTHONDIR", "TMPDIR"):
            (home / name).mkdir()
            patch.setenv(name, str(home / name))
        # Neither a store that somebody has chosen already, nor a real prompt flow's.
        patch.setenv("PFCONN_HOME", str(home / "chosen"))
        patch.setenv("PFCONN_STORE", f"local:{home / 'chosen.db'}")
        patch.setenv("PF_HOME_DIRECTORY", str(home / "real"))
        patch.setenv("AZURE_OPENAI_API_KEY", "a-stray-key-of-the-person")
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        NotebookClient(notebook, timeout=90, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    return notebook, home


def outputs(executed, line, number=0):
    """Return what the ``number``-th cell that has this line shows, as text."""
    cells = [c for c in executed[0].cells if c.cell_type == "code" and line in c.source.splitlines()]
    assert len(cells) > number, f"{len(cells)} cells have the line {line!r}"
    return json.dumps(cells[number].outputs, ensure_ascii=False)


APPLIED = "moved = %pfconn import promptflow --apply --test"
CONN = "azure_open_ai_connection"


@pytest.mark.parametrize(
    ("line", "number", "words"),
    [
        ("prompt_flow.connection_list()", 0, [CONN, "weather api", "******"]),
        ("%pfconn import promptflow", 0, ["1 cannot, 4 create", "Nothing was written", "weather_api is."]),
        (APPLIED, 0, ["1 failed, 1 cannot, 3 created", "chat.prompty, flows/chat/flow.dag.yaml"]),
        ("%pfconn import promptflow", 1, ["1 cannot, 1 create, 3 same", "name 2 of them"]),
        ('print("Prompt flow\'s store was changed:", prompt_flow.changed)', 0, ["changed: False"]),
        ("%pfconn import connections --apply --test", 0, ["1 created", "api_key in plain text: delete it there"]),
        ("%pfconn import .env --apply --test", 0, ["1 created", ".env holds it in plain text"]),
        ("%pfconn list", 0, ["5 connections in the local store"]),
        ("%pfconn test --all", 0, ["5 ok"]),
        (f"code = %pfconn snippet {CONN} --for promptflow --print", 0, ["pfconn.interop.to_promptflow(conn)"]),
        ("await standin_promptflow.shift_enter(code)", 0, ["You said: *Say hi in one word.*"]),
        (f"%pfconn env {CONN}", 0, ["AZURE_OPENAI_API_KEY", "••••••"]),
        ("%pfconn env --unset", 0, ["Variables taken back"]),
        ('print(Path(".env.example").read_text())', 0, ["AZURE_OPENAI_API_KEY=\\nOPENAI_API_VERSION=2024-02-01"]),
        ("%pfconn list", 1, ["2 connections"]),
    ],
)
def test_what_a_cell_shows(executed, line, number, words):
    shown = outputs(executed, line, number)
    assert [word for word in words if word not in shown] == []


def test_the_undo_that_is_run_is_the_one_that_was_told(executed):
    told = outputs(executed, "print(moved.note)")
    (undo,) = re.findall(r"Undo: (%pfconn delete [^\\]+)\\n", told)
    assert "deleted from the local store" in outputs(executed, f"{undo} --yes")


def test_nothing_fails(executed):
    assert [c.id for c in executed[0].cells for o in c.get("outputs", []) if o.output_type == "error"] == []


def test_no_key_is_in_the_executed_notebook(executed):
    text = json.dumps(executed[0])
    # The control: text that is there is found.
    assert "You said" in text
    assert [key for key in (KEY, REVOKED, "gAAAA", "a-stray-key") if key in text] == []


def test_nothing_is_left_behind_or_written_to_the_chosen_store(executed):
    home = executed[1]
    assert [*home.rglob("*.db"), *home.rglob("pf.sqlite"), *home.rglob("keyring_pass.cfg")] == []
    assert list(home.glob("chosen*")) == []
    assert [path for path in (home / "TMPDIR").iterdir() if "pfconn" in path.name] == []
