"""Many values: read while the vault is still being listed, several at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

from pfconn_jupyter.stores.keyvault.access import THREADS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.errors import PfconnError

    Value: TypeAlias = tuple[ConnectionRecord, Connection | PfconnError]
    Values: TypeAlias = Generator[Value, None, None]
    Read: TypeAlias = Callable[[ConnectionRecord], Connection | PfconnError]

AHEAD = 4 * THREADS
"""Values that are read before anybody asks for them: secrets must not pile up behind a slow reader."""
# A longer wait in one piece could not be interrupted on Windows.
_SLICE = 0.2


def values(read: Read, records: Iterable[ConnectionRecord]) -> Values:
    """Yield each record with its connection, or with the error, as they come.

    Parameters
    ----------
    read
        Must not raise.
    records
        Is iterated in a thread of its own; the listing may go on in it.
    """
    pool = ThreadPoolExecutor(THREADS + 1, thread_name_prefix="pfconn-keyvault")
    came: SimpleQueue[Value | int | Exception] = SimpleQueue()
    room, over = threading.Semaphore(AHEAD), threading.Event()

    def all_of_them() -> None:
        count = 0
        try:
            for record in records:
                while not room.acquire(timeout=_SLICE):
                    if over.is_set():
                        return
                if over.is_set():
                    return
                pool.submit(lambda r=record: came.put((r, read(r))))  # type: ignore[misc]
                count += 1
        except Exception as error:  # noqa: BLE001  raised below, in the caller's thread
            came.put(error)
        else:
            came.put(count)

    pool.submit(all_of_them)
    yielded, expected = 0, -1
    try:
        while yielded != expected:
            each = _next(came)
            if isinstance(each, Exception):
                raise each
            if isinstance(each, int):
                expected = each
                continue
            room.release()
            yielded += 1
            yield each
    finally:
        # Also after Ctrl-C, and when the caller stops early: what has not begun does not begin.
        over.set()
        pool.shutdown(wait=False, cancel_futures=True)


def _next(came: SimpleQueue[Value | int | Exception]) -> Value | int | Exception:
    while True:
        try:
            return came.get(timeout=_SLICE)
        except Empty:
            continue
