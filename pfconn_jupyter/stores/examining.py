"""What ``%pfconn doctor`` asks of a store: who you are to it, and what it lets you do."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.record import now
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import PfconnError, StoreUnavailable
from pfconn_jupyter.finding import Axis, Finding
from pfconn_jupyter.stores.custody import custody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pfconn_jupyter.connections.record import Records
    from pfconn_jupyter.finding import Health
    from pfconn_jupyter.stores.store import Store

THROW_AWAY = "pfconn-doctor-"
"""How the name of the connection begins that `try_writing` writes."""


def axes(store: Store, found: Records, *, try_write: bool) -> Iterator[Axis]:
    """Yield what is looked at; the parameters are those of `look` and of `Connections.doctor`."""
    yield Axis("store", lambda: look(store, found))
    yield Axis("sealing key", look_at_key)
    if try_write:
        yield Axis("write", lambda: try_writing(store), 40.0)


def look(store: Store, found: Records) -> Iterator[Finding]:
    """Yield who you are to the store and what list and get allow; reads no value where the store can tell without.

    Parameters
    ----------
    found
        Is filled with what is listed, for other checks.
    """
    yield Finding("store", "ok", f"{store.title} ({store.address})")

    def list_() -> str:
        found.extend(store.list())
        return f"{len(found)} connection{'' if len(found) == 1 else 's'} listed"

    questions: tuple[tuple[str, Callable[[], str]], ...] = (
        ("identity", lambda: str(store.who())),
        ("list", list_),
        ("get", store.try_reading),
    )
    for check, ask in questions:
        try:
            yield Finding(check, "ok", ask())
        except PfconnError as error:
            yield Finding(check, "fail", error.problem, error.hint)
            if isinstance(error, StoreUnavailable):
                # What is out of reach is so for the next question too, and each may wait long.
                return
    if broken := [r for r in found if r.problem]:
        names = ", ".join(r.name for r in broken[:5]) + (", …" if len(broken) > 5 else "")
        yield Finding("list", "warn", f"{len(broken)} with a problem: {names}", "See %pfconn list, column problem.")


def look_at_key() -> Iterator[Finding]:
    """Yield where the sealing key is, and whether it can be used."""
    key = custody()
    where = f"{key.location} (id {key.key_id})" if key.key_id else key.location
    said = " ".join(filter(None, (f"{where}.", key.protects, key.not_protects)))
    yield Finding("sealing key", "fail" if key.problem else "ok", said, key.problem)


def try_writing(store: Store) -> Iterator[Finding]:
    """Write, delete and purge a throw-away connection; say what of it is left."""
    name, scope = f"{THROW_AWAY}{secrets.token_hex(4)}", next(iter(store.scopes))
    made = build(connection_type("custom"), {"secrets": {"nothing": "written by pfconn doctor"}}, lambda _: None)
    steps: tuple[tuple[str, Callable[[], object], str, str], ...] = (
        (
            "set",
            lambda: store.put(name, made, scope=scope, expires=now() + timedelta(hours=1)),
            f"wrote {name}, {scope}",
            "",
        ),
        ("delete", lambda: store.delete(name, scope), f"deleted {name}", f"{name} is left: %pfconn delete {name}."),
        (
            "purge",
            lambda: store.purge(name, scope),
            f"purged {name}: nothing is left of it",
            f"{name} is left among the deleted (%pfconn list --deleted), until the vault's retention ends.",
        ),
    )
    for check, do, done, left in steps:
        try:
            do()
        except PfconnError as error:
            # Most people of a team may not purge, and need not.
            status: Health = "warn" if check == "purge" else "fail"
            yield Finding(check, status, f"{error.problem} {left}".strip(), error.hint)
            return
        yield Finding(check, "ok", done)
