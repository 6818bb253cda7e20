"""Tries are few, their waits are the service's, and all of it ends in the time that was said."""

from __future__ import annotations

import _thread
import email.utils
import threading
import time

import pytest

from pfconn_jupyter.errors import ConnectionChanged, PfconnWarning, ToolFailed
from pfconn_jupyter.tools import retrying
from pfconn_jupyter.tools.retrying import Trouble, repeat, retry_after


def failing(times, then="done"):
    """Return a call that fails so often, and the seconds that each try had left."""
    left = []

    def once(seconds):
        left.append(seconds)
        if len(left) <= times:
            raise RuntimeError
        return then

    return once, left


def trouble(again=True, after=None):
    return lambda error: Trouble(ToolFailed("busy", "later"), again, after)


def test_it_is_tried_until_it_works(quick):
    once, left = failing(2)
    assert repeat(once, trouble(), 5) == "done"
    assert len(left) == 3
    assert left == sorted(left, reverse=True)


def test_what_will_not_pass_is_not_tried_again():
    once, left = failing(1)
    with pytest.raises(ToolFailed, match="busy\n"):
        repeat(once, trouble(again=False), 5)
    assert len(left) == 1


@pytest.mark.filterwarnings("ignore::pfconn_jupyter.errors.PfconnWarning")
def test_waits_double_with_chance(monkeypatch):
    waits = []
    here = threading.current_thread()
    # The module's sleep is every thread's: one that another test left behind must not count.
    monkeypatch.setattr(
        retrying.time, "sleep", lambda s: waits.append(s) if threading.current_thread() is here else None
    )
    with pytest.raises(ToolFailed):
        repeat(failing(9)[0], trouble(), 60)
    assert [0.5 <= waits[0] <= 0.75, 1 <= waits[1] <= 1.5, 2 <= waits[2] <= 3] == [True] * 3


@pytest.mark.filterwarnings("ignore::pfconn_jupyter.errors.PfconnWarning")
def test_the_whole_call_ends_in_its_time():
    started = time.monotonic()
    with pytest.raises(ToolFailed):
        repeat(failing(9)[0], trouble(), 1.0)
    # Far from the 60 s of nine tries.
    assert time.monotonic() - started < 5


def test_a_long_wait_is_told(monkeypatch):
    monkeypatch.setattr(retrying.time, "sleep", lambda _: None)
    with pytest.warns(PfconnWarning, match=r"Trying again in 7 s \(try 2 of 4\)"):
        assert repeat(failing(1)[0], trouble(after=7.0), 60) == "done"


def test_an_answer_that_never_ends_ends(monkeypatch):
    started = time.monotonic()
    with pytest.raises(ToolFailed, match="in time"):
        repeat(lambda _: time.sleep(30), trouble(), 0.3)
    assert time.monotonic() - started < 2


def test_our_own_errors_pass_and_are_not_tried_again():
    def once(_):
        raise ConnectionChanged("moved", "make a new client")

    with pytest.raises(ConnectionChanged):
        repeat(once, trouble(), 5)


def test_ctrl_c_is_a_new_one_without_the_frames_below():
    def once(_):
        header = "api-key: plain"  # noqa: F841
        _thread.interrupt_main()
        time.sleep(3)

    with pytest.raises(KeyboardInterrupt) as pressed:
        repeat(once, trouble(), 5)
    names = [entry.name for entry in pressed.traceback]
    assert "once" not in names
    assert pressed.value.__context__ is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    ],
)
def test_retry_after(headers, seconds):
    assert retry_after(headers) == seconds


def test_retry_after_as_a_date():
    in_a_minute = email.utils.formatdate(time.time() + 60, usegmt=True)
    assert retry_after({"Retry-After": in_a_minute}) == pytest.approx(60, abs=2)
