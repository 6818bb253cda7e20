"""The connection that a tool was given: an object or a name, of a type that it takes."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import PfconnError, WrongConnectionType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pfconn_jupyter.api import Connections


def connection_for(label: str, given: Connection | str, *, store: Connections | None = None) -> Connection:
    """Return the connection that the tool ``label`` was given.

    Parameters
    ----------
    label
        The tool's name in a type's ``TOOLS``, as ``LLM``.
    given
        The connection or its name.
    store
        Where a name is looked up; the store in use by default.

    Raises
    ------
    WrongConnectionType
        Says which types the tool takes and which connections of the list fit.
    ConnectionNotFound, StoreError
        As `Connections.get`.
    """
    return fitting(given, label, lambda cls: label in cls.TOOLS, store, f"%pfconn list --tool {quote(label)}")


def fitting(
    given: object,
    who: str,
    takes: Callable[[type[Connection]], bool],
    store: Connections | None = None,
    listing: str = "%pfconn list",
) -> Connection:
    """Return ``given``, or the connection of that name, if ``who`` takes its type; ``listing`` shows all that fit."""
    # The list of other connections is the store's that the name is looked up in.
    connections = store or _store_in_use()
    found = connections.get(given) if isinstance(given, str) else given
    if isinstance(found, Connection) and takes(type(found)):
        return found
    types = ", ".join(cls.TYPE for cls in _types() if takes(cls)) or "no type that is known here"
    if not isinstance(found, Connection):
        what = f"not a {type(found).__name__}"
        raise WrongConnectionType(
            f"{who} takes a connection or its name, {what}.", f"Types: {types}. See %pfconn list."
        )
    what = found.name or "this connection"
    fits = _names(connections, takes, listing)
    hint = f"These fit: {', '.join(fits)}." if fits else f"None of the list fits: %pfconn create {types.split(',')[0]}"
    raise WrongConnectionType(f"{who} takes {types}; {what} is {found.TYPE}.", hint)


def _store_in_use() -> Connections:
    from pfconn_jupyter import api

    return api.connections()


def _types() -> Sequence[type[Connection]]:
    from pfconn_jupyter.connections.registry import all_types

    return all_types()


def _names(connections: Connections, takes: Callable[[type[Connection]], bool], listing: str) -> list[str]:
    """Return what fits in the list, a few of it; the list is a help, so that its own trouble is none here."""
    try:
        records = connections.list()
    except PfconnError:
        return []
    names = [r.name for r in records if _fits(r.type, takes)]
    return names if len(names) <= 6 else [*names[:6], f"and {len(names) - 6} more ({listing})"]


def _fits(word: str, takes: Callable[[type[Connection]], bool]) -> bool:
    try:
        return takes(connection_type(word))
    except PfconnError:
        return False
