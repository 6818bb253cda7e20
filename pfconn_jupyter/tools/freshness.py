"""A connection object that a kernel holds for hours meets a rotated key: it is read again when it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pfconn_jupyter.errors import ConnectionChanged, PfconnError, ToolFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.connections.connection import Connection

    T = TypeVar("T")

_REFUSED = (401, 403)


def fresh(connection: Connection, call: Callable[[Connection], T]) -> T:
    """Return ``call(connection)``; if the service refuses its secret and the store has another, call once more.

    Raises
    ------
    ConnectionChanged
        The stored one has another address now: its secret is not for where this one points.
    ToolFailed
        As ``call`` raises it.
    """
    try:
        return call(connection)
    except ToolFailed as error:
        if error.http not in _REFUSED or connection.record is None:
            raise
        refused = error
    stored = _stored(connection)
    if stored is None or stored.secrets == connection.secrets:
        raise refused
    if stored.endpoint_url != connection.endpoint_url or type(stored) is not type(connection):
        raise ConnectionChanged(
            f"{connection.name} is another connection now: {stored.TYPE} {stored.endpoint_url}.",
            f"Fetch it again: pfconn.get({connection.name!r}).",
        )
    return call(stored)


def _stored(connection: Connection) -> Connection | None:
    try:
        return connection.refresh()
    except PfconnError:
        # What the service said is the better answer.
        return None
