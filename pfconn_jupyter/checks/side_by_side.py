"""Work in daemon threads that the caller can stop waiting for, by time or by Ctrl-C."""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.record import ConnectionRecord

    Record = ConnectionRecord

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
    records: Sequence[Record],
    test: Callable[[Record], Outcome],
    on_done: Callable[[Outcome], None] | None,
    left_out: Callable[[Record], Outcome],
) -> list[Outcome]:
    """Return the outcome of each record, in order; `left_out` of those that a Ctrl-C kept from it.

    ``test`` runs in up to `MOST` threads and must not raise; ``on_done`` runs here.
    """
    todo: SimpleQueue[int] = SimpleQueue()
    done: SimpleQueue[tuple[int, Outcome]] = SimpleQueue()
    for place in range(len(records)):
        todo.put(place)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            try:
                place = todo.get_nowait()
            except Empty:
                return
            told = _told(lambda: test(records[place]))  # noqa: B023  called at once
            done.put((place, left_out(records[place]) if isinstance(told, str) else told[0]))

    outcomes: dict[int, Outcome] = {}
    try:
        for _ in range(min(MOST, len(records))):
            _start(work)
        while len(outcomes) < len(records):
            if arrived := _wait(done, _SLICE):
                place, outcome = arrived
                outcomes[place] = outcome
                if on_done:
                    on_done(outcome)
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
    return [outcomes.get(place) or left_out(record) for place, record in enumerate(records)]


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
