"""Many values: read while the vault is still being listed, several at a time."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, TypeAlias

from pfconn_jupyter.errors import PfconnError
from pfconn_jupyter.stores.keyvault.access import THREADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Scope

    Values: TypeAlias = Iterator[tuple[ConnectionRecord, Connection | PfconnError]]
    Read: TypeAlias = Callable[[str, Scope], Connection]


def values(read: Read, batches: Iterable[Iterable[ConnectionRecord]]) -> Values:
    """Yield each record with its connection, or with the error, as they come.

    Parameters
    ----------
    batches
        Pages of records; the next one is fetched while the values of the last are read.
    """
    pool = ThreadPoolExecutor(THREADS + 1, thread_name_prefix="pfconn-keyvault")
    pages = iter(batches)
    running: dict[Future[Connection | PfconnError], ConnectionRecord] = {}
    fetching: Future[list[ConnectionRecord] | None] | None = pool.submit(_next, pages)
    try:
        while fetching or running:
            awaited: list[Future[Any]] = [*running]
            wait([*awaited, fetching] if fetching else awaited, return_when=FIRST_COMPLETED)
            if fetching and fetching.done():
                page = fetching.result()
                fetching = None if page is None else pool.submit(_next, pages)
                running |= {pool.submit(_read, read, record): record for record in page or []}
            for future in [f for f in running if f.done()]:
                yield running.pop(future), future.result()
    finally:
        # Also after Ctrl-C, and when the caller stops early: what has not begun does not begin.
        pool.shutdown(wait=False, cancel_futures=True)


def _next(pages: Iterator[Iterable[ConnectionRecord]]) -> list[ConnectionRecord] | None:
    page = next(pages, None)
    return None if page is None else list(page)


def _read(read: Read, record: ConnectionRecord) -> Connection | PfconnError:
    try:
        return read(record.name, record.scope)
    except PfconnError as error:
        # Its frames would keep what was read alive.
        return error.with_traceback(None)
