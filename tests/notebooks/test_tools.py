"""03-tools runs from top to bottom with nobody to ask, and its outputs are as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from requirements import require

FOLDER = Path(__file__).parent.parent.parent / "notebooks"
TOOLS = FOLDER / "03-tools.ipynb"
# Written out, not imported: the notebook's folder is not on this process's path.
(KEY,) = re.findall(r'^KEY = "(.+)"$', (FOLDER / "standin_tools.py").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    for part in ("openai", "jinja2", "azure.ai.contentsafety", "azure.search.documents", "matplotlib"):
        require(part)
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "IPYTHONDIR", "TMPDIR"):
            (home / name).mkdir()
            patch.setenv(name, str(home / name))
        # A store that somebody has chosen already must not be written to.
        patch.setenv("PFCONN_HOME", str(home / "chosen"))
        patch.setenv("PFCONN_STORE", f"local:{home / 'chosen.db'}")
        notebook = nbformat.read(TOOLS, as_version=4)
        NotebookClient(notebook, timeout=90, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    return notebook, home


def outputs(executed, words):
    """Return what the one cell with ``words`` in its source shows, as text."""
    (cell,) = [c for c in executed[0].cells if c.cell_type == "code" and words in c.source]
    return json.dumps(cell.outputs, ensure_ascii=False)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("%pfconn list --tool LLM", ["my_aoai", "1 connection in the local store"]),
        ("--into greeting", ["text/markdown", "I was in Oslo 3 days in 2024, 5 days in 2025. What did I miss?"]),
        ("--tools weather", ["get_weather", "Oslo"]),
        ("{{ conn.api_key.reveal() }}", ["TemplateProblem", "is a connection, which holds a secret"]),
        ("__mro__", ["TemplateProblem", "the attribute '__class__'"]),
        ("Hello {{ name }}", ["You said: *Hello Ana*"]),
        ("vectors = %pfconn", ["The kitten purrs."]),
        ("imshow", ["image/png"]),
        ("--violence high", ["Violence", "Reject", "Suggested action: Reject."]),
        ("barh", ["image/png", "I could kill for a coffee."]),
        ("How do I bake?", ["To bake bread", "2 nearest"]),
        ("kind eq 'work'", ["restart the notebook server", "kind=work"]),
        ("run serp_api", ["northern lights in Oslo, page 3", "3 results of google"]),
        ("def length_of_answer", ["59"]),
        ("%%pfconn run python", ["Oslo: gpt-4o-mini"]),
        ("run llm my_serp", ["WrongConnectionType", "These fit: my_aoai."]),
    ],
)
def test_what_a_cell_shows(executed, source, shown):
    found = outputs(executed, source)
    assert [word for word in shown if word not in found] == []


def test_only_the_three_refusals_are_errors(executed):
    failed = [c for c in executed[0].cells if any(o.output_type == "error" for o in c.get("outputs", []))]
    assert len(failed) == 3
    assert all("raises-exception" in c.metadata["tags"] for c in failed)
    # Two lines each, and no frame.
    assert [len(o.traceback) for c in failed for o in c.outputs] == [2, 2, 2]


def test_a_filter_leaves_out_what_is_not_of_its_kind(executed):
    assert "kind=home" not in outputs(executed, "kind eq 'work'")


def test_no_key_is_in_the_executed_notebook(executed):
    text = json.dumps(executed[0])
    # The control: text that is there is found.
    assert "You said: *Hello Ana*" in text
    assert KEY not in text


def test_nothing_is_left_behind_or_written_to_the_chosen_store(executed):
    home = executed[1]
    assert list(home.rglob("*.db")) == []
    assert list(home.glob("chosen*")) == []
    assert [path for path in (home / "TMPDIR").iterdir() if "pfconn" in path.name] == []
