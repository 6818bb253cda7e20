"""A name and a scope to what is in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import fold
from pfconn_jupyter.errors import ConnectionExists, ConnectionNotFound, NotSupported
from pfconn_jupyter.stores.missing import ambiguous, missing

if TYPE_CHECKING:
    from collections.abc import Collection

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Records, Scope
    from pfconn_jupyter.stores.store import Store


def scope_in(store: Store, scope: Scope | None) -> Scope:
    """Return ``scope`` if ``store`` has it, its first one for None.

    Raises
    ------
    NotSupported
    """
    scopes = list(store.scopes)
    if scope is not None and scope not in scopes:
        kept = " and ".join(f"{each} ones ({words})" for each, words in store.scopes.items())
        raise NotSupported(f"{store.title} has no {scope} connections.", f"It keeps {kept}.")
    return scope or scopes[0]


def connection(store: Store, waiting: Collection[str], name: str, scope: Scope | None) -> Connection:
    """Return the connection of this name, in ``scope`` or wherever it is.

    Parameters
    ----------
    waiting
        As in `missing`; so in the other functions.

    Raises
    ------
    ConnectionNotFound, AmbiguousName, SealingKeyError, StoreError
    """
    try:
        found = [store.get(name, scope_in(store, scope))] if scope else store.find(name)
    except ConnectionNotFound:
        found = []
    if not found:
        raise missing(store, waiting, name)
    if len(found) > 1:
        raise ambiguous(store, name)
    return found[0]


def record(store: Store, waiting: Collection[str], name: str, scope: Scope | None) -> ConnectionRecord:
    """Return what is known of the connection of this name without reading its secret.

    Raises
    ------
    ConnectionNotFound, AmbiguousName
    """
    found = [r for r in store.list() if fold(r.name) == fold(name) and scope in (None, r.scope)]
    if not found:
        raise missing(store, waiting, name)
    # Others may have made two that fold alike; the letter decides then.
    found = [r for r in found if r.name == name] or found
    if len(found) > 1:
        raise ambiguous(store, name)
    return found[0]


def scope_of(store: Store, waiting: Collection[str], name: str, scope: Scope | None) -> Scope:
    """Return the scope that ``name`` is in, if it was not said."""
    if scope is not None or len(store.scopes) == 1:
        return scope_in(store, scope)
    return record(store, waiting, name, None).scope


def scope_of_deleted(store: Store, name: str, scope: Scope | None) -> Scope:
    """Return the scope that ``name`` was deleted from, if it was not said; the first one if it was not."""
    if scope is not None or len(store.scopes) == 1:
        return scope_in(store, scope)
    found = [r.scope for r in store.deleted() if fold(r.name) == fold(name)]
    if len(found) > 1:
        raise ambiguous(store, name)
    return found[0] if found else scope_in(store, None)


def check_free(store: Store, name: str, there: Records) -> None:
    """Refuse a name that one of ``there`` has.

    Raises
    ------
    InvalidName, ConnectionExists
    """
    wanted = fold(store.check_name(name))
    for each in there:
        if fold(each.name) == wanted:
            same = "" if each.name == name else f" ({name} would be the same name)"
            raise ConnectionExists(
                f"{each.name} exists in {store.title}{same}.",
                f"Change it with %pfconn update {each.name}, or choose another name.",
            )
