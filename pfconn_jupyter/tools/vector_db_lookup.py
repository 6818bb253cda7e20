"""Find what is nearest to a vector or a text, in Azure AI Search, Qdrant or Weaviate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.tools._connection import connection_for
from pfconn_jupyter.tools.arguments import Argument
from pfconn_jupyter.tools.freshness import fresh
from pfconn_jupyter.tools.lookup import Lookup, service_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pfconn_jupyter.connections.connection import Connection

LABEL = "Vector DB Lookup"
CELL = "query"
INSTEAD = ("vector",)
"""What may be given in place of a text."""
ARGUMENTS = (
    Argument("index", "the index, collection or class; the connection's own by default"),
    Argument("vector", "a variable with the numbers to be near to, or JSON", "data"),
    Argument("mode", "vector, text (the service makes the vector), or hybrid", choices=("vector", "text", "hybrid")),
    Argument("top_k", "results, at most", "integer"),
    Argument("text_field", "the field with the text"),
    Argument("vector_field", "the field with the vector"),
    Argument("filter", "as the service words it: OData for Azure AI Search, else a variable or JSON", "data"),
    Argument("search_params", "more for the service's own search, a variable or JSON", "data"),
    Argument("embed_with", "a connection that makes the vector of the text"),
    Argument("embed_model", "its deployment or model"),
    Argument("timeout", "seconds for all tries", "number"),
)
Mode = Literal["vector", "text", "hybrid"]


def vector_db_lookup(
    connection: Connection | str,
    query: str | None = None,
    *,
    vector: Sequence[float] | None = None,
    index: str | None = None,
    mode: Mode | None = None,
    top_k: int = 3,
    text_field: str | None = None,
    vector_field: str | None = None,
    filter: str | Mapping[str, Any] | None = None,
    search_params: Mapping[str, Any] | None = None,
    embed_with: Connection | str | None = None,
    embed_model: str | None = None,
    timeout: float = 30.0,
) -> list[dict[str, Any]]:
    """Return the nearest entries: for each its ``text``, ``metadata`` and ``score``, best first.

    Parameters
    ----------
    connection
        A Vector DB Lookup connection, or its name.
    query, vector
        A text, numbers, or both for a hybrid search.
    index
        The index (Azure AI Search), collection (Qdrant) or class (Weaviate).
    mode
        ``vector``: near the vector. ``text``: near the text, whose vector the service
        makes. ``hybrid``: near the vector and by words. By default what is given decides.
    top_k
        Results, at most.
    text_field, vector_field
        Where the entries have them; each service has its own defaults.
    filter
        Only entries that fit: OData for Azure AI Search, else the service's own JSON.
    search_params
        More for the service's own search.
    embed_with, embed_model
        An Embedding connection and its model, to make the vector of ``query`` here.
    timeout
        Seconds for all tries.

    Raises
    ------
    WrongConnectionType, UsageProblem
        Before anything is sent; a service that cannot honour a parameter is asked nothing.
    ToolFailed
        The service refused, or did not answer.
    """
    used = connection_for(LABEL, connection)
    name = index or getattr(used, "index", None)
    if not name:
        raise UsageProblem(f"No index is named, and {used.name or 'the connection'} has none.", "Give --index NAME.")
    if top_k < 1:
        raise UsageProblem("top_k is below 1.", "Give the number of results, from 1 on.")
    numbers = _numbers(vector)
    if embed_with is not None:
        numbers = _embedded(query, numbers, embed_with, embed_model, timeout)
    lookup = Lookup(
        index=str(name),
        # A vector made of the text stands for it, unless words are asked for as well.
        mode=_mode(mode or ("vector" if embed_with is not None else None), query, numbers),
        query=(query or "").strip(),
        vector=numbers,
        top_k=top_k,
        text_field=text_field,
        vector_field=vector_field,
        filter=filter,
        params=dict(search_params or {}),
        timeout=timeout,
    )
    search = service_of(used)
    return fresh(used, lambda it: search(it, lookup))


def rows(
    found: Sequence[Mapping[str, Any]], given: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], tuple[str, ...], str]:
    """Return the result as rows, columns and a sentence."""
    place = f" in {given['index']}" if given.get("index") else ""
    note = f"{len(found)} nearest{place}, best first." if found else f"Nothing found{place}."
    return [dict(row) for row in found], ("text", "score", "metadata"), note


def _numbers(vector: Sequence[float] | None) -> list[float] | None:
    if vector is None:
        return None
    try:
        found = [float(number) for number in vector]
    except (TypeError, ValueError):
        found = []
    if not found or isinstance(vector, str):
        raise UsageProblem("The vector is not a list of numbers.", "Give what the embedding tool returned.")
    return found


def _mode(mode: Mode | None, query: str | None, vector: list[float] | None) -> Mode:
    text = bool(query and query.strip())
    if not text and vector is None:
        raise UsageProblem("There is nothing to look for.", "Give a query, a vector, or both.")
    inferred: Mode = "hybrid" if text and vector is not None else "text" if text else "vector"
    chosen = mode or inferred
    lacking = {"vector": vector is None, "text": not text, "hybrid": not text}[chosen]
    if lacking:
        raise UsageProblem(
            f"mode={chosen} needs a {'vector' if chosen == 'vector' else 'query'}.", "Give it, or leave out mode."
        )
    return chosen


def _embedded(
    query: str | None, vector: list[float] | None, connection: Connection | str, model: str | None, timeout: float
) -> list[float]:
    from pfconn_jupyter.tools.embedding import embedding

    if vector is not None or not (query and query.strip()):
        raise UsageProblem("embed_with makes the vector of a query.", "Give a query and no vector.")
    found: list[float] = embedding(connection, query, model=model, timeout=timeout)
    return found
