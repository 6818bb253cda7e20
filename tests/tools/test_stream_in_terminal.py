"""A streamed answer in a real IPython in a pseudo-terminal: printed as it comes, once, and Ctrl-C keeps it."""

from __future__ import annotations

import os
import sys

import pytest

from hunter import assert_clean
from standins.service import Service
from tools.conftest import CHAT, KEY, Stream, chunk, wait_for

pexpect = pytest.importorskip("pexpect")


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PROMPT_TOOLKIT_NO_CPR", "1")
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


def test_it_is_printed_once(service: Service, aoai, terminal, tmp_path):
    service.on(CHAT, Stream([chunk("north"), chunk("ern"), chunk(finish="stop"), "data: [DONE]\n\n"], pause=0.1))
    say(terminal, "%pfconn run llm my_aoai --prompt hi --into said")
    terminal.expect_exact("northern\r\n")
    terminal.expect_exact("(8 characters, above)")
    say(terminal, "len(said), 'end'")
    terminal.expect_exact("(8, 'end')")
    terminal.seen.flush()
    assert (tmp_path / "terminal.log").read_text().count("northern") == 1


def test_ctrl_c_keeps_what_has_come(service: Service, aoai, terminal, tmp_path):
    endless = Stream([chunk("word ")], pause=0.02, repeat_last=3000)
    service.on(CHAT, endless)
    say(terminal, "%xmode Verbose")
    say(terminal, "%pfconn run llm my_aoai --prompt hi --into said")
    terminal.expect_exact("word word word ")
    terminal.sendcontrol("c")
    terminal.expect_exact("KeyboardInterrupt")
    say(terminal, "said[:10], 'kept'")
    terminal.expect_exact("('word word ', 'kept')")
    assert wait_for(lambda: endless.closed is not None)
    terminal.seen.flush()
    assert_clean(KEY, tmp_path / "terminal.log")
