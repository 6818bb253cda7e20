"""What a list shows of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import fold, tool_word
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.type_words import joined, parted
from pfconn_jupyter.errors import PfconnError
from pfconn_jupyter.stores.selection import fits

if TYPE_CHECKING:
    from typing import Literal

    from pfconn_jupyter.connections.record import ConnectionRecord, Records, Scope
    from pfconn_jupyter.stores.store import Listing


def listed(
    everything: Listing, pattern: str | None, type: str | None, scope: Scope | Literal["all"] | None, tool: str | None
) -> Records:
    """Return what is wanted of ``everything``, by name; the private ones of others only with ``"all"``.

    Raises
    ------
    UnknownType
        No type is called so, and none of the connections has one of that name.
    """
    wanted = _type_wanted(type, everything) if type else None
    within = None if scope == "all" else scope
    records = [*everything.records, *(everything.others if scope == "all" else [])]
    return [
        r
        for r in sorted(records, key=lambda r: fold(r.name))
        if fits(r, pattern, wanted, within) and (tool is None or _takes(tool, r))
    ]


def _type_wanted(word: str, everything: Listing) -> str:
    """Return the name of a type; one that is not here may still be in the list."""
    try:
        return connection_type(word).TYPE
    except PfconnError:
        name, _ = parted(word)
        if any(r.type == name for r in (*everything.records, *everything.others)):
            return name
        raise


def _takes(tool: str, record: ConnectionRecord) -> bool:
    try:
        cls = connection_type(joined(record.type, record.package))
    except PfconnError:
        # Without its type it opens as a plain custom connection.
        cls = connection_type("custom")
    return tool_word(tool) in (tool_word(t) for t in cls.TOOLS)
