"""What README and CONTRIBUTING show exists and runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pfconn_jupyter.connections import registry
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.probe import Status
from pfconn_jupyter.notebook import commands, parsing
from pfconn_jupyter.notebook.commands._overview import markdown_table

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def lines_of_magic(text):
    """Return what stands behind ``%pfconn`` in code blocks and in code within sentences."""
    text = text.replace(markdown_table(), "")
    shown = [line for block in blocks(text, "python") for line in block.splitlines()]
    shown += re.findall(r"`([^`\n]+)`", text)
    return [call[1] for line in shown if (call := re.fullmatch(r"(?:\w+ = )?%pfconn\b(.*)", line))]


def test_the_table_of_commands_is_the_commands():
    table = markdown_table()
    assert table in README, f"put this table into README.md:\n\n{table}"


@pytest.mark.parametrize("line", lines_of_magic(README))
def test_a_command_that_is_shown_can_be_read(line):
    words = parsing.split(line)
    name, _ = commands.command(words[0] if words else "status")
    commands.parser(name).parse(words[1:])


@pytest.mark.parametrize("page", PAGES)
def test_links_and_pictures_are_there(page):
    found = re.findall(r"\]\(([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [target for target in found if "://" not in target and not (ROOT / target).exists()] == []


def test_the_two_commands_are_one_line_each():
    (start,) = re.findall(r"^python3 -m venv .*jupyter lab .*$", README, re.MULTILINE)
    (tests,) = re.findall(r"^python3 -m venv .*pytest$", README, re.MULTILINE)
    assert (ROOT / start.split()[-1]).exists()
    assert "'.[test]'" in tests


def test_the_statuses_are_those_of_a_test():
    section = README.partition("| status |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", section)) - {"detail"} == set(Status.__args__)


def test_the_types_are_those_of_the_registry():
    section = README.partition("| type |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == list(registry.TYPES)


def test_files_that_contributing_names_are_there():
    found = set(re.findall(r"`((?:pfconn_jupyter|tests|\.ci|binder)/[\w/.]+)`", CONTRIBUTING))
    assert len(found) > 5
    assert [name for name in found if not (ROOT / name).exists()] == ["pfconn_jupyter/connections/pinecone.py"]


def test_the_example_of_a_type_is_one(monkeypatch):
    (source,) = [block for block in blocks(CONTRIBUTING, "python") if "class PineconeConnection" in block]
    (line,) = [block for block in blocks(CONTRIBUTING, "python") if "Entry(" in block]
    space = {"__name__": "example"}
    exec(compile(source, "CONTRIBUTING.md", "exec", dont_inherit=True), space)
    cls = space["PineconeConnection"]
    entry = eval(line.partition(":")[2].strip().rstrip(","), {"Entry": registry.Entry, "_HERE": registry._HERE})
    assert entry.path == "pfconn_jupyter.connections.pinecone:PineconeConnection"
    made = build(cls, {"endpoint": "https://api.pinecone.io", "api_key": "0123456789abcdef"})
    (probe,) = made.probes()
    assert probe.url == "https://api.pinecone.io/indexes"
    assert made.secrets["api_key"] is probe.headers["Api-Key"]
    assert cls.LABEL
    assert cls.SUMMARY
