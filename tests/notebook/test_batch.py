"""Nobody to ask: a batch run is refused in words, and the ways that it names work."""

from __future__ import annotations

import os
import subprocess
import sys

import nbformat
import pytest

HOST = "https://contoso.openai.azure.com"


@pytest.fixture
def convert(tmp_path, monkeypatch):
    """Return a function that runs cells by nbconvert and returns (exit code, output, notebook)."""
    for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))

    def run(*cells):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        nbformat.write(notebook, tmp_path / "run.ipynb")
        command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors", "run.ipynb"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=dict(os.environ))
        assert done.returncode == 0, done.stderr
        outputs = nbformat.read(tmp_path / "run.nbconvert.ipynb", 4).cells
        return ["\n".join(_texts(cell)) for cell in outputs]

    return run


def _texts(cell):
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"{output.ename}: {output.evalue}"
        else:
            yield output.get("text") or output.data["text/plain"]


def test_a_form_is_refused_at_once_and_names_the_ways_that_work(convert):
    _, created, updated = convert(
        "%load_ext pfconn_jupyter", "%pfconn create azure_openai my_aoai", "%pfconn create azure_openai x --prompt"
    )
    for text in (created, updated):
        assert text.startswith("CannotAsk")
        assert "--from-env" in text
        assert "${env:NAME}" in text


def test_the_named_way_works_and_the_result_is_used(convert, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", HOST)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "k3y-0123456789")
    monkeypatch.setenv("PFCONN_STORE", "local:")
    _, created, listed = convert(
        "%load_ext pfconn_jupyter", "%pfconn create azure_openai my_aoai --from-env", "%pfconn list"
    )
    assert "my_aoai saved in the local store" in created
    assert HOST in listed
    assert "k3y-0123456789" not in created + listed


def test_one_notebook_runs_on_what_its_environment_says(convert, monkeypatch):
    key = "env-key-0123456789abcdef"
    monkeypatch.setenv("PFCONN_STORE", "env:")
    monkeypatch.setenv("PFCONN_CONN_MY_AOAI__TYPE", "azure_openai")
    monkeypatch.setenv("PFCONN_CONN_MY_AOAI__ENDPOINT", HOST)
    monkeypatch.setenv("PFCONN_CONN_MY_AOAI__API_KEY", key)
    monkeypatch.setenv("PFCONN_CONN_DB__SECRETS__PASSWORD", key)
    monkeypatch.setenv("OPENAI_API_KEY", key)
    _, listed, got, refused = convert(
        "%load_ext pfconn_jupyter",
        "%pfconn list",
        "conn = %pfconn get my-aoai\nprint(conn, conn.client().base_url)",
        "%pfconn create openai other --from-env",
    )
    assert "2 connections in the environment (env:)" in listed
    assert "Set PFCONN_CONN_DB__TYPE" in listed
    assert f"{HOST}/openai" in got
    assert "read-only" in refused
    assert key not in listed + got + refused
