"""The notebook of own types runs from top to bottom with nobody to ask, and its outputs are as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent.parent / "notebooks"
NOTEBOOK = FOLDER / "04-custom-types.ipynb"
# Written out, not imported: the notebook's folder is not on this process's path.
(KEY,) = re.findall(r'^KEY = "(.+)"$', (FOLDER / "weather.py").read_text(encoding="utf-8"), re.MULTILINE)


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
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    return notebook, home


def outputs(executed, start, number=0):
    """Return what the n-th cell that has a line beginning with ``start`` shows, as text."""
    cells = [c for c in executed[0].cells if any(line.startswith(start) for line in c.source.splitlines())]
    assert len(cells) > number, f"no cell has a line that begins with {start!r}"
    shown = []
    for output in cells[number].outputs:
        data = output.get("data", {})
        shown += [output.get("text", ""), data.get("text/plain", ""), data.get("text/html", "")]
    return "\n".join(shown)


def test_the_form_is_left_to_people(executed):
    (form,) = [c for c in executed[0].cells if "skip-execution" in c.metadata.get("tags", [])]
    assert "%pfconn create Weather by_form" in form.source
    assert form.outputs == []


@pytest.mark.parametrize(
    ("start", "number", "words"),
    [
        ("%pfconn types Weather", 0, ["The weather service of Contoso", "this notebook", "Under Account"]),
        ("%pfconn create Weather my_weather", 0, ["my_weather saved in the local store, private."]),
        ("%pfconn list", 0, ["my_weather", "weather", "1 connection in the local store"]),
        ("%pfconn test my_weather", 0, ["ok", "secret accepted"]),
        ("for fields in", 0, ["Did you mean units?", "unencrypted", "none of the possible values"]),
        ("conn = pfconn.get", 0, ["Weather(my_weather", "api_key=••••••"]),
        ("stations = requests", 0, ["Harbour"]),
        ("%pfconn test my_weather", 1, ["ok", "the quota was not checked"]),
        ("%pfconn test my_weather wrong_key", 0, ["denied", "Who are you?", "see Account in the portal"]),
        ("with conn.client()", 0, ["Harbour"]),
        ("types = %pfconn types", 0, ["weather", "Contoso Weather", "this notebook", "built-in"]),
        ("%pfconn tools", 0, ["LLM", "Python", "weather"]),
        ("defined.forget", 0, ["opens as a plain custom connection"]),
        ("conn = %pfconn get", 0, ["not known here", "••••••"]),
        ("defined.register", 0, ["Weather(my_weather"]),
    ],
)
def test_what_a_cell_shows(executed, start, number, words):
    shown = outputs(executed, start, number)
    assert [word for word in words if word not in shown] == []


def test_no_key_is_in_the_executed_notebook(executed):
    text = json.dumps(executed[0])
    # The control: text that is there is found.
    assert "Harbour" in text
    assert KEY not in text


def test_nothing_is_left_behind_or_written_to_the_chosen_store(executed):
    home = executed[1]
    assert list(home.rglob("*.db")) == []
    assert list(home.glob("chosen*")) == []
    assert [path for path in (home / "TMPDIR").iterdir() if "pfconn" in path.name] == []
