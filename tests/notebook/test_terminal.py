"""A real IPython in a pseudo-terminal: the same questions, at a prompt."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from hunter import assert_clean
from standins.service import Reply, Service

pexpect = pytest.importorskip("pexpect")

KEY = "Zk7-typed-in-terminal-99"
HOST = "https://contoso.openai.azure.com"


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PROMPT_TOOLKIT_NO_CPR", "1")
    # They go before the pseudo-terminal's own size.
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("LINES", raising=False)
    command = ["-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor"]
    child = pexpect.spawn(
        sys.executable, command, env=dict(os.environ), encoding="utf-8", timeout=30, dimensions=(50, 200)
    )
    child.seen = (tmp_path / "terminal.log").open("w+", encoding="utf-8")
    child.logfile_read = child.seen
    say(child, "%load_ext pfconn_jupyter")
    yield child
    child.close(force=True)
    child.seen.close()


def say(child, line):
    child.expect(r"In \[\d+\]: ")
    child.sendline(line)


def answer(child, prompt, text=""):
    child.expect_exact(prompt)
    child.sendline(text)


def test_a_connection_is_created_at_the_prompt_and_the_key_is_not_echoed(terminal, tmp_path):
    say(terminal, "%pfconn create azure_openai my_aoai")
    answer(terminal, "Endpoint: ", f"{HOST}/openai/deployments/x")
    terminal.expect_exact(f"Keep {HOST}.")
    answer(terminal, "Endpoint: ", HOST)
    answer(terminal, "Sign in with", "")
    answer(terminal, "API key: ", "<your-key>")
    terminal.expect_exact("placeholder")
    answer(terminal, "API key: ", KEY)
    answer(terminal, "Test it first?", "n")
    terminal.expect_exact("my_aoai saved in the local store, private.")
    say(terminal, "%pfconn list")
    terminal.expect_exact(HOST)
    say(terminal, "import hashlib, pfconn_jupyter as pfconn; key = pfconn.get('my_aoai').api_key")
    say(terminal, "hashlib.sha256(key.reveal().encode()).hexdigest()")
    terminal.expect_exact(hashlib.sha256(KEY.encode()).hexdigest())
    say(terminal, "exit")
    terminal.expect(pexpect.EOF)
    terminal.seen.flush()
    # What was on the screen, the history, the store: all that this person's home holds.
    assert_clean(KEY, tmp_path)


def test_a_type_and_rows_are_asked_for(terminal):
    say(terminal, "%pfconn create")
    answer(terminal, "Type (", "nonsense")
    answer(terminal, "Type (", "custom")
    answer(terminal, "Name: ", "my api")
    answer(terminal, "Name: ", "my_api")
    answer(terminal, "Key (Enter ends): ", "region")
    answer(terminal, "Is region secret? ", "")
    answer(terminal, "region: ", "westeurope")
    answer(terminal, "Key (Enter ends): ")
    terminal.expect_exact("At least one secret")
    answer(terminal, "Key (Enter ends): ", "token")
    answer(terminal, "Is token secret? ", "y")
    answer(terminal, "token: ", KEY)
    answer(terminal, "Key (Enter ends): ")
    terminal.expect_exact("my_api saved in the local store, private.")


def test_control_c_saves_nothing(terminal):
    say(terminal, "%pfconn create openai x")
    terminal.expect_exact("API key: ")
    terminal.sendcontrol("c")
    terminal.expect_exact("Cancelled: nothing was saved.")
    say(terminal, "%pfconn list")
    terminal.expect_exact("No connections in the local store")


def test_delete_asks_and_names_the_store(terminal, monkeypatch):
    say(terminal, "import os; os.environ['K'] = 'k3y-0123456789'")
    say(terminal, "%pfconn create custom c --set secrets.k='${env:K}'")
    say(terminal, "%pfconn delete c")
    answer(terminal, "Delete c from the local store (local:)? It can be restored. [y/N] ", "n")
    terminal.expect_exact("nothing was deleted")
    say(terminal, "%pfconn delete c")
    answer(terminal, "[y/N] ", "y")
    terminal.expect_exact("c deleted from the local store")


def test_progress_is_shown_on_one_line_and_wiped(terminal, monkeypatch):
    with Service().on("/v1/models", Reply(200, {"data": []}, delay=1.5)) as service:
        say(terminal, "import os; os.environ['K'] = 'k3y-0123456789'")
        for name in ("a", "b"):
            say(terminal, f"%pfconn create openai {name} --set base_url={service.url}/v1 --set api_key='${{env:K}}'")
            terminal.expect_exact("saved")
        say(terminal, "%pfconn test --all")
        terminal.expect_exact("\r1 tested")
        terminal.expect(r"\r +\r")
        terminal.expect_exact("2 ok, in the local store")


def test_without_a_terminal_there_is_no_progress(tmp_path):
    with Service().on("/v1/models", Reply(200, {"data": []}, delay=1.5)) as service:
        line = f"%pfconn create openai a --set base_url={service.url}/v1 --set api_key='${{env:K}}'"
        script = f"%load_ext pfconn_jupyter\n{line}\n%pfconn test a"
        env = {**os.environ, "K": "k3y-0123456789", "PFCONN_STORE": "local:", "IPYTHONDIR": str(tmp_path)}
        command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "-c", script]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert "1 ok, in the local store" in done.stdout, done.stderr
    assert "tested" not in done.stdout
