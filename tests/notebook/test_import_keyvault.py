"""An import of many into a vault: its pace, a Ctrl-C, a storm of 429s; and each can be repeated."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from hunter import assert_clean
from pfconn_jupyter import identity
from pfconn_jupyter.testing.keyvault import KeyVaultEmulator

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

KEY = "Vk3-w9Qz2xT4vN8bM6rP"


@pytest.fixture
def vault(notebook, monkeypatch):
    with KeyVaultEmulator() as emulator:
        emulator.sign_in()
        identity.credential.cache_clear()
        monkeypatch.setenv("PFCONN_STORE", "keyvault:contoso")
        yield emulator
    identity.credential.cache_clear()


@pytest.fixture
def source(tmp_path):
    """Return a function that makes a file of so many connections."""

    def make(many):
        path = tmp_path / "many.yml"
        path.write_text("---\n".join(f"name: c{n:03}\ntype: serp\napi_key: {KEY}{n:03}\n" for n in range(many)))
        return path

    return make


@contextmanager
def interrupted_when(emulator, many):
    """Press Ctrl-C when the vault was asked to keep so many."""
    stop = threading.Event()

    def watch():
        while not stop.wait(0.005):
            if emulator.requests.counts.get("set", 0) >= many:
                os.kill(os.getpid(), signal.SIGINT)
                return

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def kept(emulator):
    return {name.lower().removeprefix("pfconn-s-") for name in emulator.vault._secrets}


def test_300_keep_the_pace_show_progress_and_can_be_repeated(notebook, vault, source, capsys, monkeypatch):
    path = source(300)
    # As in a terminal: a pipe gets no progress line.
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    began = time.monotonic()
    table = notebook(f"%pfconn import {path} --shared --apply")
    seconds = time.monotonic() - began
    assert set(table.action) == {"created"}
    assert len(kept(vault)) == 300
    # 280 at once, and the rest when the window is over: no 429, so exactly 300 requests.
    assert vault.requests.counts["set"] == 300
    assert 10 <= seconds < 30, seconds
    shown = capsys.readouterr()
    assert " written …" in shown.out
    assert "contoso takes 280 new values in 10 s" in shown.err
    vault.requests.reset()
    again = notebook(f"%pfconn import {path} --shared --apply")
    assert set(again.action) == {"same"}
    assert "set" not in vault.requests.counts
    assert_clean(KEY, table.to_json(), repr(table), shown.out, shown.err)


def test_after_a_ctrl_c_the_account_is_true_and_a_second_run_completes_it(notebook, vault, source):
    path = source(120)
    vault.service.round_trip = 0.05
    with interrupted_when(vault, 40):
        table = notebook(f"%pfconn import {path} --shared --apply")
    created = set(table.name[table.action == "created"])
    assert created == kept(vault)
    assert 40 <= len(created) < 100
    assert set(table.name[table.action == "not done"]) == set(table.name) - created
    again = notebook(f"%pfconn import {path} --shared --apply")
    assert (again.action == "same").sum() == len(created)
    assert (again.action == "created").sum() == 120 - len(created)
    assert len(kept(vault)) == 120


@pytest.mark.parametrize("retry_after", [True, False], ids=["Retry-After", "without"])
def test_a_storm_of_429_is_waited_out_and_told(notebook, vault, source, capsys, retry_after):
    # Others write to the vault too: it takes a fifth of what the pace lets through.
    vault.throttle.limits["create"] = 50
    vault.throttle.retry_after = retry_after
    path = source(120)
    table = notebook(f"%pfconn import {path} --shared --apply")
    assert set(table.action) == {"created"}, table[table.action != "created"].why.tolist()[:3]
    assert len(kept(vault)) == 120
    assert "too many requests" in capsys.readouterr().err


def test_a_ctrl_c_in_the_storm_is_heard_at_once(notebook, vault, source):
    vault.throttle.limits["create"] = 30
    path = source(60)
    with interrupted_when(vault, 34):
        began = time.monotonic()
        table = notebook(f"%pfconn import {path} --shared --apply")
    # The SDK's own tries of one request end first: 1.6 and 3.2 s between them.
    assert time.monotonic() - began < 10
    assert set(table.name[table.action == "created"]) == kept(vault)
    assert set(table.action) == {"created", "not done"}
