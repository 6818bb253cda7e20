"""Work in daemon threads that the caller can stop waiting for, by time or by Ctrl-C."""

from __future__ import annotations

import threading
import time
from queue import Empty, Full, Queue, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from pfconn_jupyter.errors import PfconnError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord

    Record: TypeAlias = ConnectionRecord
    Value: TypeAlias = tuple[ConnectionRecord, Connection | PfconnError]
    Values: TypeAlias = Generator[Value, None, None]

T = TypeVar("T")
MOST = 16
"""Connections tested at a time."""
# A longer wait in one piece could not be interrupted on Windows.
_SLICE = 0.2


def within(seconds: float, work: Callable[[], T]) -> T | None:
    """Return the result of ``work``, or None if it takes longer; it then runs on, unheard.

    Raises
    ------
    RuntimeError
        ``work`` raised; what it raised is not passed on, since its frames hold secrets.
    """
    results: SimpleQueue[tuple[T] | str] = SimpleQueue()
    _start(lambda: results.put(_told(work)))
    found = _wait(results, seconds)
    if isinstance(found, str):
        raise RuntimeError(found)  # noqa: TRY004  it is the name of an exception
    return found[0] if found else None


def _told(work: Callable[[], T]) -> tuple[T] | str:
    try:
        return (work(),)
    except BaseException as error:  # noqa: BLE001  a thread has nobody to raise to
        return type(error).__name__


def run(
    values: Values,
    listed: Callable[[], Sequence[Record]],
    test: Callable[[Value], Outcome],
    on_done: Callable[[Outcome], None] | None,
    left_out: Callable[[Record], Outcome],
) -> list[Outcome]:
    """Return the outcome of each record that is ``listed`` in the end; `left_out` of those that a Ctrl-C kept from it.

    ``values`` is iterated in a thread of its own, and not far ahead of the tests: secrets must not pile up.
    ``test`` runs in up to `MOST` threads, where what it raises is lost: that one is left out. All else runs here.

    Raises
    ------
    PfconnError
        Of ``values``: the listing failed.
    """
    todo: Queue[Value] = Queue(MOST)
    done: SimpleQueue[tuple[Record, tuple[Outcome] | str] | int | Exception] = SimpleQueue()
    over = threading.Event()
    outcomes: dict[tuple[str, str], Outcome] = {}

    def work() -> None:
        while (each := _take(todo, over)) is not None:
            # Nothing else runs here: a worker that died would be waited for without an end.
            done.put((each[0], _told(lambda: test(each))))

    _start(lambda: done.put(_hand_out(values, todo, over, work)))
    tested, expected = 0, -1
    try:
        while tested != expected:
            arrived = _wait(done, _SLICE)
            if isinstance(arrived, Exception):
                raise arrived
            if isinstance(arrived, int):
                expected = arrived
            elif arrived:
                record, told = arrived
                outcome = left_out(record) if isinstance(told, str) else told[0]
                outcomes[record.name, record.scope] = outcome
                tested += 1
                if on_done:
                    on_done(outcome)
    except KeyboardInterrupt:
        pass
    finally:
        over.set()
    return [outcomes.get((r.name, r.scope)) or left_out(r) for r in listed()]


def _hand_out(values: Values, todo: Queue[Value], over: threading.Event, work: Callable[[], None]) -> int | Exception:
    """Put all values into ``todo``, and start a worker for each of the first; return how many, or what went wrong."""
    count = 0
    try:
        for each in values:
            while not _put(todo, each):
                if over.is_set():
                    # Closed here: nothing more is read.
                    values.close()
                    return count
            count += 1
            if count <= MOST:
                _start(work)
    except PfconnError as error:
        return error.with_traceback(None)
    except BaseException as error:  # noqa: BLE001  a thread has nobody to raise to, and frames hold secrets
        return RuntimeError(type(error).__name__)
    return count


def _put(todo: Queue[Value], each: Value) -> bool:
    try:
        todo.put(each, timeout=_SLICE)
    except Full:
        return False
    return True


def _take(todo: Queue[Value], over: threading.Event) -> Value | None:
    while not over.is_set():
        try:
            return todo.get(timeout=_SLICE)
        except Empty:
            continue
    return None


def _start(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="pfconn-check", daemon=True).start()


def _wait(results: SimpleQueue[T], seconds: float) -> T | None:
    """Return the next result, or None after ``seconds``."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            return results.get(timeout=min(left, _SLICE))
        except Empty:
            continue
    return None
