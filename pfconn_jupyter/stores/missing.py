"""Why a name leads to no connection of a store, or to two, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import did_you_mean, fold
from pfconn_jupyter.errors import AmbiguousName, ConnectionNotFound, PfconnError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from pfconn_jupyter.connections.record import Records
    from pfconn_jupyter.stores.store import Store


_SAYING = (("--", ""), ("scope='", "'"))


def ambiguous(store: Store, name: str) -> AmbiguousName:
    """Return the error for a name that is there twice."""
    words = list(store.scopes)
    options, said = (" or ".join(f"{before}{word}{after}" for word in reversed(words)) for before, after in _SAYING)
    return AmbiguousName(
        f"{name} is both {' and '.join(words)} in {store.title}.", f"Say which: {options}, in Python {said}."
    )


def missing(store: Store, waiting: Collection[str], name: str) -> ConnectionNotFound:
    """Return the error for a name that is not there, with the likeliest reason.

    Parameters
    ----------
    waiting
        Names in forms that wait for Save; ``""`` is in it for a form without a name yet.
    """
    if name in waiting or "" in waiting:
        return ConnectionNotFound(f"There is no connection {name!r} yet: its form is still open.", "Press Save in it.")
    records = _known(store.list)
    if elsewhere := [r.scope for r in records if fold(r.name) == fold(name)]:
        there = elsewhere[0]
        return ConnectionNotFound(
            f"{name} is there, but {' and '.join(elsewhere)}.", f"Say --{there}, in Python scope='{there}'."
        )
    if any(fold(r.name) == fold(name) for r in _known(store.deleted)):
        return ConnectionNotFound(
            f"{name} was deleted from {store.title}.", f"Bring it back with %pfconn restore {name}."
        )
    if theirs := [r.owner for r in _known(store.others) if fold(r.name) == fold(name)]:
        return ConnectionNotFound(
            f"{name} is a private connection of {' and of '.join(theirs)}: it opens for its creator only.",
            "Ask them to share it, or create your own.",
        )
    if records:
        nearest = did_you_mean(name, [r.name for r in records])
        return ConnectionNotFound(f"There is no connection {name!r} in {store.title}.{nearest}", "See %pfconn list.")
    return ConnectionNotFound(
        f"There is no connection {name!r}: {store.title} ({store.address}) is empty.",
        "Create one with %pfconn create, or say where it is: %pfconn store ADDRESS, or PFCONN_STORE.",
    )


def _known(ask: Callable[[], Records]) -> Records:
    """Return what may help a message; an error of its own must not hide the first."""
    try:
        return ask()
    except PfconnError:
        return []
