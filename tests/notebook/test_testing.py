"""``%pfconn test`` as a person and a scheduled notebook meet it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import pfconn_jupyter
from hunter import assert_clean
from standins.service import Reply, Service

KEY = "Zt5-a-key-that-is-tested-31"
V1, CHAT = "/openai/v1/models", "/openai/deployments/gpt-4o/chat/completions"
OK, NO = Reply(200, {"data": []}), Reply(401, {"error": {"message": "no such key"}})


@pytest.fixture
def service():
    with Service() as running:
        yield running.on(V1, OK)


@pytest.fixture
def stored(notebook, service, monkeypatch):
    """Two that can be tested, and one that cannot."""
    monkeypatch.setenv("MY_KEY", KEY)
    for name in ("first", "second"):
        notebook(f"%pfconn create azure_openai {name} --set api_base={service.url} --set api_key='${{env:MY_KEY}}'")
    notebook("%pfconn create custom other --set secrets.k='${env:MY_KEY}'")
    return notebook


def test_strict_passes_where_all_pass_that_can(stored):
    found = stored("%pfconn test --all --strict")
    assert dict(zip(found["name"], found["status"], strict=True)) == {
        "first": "ok",
        "second": "ok",
        "other": "not_checked",
    }


def test_strict_fails_the_cell_and_says_which(stored, service):
    service.on(V1, NO)
    error = stored.fails("%pfconn test first other --strict")
    assert type(error).__name__ == "CheckFailed"
    assert "1 of 2 failed: first denied: no such key" in str(error)
    assert "KEY 1 or KEY 2" in error.hint


def test_strict_fails_if_a_test_could_not_be_made(stored, monkeypatch):
    host = "https://contoso.openai.azure.com"
    stored(f"%pfconn create azure_openai keyless --set api_base={host} --set auth_mode=meid_token")
    # Only a service principal in variables is looked for, and there is none.
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    error = stored.fails("%pfconn test --all --strict")
    assert "keyless not_checked" in str(error)
    assert "1 of 4 failed" in str(error)


def test_strict_fails_where_there_is_nothing_to_test(notebook):
    assert "nothing to test" in str(notebook.fails("%pfconn test --all --strict"))
    assert "Nothing to test" in repr(notebook("%pfconn test --all"))


def test_a_long_list_of_failures_is_cut_and_counted(stored, service):
    service.on(V1, NO)
    for n in range(4):
        stored(f"%pfconn create azure_openai more{n} --set api_base={service.url} --set api_key='${{env:MY_KEY}}'")
    assert "6 of 7 failed" in (error := str(stored.fails("%pfconn test --all --strict")))
    assert "first denied: no such key; more0 denied; more1 denied; " in error
    assert "and 1 more" in error


def test_a_deployment_is_called_only_if_it_is_named(stored, service):
    done = Reply(200, {"choices": []})
    service.on(CHAT, done)
    found = stored("%pfconn test first other --deployment gpt-4o")
    by_name = found.set_index("name")
    assert by_name.loc["first", "status"] == "ok"
    assert "spent one token" in by_name.loc["first", "detail"]
    assert "no deployments" in by_name.loc["other", "detail"]
    assert [r.path for r in service.received] == [CHAT]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("test --deployment gpt-4o", "--deployment spends a token"),
        ("test first --deployment sk-proj-Zk7q0We5Rt1Y2u9I4o8P", "looks like a key"),
        ("test first --deployment", "expected one argument"),
        ("test first --explain --strict", "--explain tests nothing"),
        ("test first --all", "do not go together"),
        ("test nobody", "There is no connection 'nobody'"),
        ("test nobody --explain", "There is no connection 'nobody'"),
    ],
)
def test_refused(stored, service, line, words):
    assert words in str(stored.fails(f"%pfconn {line}"))
    assert service.received == []


def test_explain_sends_nothing_and_shows_the_requests(stored, service, capsys):
    for cell in ("%pfconn test first other --explain", "%pfconn test --explain --deployment gpt-4o"):
        told = stored(cell)
        assert list(told.columns)[:4] == ["name", "type", "sent", "request"]
        assert service.url in repr(told)
        assert "Nothing was sent to a service" in repr(told)
        assert_clean(KEY, repr(told), told._repr_html_(), told.to_csv())
    assert service.received == []


def run_in_batch(folder, *cells):
    folder.mkdir(exist_ok=True)
    code = [nbformat.v4.new_code_cell(cell) for cell in ("%load_ext pfconn_jupyter", *cells)]
    nbformat.write(nbformat.v4.new_notebook(cells=code), folder / "job.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "job.ipynb"]
    here = {"PYTHONPATH": str(Path(pfconn_jupyter.__file__).parent.parent)}
    here |= dict.fromkeys(("IPYTHONDIR", "JUPYTER_DATA_DIR"), str(folder))
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, **here}, timeout=90)


def test_a_scheduled_notebook_stops(stored, service, tmp_path):
    service.on(V1, NO)
    done = run_in_batch(tmp_path / "job", "%pfconn test --all --strict", "open('went-on', 'w').close()")
    assert done.returncode != 0
    assert "CheckFailed" in done.stderr
    assert "no such key" in done.stderr
    assert not (tmp_path / "job" / "went-on").exists()
    assert_clean(KEY, done.stderr, tmp_path / "job" / "job.ipynb")


def test_progress_is_gone_when_a_batch_run_is_done(stored, service, tmp_path):
    service.on(V1, Reply(200, {"data": []}, delay=1))
    done = run_in_batch(tmp_path / "job", "%pfconn test --all")
    assert done.returncode == 0, done.stderr
    outputs = nbformat.read(tmp_path / "job" / "job.nbconvert.ipynb", 4).cells[1].outputs
    assert [o.output_type for o in outputs] == ["display_data", "execute_result"], "the control: it was shown"
    assert outputs[0].data["text/plain"] == ""
    assert "2 ok" in outputs[1].data["text/plain"]


def test_the_note_counts_what_is_ok_first_and_what_was_not_checked_last(stored, service):
    service.on(V1, OK, NO)
    assert "1 ok, 1 denied, 1 not_checked, in the local store" in repr(stored("%pfconn test --all"))
