"""Axes are looked at side by side; none can raise, hang or hide the others."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from pfconn_jupyter.checks.doctor.examination import examine
from pfconn_jupyter.errors import StoreUnavailable
from pfconn_jupyter.finding import Axis, Finding

SECRET = "Zd4-in-an-exception-9931"
FINE = Finding("a", "ok", "fine")


def slow() -> Iterator[Finding]:
    yield FINE
    time.sleep(20)
    yield Finding("b", "ok", "too late")


def broken() -> Iterator[Finding]:
    yield FINE
    raise ValueError(SECRET)


def refused() -> Iterator[Finding]:
    raise StoreUnavailable("It is gone.", "Bring it back.")
    yield FINE


def leaves() -> Iterator[Finding]:
    raise SystemExit(SECRET)
    yield FINE


def test_each_says_what_it_found_in_their_order() -> None:
    looks = {"slow": slow, "broken": broken, "refused": refused, "leaves": leaves, "good": lambda: [FINE]}
    started = time.monotonic()
    found = examine([Axis(name, look, 0.4) for name, look in looks.items()])
    assert time.monotonic() - started < 1.5
    assert [(f.check, f.status, f.detail) for f in found] == [
        ("a", "ok", "fine"),
        ("slow", "fail", "no answer in 0 s"),
        ("a", "ok", "fine"),
        ("broken", "fail", "could not be looked at (ValueError)"),
        ("refused", "fail", "It is gone."),
        ("leaves", "fail", "could not be looked at (SystemExit)"),
        ("a", "ok", "fine"),
    ]
    assert all(f.hint for f in found if f.status != "ok")
    assert SECRET not in repr(found)


def test_they_wait_together() -> None:
    started = time.monotonic()
    examine([Axis(str(n), lambda: time.sleep(0.3) or [FINE]) for n in range(10)])  # type: ignore[func-returns-value]
    assert time.monotonic() - started < 1.5


@pytest.mark.skipif(os.name == "nt", reason="no signal to a thread on Windows")
def test_a_ctrl_c_keeps_what_is_done() -> None:
    main = threading.main_thread().ident
    assert main is not None

    def interrupt() -> Iterator[Finding]:
        yield FINE
        time.sleep(0.3)
        signal.pthread_kill(main, signal.SIGINT)
        time.sleep(20)

    started = time.monotonic()
    found = examine([Axis("quick", lambda: [FINE]), Axis("slow", interrupt), Axis("later", slow)])
    assert time.monotonic() - started < 3
    assert [(f.check, f.detail) for f in found] == [
        ("a", "fine"),
        ("a", "fine"),
        ("slow", "interrupted"),
        ("a", "fine"),
        ("later", "interrupted"),
    ]
