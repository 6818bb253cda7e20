"""Copies connections with their values from one store to another, through memory only."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from pfconn_jupyter.errors import ConnectionExists, PfconnError, StoreError, StoreThrottled, UsageProblem
from pfconn_jupyter.stores.store import NEW
from pfconn_jupyter.stores.waiting import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import Scope
    from pfconn_jupyter.stores.selection import Selection
    from pfconn_jupyter.stores.store import Store

WRITERS = 8
"""Writes side by side; a vault takes 300 new values in 10 s (facts of the service)."""

Key = TypeVar("Key")
WAITS = (5.0, 10.0, 20.0, 40.0)
"""Seconds between the tries of one connection, where the store takes no more of anybody."""
LONGEST_WAIT = 60.0
"""Seconds; a store that asks for more is not waited for."""
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


@dataclass(frozen=True)
class Job:
    """One connection to be written: ``found`` as ``new_name`` in ``scope``; the rest as in `Copied`."""

    name: str
    new_name: str
    type: str
    scope: Scope
    found: Connection | PfconnError
    expires: datetime | None = None


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
    UsageProblem
        Several were chosen, and only one can have ``new_name``.
    StoreError
        The listing failed; it says how many were copied before, which stay.
    """
    if new_name and (count := len(chosen.listed())) > 1:
        raise UsageProblem(f"{count} connections fit, and only one can be called {new_name}.", "Name one.")
    with closing(chosen.values()) as values:
        jobs = (
            ((r.name, r.scope), Job(r.name, new_name or r.name, r.type, scope, found, r.expires)) for r, found in values
        )
        done = write_all(jobs, target, on_done)
    return [done.get((r.name, r.scope)) or not_done(r.name, new_name or r.name, r.type, scope) for r in chosen.listed()]


def write_all(
    jobs: Iterable[tuple[Key, Job]], target: Store, on_done: Callable[[Copied], None] | None = None
) -> dict[Key, Copied]:
    """Write connections side by side, each as a new one; after a Ctrl-C some keys are missing.

    Parameters
    ----------
    jobs
        Each with any key; they are taken as the writing goes on.
    on_done
        Is called in this thread with each as it comes.

    Raises
    ------
    StoreError
        ``jobs`` broke off; it says how many were written before, which stay.
    """
    done: dict[Key, Copied] = {}
    running: dict[Future[Copied], Key] = {}
    waiting = _Waiting()

    def note(key: Key, copied: Copied) -> None:
        done[key] = copied
        if on_done:
            on_done(copied)

    def collect(*, everything: bool) -> None:
        wait(running, return_when="ALL_COMPLETED" if everything else FIRST_COMPLETED)
        for future in [f for f in running if f.done()]:
            note(running.pop(future), future.result())

    with ThreadPoolExecutor(WRITERS, thread_name_prefix="pfconn-copy") as pool:
        try:
            for key, job in jobs:
                if isinstance(job.found, PfconnError):
                    note(key, _about(job, "failed", job.found))
                    continue
                running[pool.submit(_write, job, job.found, target, waiting)] = key
                if len(running) >= 2 * WRITERS:
                    collect(everything=False)
            collect(everything=True)
        except KeyboardInterrupt:
            waiting.stop.set()
            collect(everything=True)
        except StoreError as error:
            collect(everything=True)
            raise _with_account(error, done.values()) from None
    return {key: copied for key, copied in done.items() if copied.status != "not done"}


def _with_account(error: StoreError, done: Iterable[Copied]) -> StoreError:
    """Return the error of a listing that broke off, with what was done before it did."""
    if copied := sum(each.status == "copied" for each in done):
        told = f"{error.problem} {copied} copied before that stay."
        return type(error)(told, f"{error.hint} Then run the command again: it leaves alone what is there.")
    return error.with_traceback(None)


def not_done(name: str, new_name: str, type: str, scope: str) -> Copied:
    """Return what became of one that a Ctrl-C kept from being written."""
    return Copied(name, new_name, type, scope, "not done", "interrupted", "Run the command again: what is there stays.")


def equal(one: Connection, other: Connection) -> bool:
    """Tell whether two connections hold the same."""
    return all(getattr(one, part) == getattr(other, part) for part in ("stored_type", "configs", "secrets"))


class _Waiting:
    """What the writers of one run share while a store takes no more: told once, ended by Ctrl-C."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._told = False

    def out(self, refused: StoreThrottled, seconds: float, title: str) -> None:
        """Wait until the store may take more, or somebody interrupts."""
        if not self._told:
            self._told = True
            tell(f"{title} gets too many requests: going on in {seconds:.0f} s, when it takes them.")
        self.stop.wait(max(seconds, refused.wait or 0))


def _write(job: Job, connection: Connection, target: Store, waiting: _Waiting) -> Copied:
    for seconds in (*WAITS, None):
        if waiting.stop.is_set():
            break
        try:
            return _written(job, connection, target)
        except StoreThrottled as error:
            if seconds is None or (error.wait or 0) > LONGEST_WAIT:
                return _about(job, "failed", error)
            waiting.out(error, seconds, target.title)
    return not_done(job.name, job.new_name, job.type, job.scope)


def _written(job: Job, connection: Connection, target: Store) -> Copied:
    try:
        target.put(job.new_name, connection, scope=job.scope, expires=job.expires, expect=NEW)
    except ConnectionExists as error:
        if _is_same(connection, target, job.new_name, job.scope):
            return Copied(job.name, job.new_name, job.type, job.scope, "same", "was there already, equal")
        return _about(job, "exists", error)
    except StoreThrottled:
        raise
    except PfconnError as error:
        return _about(job, "failed", error)
    return Copied(job.name, job.new_name, job.type, job.scope, "copied")


def _is_same(connection: Connection, target: Store, name: str, scope: Scope) -> bool:
    try:
        return equal(target.get(name, scope), connection)
    except PfconnError:
        return False


def _about(job: Job, status: CopyStatus, error: PfconnError) -> Copied:
    return Copied(job.name, job.new_name, job.type, job.scope, status, error.problem, error.hint)
