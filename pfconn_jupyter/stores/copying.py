"""Copies connections with their values from one store to another, through memory only."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pfconn_jupyter.errors import ConnectionExists, PfconnError, StoreError
from pfconn_jupyter.stores.store import NEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Scope
    from pfconn_jupyter.stores.selection import Selection
    from pfconn_jupyter.stores.store import Store

WRITERS = 8
"""Writes side by side; a vault takes 300 new values in 10 s (facts of the service)."""

CopyStatus = Literal["copied", "same", "exists", "failed", "not done"]


@dataclass(frozen=True)
class Copied:
    """What became of one connection.

    Attributes
    ----------
    name, new_name, type, scope
        What it is called here and there, and its scope there.
    status
        ``same``: it was there already, equal. ``exists``: another one has the name.
        ``not done``: the copy was interrupted before it.
    detail, hint
        Why, and what to do.
    """

    name: str
    new_name: str
    type: str
    scope: str
    status: CopyStatus
    detail: str = ""
    hint: str = ""


def copy(
    chosen: Selection,
    target: Store,
    scope: Scope,
    *,
    new_name: str = "",
    on_done: Callable[[Copied], None] | None = None,
) -> list[Copied]:
    """Copy what was chosen to ``target``; overwrites nothing, and goes on after a failure.

    Values are read while the source is listed and the last ones are written. After a Ctrl-C what
    has begun is ended, and the rest of what was listed is reported as not done.

    Raises
    ------
    StoreError
        The listing failed; it says how many were copied before, which stay.
    """
    done: dict[tuple[str, str], Copied] = {}
    running: dict[Future[Copied], ConnectionRecord] = {}

    def note(record: ConnectionRecord, copied: Copied) -> None:
        done[record.name, record.scope] = copied
        if on_done:
            on_done(copied)

    def collect(*, everything: bool) -> None:
        wait(running, return_when="ALL_COMPLETED" if everything else FIRST_COMPLETED)
        for future in [f for f in running if f.done()]:
            note(running.pop(future), future.result())

    with ThreadPoolExecutor(WRITERS, thread_name_prefix="pfconn-copy") as pool, closing(chosen.values()) as values:
        try:
            for record, found in values:
                name = new_name or record.name
                if isinstance(found, PfconnError):
                    note(record, _about(record, name, scope, "failed", found))
                    continue
                running[pool.submit(_write, record, found, target, name, scope)] = record
                if len(running) >= 2 * WRITERS:
                    collect(everything=False)
            collect(everything=True)
        except KeyboardInterrupt:
            collect(everything=True)
        except StoreError as error:
            collect(everything=True)
            raise _with_account(error, done.values()) from None
    missing = Copied("", "", "", scope, "not done", "interrupted", "Run the command again: what is there stays.")
    return [done.get((r.name, r.scope)) or _named(missing, r, new_name or r.name) for r in chosen.listed()]


def _with_account(error: StoreError, done: Iterable[Copied]) -> StoreError:
    """Return the error of a listing that broke off, with what was done before it did."""
    if copied := sum(each.status == "copied" for each in done):
        told = f"{error.problem} {copied} copied before that stay."
        return type(error)(told, f"{error.hint} Then run the command again: it leaves alone what is there.")
    return error.with_traceback(None)


def _write(record: ConnectionRecord, connection: Connection, target: Store, name: str, scope: Scope) -> Copied:
    try:
        target.put(name, connection, scope=scope, expires=record.expires, expect=NEW)
    except ConnectionExists as error:
        if _is_same(connection, target, name, scope):
            return Copied(record.name, name, record.type, scope, "same", "was there already, equal")
        return _about(record, name, scope, "exists", error)
    except PfconnError as error:
        return _about(record, name, scope, "failed", error)
    return Copied(record.name, name, record.type, scope, "copied")


def _is_same(connection: Connection, target: Store, name: str, scope: Scope) -> bool:
    try:
        there = target.get(name, scope)
    except PfconnError:
        return False
    return all(getattr(there, part) == getattr(connection, part) for part in ("stored_type", "configs", "secrets"))


def _about(record: ConnectionRecord, name: str, scope: str, status: CopyStatus, error: PfconnError) -> Copied:
    return Copied(record.name, name, record.type, scope, status, error.problem, error.hint)


def _named(copied: Copied, record: ConnectionRecord, name: str) -> Copied:
    return Copied(record.name, name, record.type, copied.scope, copied.status, copied.detail, copied.hint)
