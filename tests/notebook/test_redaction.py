"""A secret on the line: refused, and taken out of everything IPython keeps."""

from __future__ import annotations

import linecache
import sqlite3
from contextlib import closing

import pytest

from pfconn_jupyter.notebook import literals

SECRET = "Zq9-literal-key-7731"
LINES = [
    f"%pfconn create azure_openai x --set api_key={SECRET}",
    f"%pfconn create azure_openai x --set api_key='{SECRET}'",
    f"%pfconn create azure_openai x --set=api_key={SECRET}",
    f"%pfconn create custom x --set secrets.pw={SECRET}",
    f"%pfconn create openai x --api-key {SECRET}",
    f"%pfconn create openai x --api-key={SECRET}",
    f"%pfconn create azure_openai x --set api_key='{SECRET}",
    f"y = 1\n%pfconn rotate x --set api_key={SECRET}\nz = 2",
    f"df = %pfconn create openai x --set api_key={SECRET}",
    f"%%pfconn create openai x\napi_key: {SECRET}",
    f"%%pfconn create custom x\nsecrets:\n  anything: '{SECRET}'",
]


@pytest.mark.parametrize("cell", LINES)
def test_a_literal_is_refused_and_scrubbed_everywhere(notebook, shell, tmp_path, cell):
    error = notebook.fails(cell)
    assert type(error).__name__ == "SecretRefused"
    assert "rotate" in str(error)
    assert SECRET not in str(error)
    shell.history_manager.writeout_cache()
    kept = {
        "In": str(shell.user_ns["In"]),
        "raw": str(shell.history_manager.input_hist_raw),
        "_i": str({k: v for k, v in shell.user_ns.items() if k.startswith("_i")}),
        "history": str(list(shell.history_manager.get_range(raw=True))),
        "linecache": str(linecache.cache.values()),
        "result": str(shell.last_execution_result.info),
        "file": (tmp_path / "history.sqlite").read_bytes().decode("latin-1"),
    }
    assert [place for place, text in kept.items() if SECRET in text] == []


def test_the_hunt_finds_a_literal_that_was_not_refused(notebook, shell, tmp_path):
    notebook(f"text = '{SECRET}'")
    shell.history_manager.writeout_cache()
    assert SECRET in str(shell.user_ns["In"])
    assert SECRET.encode() in (tmp_path / "history.sqlite").read_bytes()


def test_a_row_already_written_is_overwritten(notebook, shell, tmp_path):
    shell.history_manager.db_cache_size = 0
    notebook.fails(LINES[0])
    shell.history_manager.writeout_cache()
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as history:
        rows = history.execute("SELECT source_raw FROM history").fetchall()
    assert any("<redacted>" in row[0] for row in rows)
    assert SECRET.encode() not in (tmp_path / "history.sqlite").read_bytes()


def test_the_cell_is_rewritten(notebook, shell):
    shell.payload_manager.clear_payload()
    asked = []
    shell.set_next_input = lambda text, replace=False: asked.append((text, replace))
    notebook.fails(LINES[0])
    assert asked == [("%pfconn create azure_openai x --set api_key=<redacted>", True)]


def test_debug_finds_no_frames(notebook):
    import sys

    notebook.fails(LINES[0])
    assert getattr(sys, "last_traceback", None) is None


@pytest.mark.parametrize(
    "line",
    [
        "create azure_openai x --set api_key='${env:K}'",
        "create azure_openai x --set api_base=https://contoso.openai.azure.com --set deployment=gpt-4o-mini-2024-07-18",
        "create custom x --set configs.monkey=bananas --set configs.id=0a1b2c3d-0000-4000-8000-123456789abc",
        "create custom x --file connections/key.yml --private",
        "key export backup.key",
        "store local:/data/team-secrets/store.db",
        "rotate my_key --prompt",
        "create azure_openai x --set api_key=$key",
    ],
)
def test_what_is_no_secret_is_let_through(line):
    assert literals.on_line(line) == {}


def test_configs_of_a_cell_are_no_secrets():
    assert literals.in_cell("configs:\n  region: we\nsecrets:\n  k: ${env:K}\ntype: custom") == {}


@pytest.mark.parametrize(
    "path", ["/data/2026-11-24/connections/my_aoai.yaml", "~/exports/20261124/", "./20261124_connections.yml"]
)
def test_a_path_with_a_date_is_no_key(path):
    assert literals.on_line(f"export --to {path}") == {}
