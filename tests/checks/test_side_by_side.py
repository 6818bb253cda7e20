"""Many connections at once: order, failures one by one, and a person who has waited enough."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from pfconn_jupyter.checks import side_by_side
from pfconn_jupyter.checks.runner import check_all
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.errors import ConnectionNotFound, StoreUnavailable
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.connection import Connection

    Make = Callable[[str], Connection]

V1 = "/openai/v1/models"


def values(records: list[ConnectionRecord], fetch: Callable[[ConnectionRecord], Any]) -> Iterator[tuple[Any, Any]]:
    for record in records:
        yield record, fetch(record)


def checked(records: list[ConnectionRecord], fetch: Callable[[ConnectionRecord], Any], *more: Any) -> list[Outcome]:
    return check_all(values(records, fetch), lambda: records, *more)


def records(count: int) -> list[ConnectionRecord]:
    return [ConnectionRecord(f"c{number:03}", "azure_openai", "private", "local:") for number in range(count)]


def test_results_are_in_order_and_told_as_they_come(service: Service, azure: Make) -> None:
    service.on(V1, Reply(200, {"data": []}, delay=0.4), Reply(200, {"data": []}))
    told: list[Outcome] = []
    threads = set()

    def on_done(outcome: Outcome) -> None:
        told.append(outcome)
        threads.add(threading.current_thread())

    found = checked(records(8), lambda record: azure(service.url), on_done)
    assert [o.name for o in found] == [r.name for r in records(8)]
    assert {o.scope for o in found} == {"private"}
    assert sorted(told, key=lambda o: o.name) == found
    assert told != found, "the slow one is told last"
    assert threads == {threading.main_thread()}


def test_they_wait_together(service: Service, azure: Make) -> None:
    service.on(V1, Reply(200, {"data": []}, delay=0.25))
    started = time.monotonic()
    found = checked(records(32), lambda record: azure(service.url))
    # One after the other they would take 8 s.
    assert time.monotonic() - started < 4
    assert {o.status for o in found} == {"ok"}


def test_no_more_than_sixteen_at_a_time(service: Service, azure: Make) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def answer(handler: Any) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        Reply(200, {"data": []})(handler)

    service.on(V1, answer)
    assert {o.status for o in checked(records(60), lambda record: azure(service.url))} == {"ok"}
    assert 4 < most <= side_by_side.MOST == 16


def test_none() -> None:
    assert checked([], lambda record: pytest.fail("nothing to fetch")) == []


def test_one_that_cannot_be_read_does_not_hide_the_others(service: Service, azure: Make, secret: str) -> None:
    service.on(V1, Reply(200, {"data": []}))

    def fetch(record: ConnectionRecord) -> Connection:
        if record.name == "c000":
            return ConnectionNotFound("It is gone.", "Create it again.")
        return azure(service.url)

    found = checked(records(2), fetch)
    assert [o.status for o in found] == ["not_checked", "ok"]
    assert (found[0].detail, found[0].hint) == ("It is gone.", "Create it again.")


def test_a_listing_that_fails_is_raised(service: Service, azure: Make, secret: str) -> None:
    service.on(V1, Reply(200, {"data": []}))

    def broken(error: Exception) -> Iterator[tuple[Any, Any]]:
        yield records(1)[0], azure(service.url)
        raise error

    with pytest.raises(StoreUnavailable, match="Gone"):
        check_all(broken(StoreUnavailable("Gone.", "Repeat.")), lambda: records(1))
    with pytest.raises(RuntimeError) as raised:
        check_all(broken(ValueError(secret)), lambda: records(1))
    assert str(raised.value) == "ValueError"
    assert raised.value.__context__ is None


def test_values_are_tested_while_others_are_still_read(service: Service, azure: Make) -> None:
    service.on(V1, Reply(200, {"data": []}))
    first = threading.Event()

    def fetch(record: ConnectionRecord) -> Connection:
        assert record.name == "c000" or first.wait(10), "the first one was not tested before the second was read"
        return azure(service.url)

    assert [o.status for o in checked(records(2), fetch, lambda _: first.set())] == ["ok", "ok"]


def test_not_many_values_wait_for_their_test(service: Service, azure: Make) -> None:
    service.on(V1, Reply(200, {"data": []}, delay=1))
    read = []

    def fetch(record: ConnectionRecord) -> Connection:
        read.append(record)
        return azure(service.url)

    def on_done(outcome: Outcome) -> None:
        raise KeyboardInterrupt

    found = checked(records(100), fetch, on_done)
    assert len(read) < 60, "secrets pile up in memory"
    assert len(found) == 100


def test_a_ctrl_c_keeps_what_is_done(service: Service, azure: Make) -> None:
    service.on(V1, Reply(200, {"data": []}), Reply(200, {"data": []}, delay=30))

    def on_done(outcome: Outcome) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    found = checked(records(40), lambda record: azure(service.url), on_done)
    assert time.monotonic() - started < 5
    assert len(found) == 40
    assert [o.status for o in found].count("ok") == 1
    assert {o.detail for o in found if o.status == "not_checked"} == {"interrupted"}


def test_a_ctrl_c_ends_the_reading(service: Service, azure: Make) -> None:
    service.on(V1, Reply(200, {"data": []}))
    closed = threading.Event()

    def endless() -> Iterator[tuple[Any, Any]]:
        try:
            while True:
                yield records(1)[0], azure(service.url)
        finally:
            closed.set()

    def on_done(outcome: Outcome) -> None:
        raise KeyboardInterrupt

    check_all(endless(), lambda: records(1), on_done)
    assert closed.wait(5)


@pytest.mark.timeout(20)
def test_a_test_that_raises_holds_nobody_up(secret: str) -> None:
    def broken(value: Any) -> Outcome:
        raise ZeroDivisionError(secret)

    def run(left_out: Callable[[ConnectionRecord], Any]) -> list[Any]:
        listed = records(40)
        return side_by_side.run(values(listed, lambda record: None), lambda: listed, broken, None, left_out)

    assert run(lambda record: record.name) == [r.name for r in records(40)]
    with pytest.raises(KeyError):
        # Not in a thread, where nobody would hear of it.
        run(lambda record: {}[record.name])


def test_what_on_done_raises_is_the_callers(service: Service, azure: Make) -> None:
    service.on(V1, Reply(200, {"data": []}))

    def on_done(outcome: Outcome) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        checked(records(2), lambda record: azure(service.url), on_done)


PROGRAM = """
import sys
from pfconn_jupyter.checks import side_by_side
from pfconn_jupyter.checks.runner import check_all
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.registry import connection_type
connection = build(connection_type("azure_openai"), {"api_base": sys.argv[1], "api_key": "k-123456789"})
records = [ConnectionRecord(f"c{n}", "azure_openai", "private", "local:") for n in range(20)]
values = ((record, connection) for record in records)
found = check_all(values, lambda: records, lambda outcome: print("one", flush=True))
print(sorted({(o.status, o.detail) for o in found}))
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to one child on Windows")
def test_a_real_ctrl_c(service: Service) -> None:
    service.on(V1, Reply(200, {"data": []}), Reply(200, {"data": []}, delay=30))
    command = [sys.executable, "-c", PROGRAM, service.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "one\n"
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "('not_checked', 'interrupted')" in output
    assert "('ok', " in output
