"""One file per vector store: what `vector_db_lookup` asks, in the words of each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import NotSupported
from pfconn_jupyter.tools.lookup.wanted import Lookup

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.connections.connection import Connection

    Search = Callable[[Connection, Lookup], list[dict[str, Any]]]

__all__ = ["Lookup", "service_of"]
SERVICES = {"cognitive_search": "azure_search", "qdrant": "qdrant", "weaviate": "weaviate"}
"""Connection type to the module that speaks to it; a subclass speaks as its base."""


def service_of(connection: Connection) -> Search:
    """Return the search function for a connection.

    Raises
    ------
    NotSupported
        Its type says that this tool takes it, and nothing here speaks to it.
    """
    for cls in type(connection).__mro__:
        if module := SERVICES.get(getattr(cls, "TYPE", "")):
            found: Search = import_module(f"{__name__}.{module}").search
            return found
    raise NotSupported(
        f"Vector DB Lookup has no way to search a {connection.TYPE} connection.", "Use its client: conn.client()."
    )
