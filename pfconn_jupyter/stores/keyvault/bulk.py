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
    reading = _Reading(read)
    reading.begin(records)
    yielded, expected = 0, -1
    try:
        while yielded != expected:
            each = reading.next()
            if isinstance(each, Exception):
                raise each
            if isinstance(each, int):
                expected = each
            else:
                yielded += 1
                yield each
    finally:
        # Also after Ctrl-C, and when the caller stops early: what has not begun does not begin.
        reading.end()


class _Reading:
    """Reads in threads; at most `AHEAD` values wait to be taken."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._pool = ThreadPoolExecutor(THREADS + 1, thread_name_prefix="pfconn-keyvault")
        self._came: SimpleQueue[Value | int | Exception] = SimpleQueue()
        self._room, self._over = threading.Semaphore(AHEAD), threading.Event()

    def begin(self, records: Iterable[ConnectionRecord]) -> None:
        self._pool.submit(self._all, records)

    def next(self) -> Value | int | Exception:
        """Return a value, or at some time how many there are, or why the listing broke off."""
        while True:
            try:
                each = self._came.get(timeout=_SLICE)
            except Empty:
                continue
            if isinstance(each, tuple):
                self._room.release()
            return each

    def end(self) -> None:
        self._over.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _all(self, records: Iterable[ConnectionRecord]) -> None:
        count = 0
        try:
            for record in records:
                while not (self._room.acquire(timeout=_SLICE) or self._over.is_set()):
                    pass
                if self._over.is_set():
                    return
                self._pool.submit(self._one, record)
                count += 1
        except Exception as error:  # noqa: BLE001  raised by `values`, in the caller's thread
            self._came.put(error)
        else:
            self._came.put(count)

    def _one(self, record: ConnectionRecord) -> None:
        self._came.put((record, self._read(record)))
