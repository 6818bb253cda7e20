"""Azure AI Search: vectors, texts that the index's vectorizer turns into vectors, and hybrids with words."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import NotSupported, UsageProblem
from pfconn_jupyter.tools import azure_calls
from pfconn_jupyter.tools.retrying import repeat

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.tools.lookup.wanted import Lookup

TEXT_FIELD, VECTOR_FIELD = "content", "contentVector"
"""What prompt flow's own indexes call them."""


def search(connection: Connection, lookup: Lookup) -> list[dict[str, Any]]:
    """Return the nearest documents."""
    if lookup.filter is not None and not isinstance(lookup.filter, str):
        raise UsageProblem("A filter of Azure AI Search is a text.", "Write OData, as: category eq 'news'.")
    text_field, vector_field = lookup.text_field or TEXT_FIELD, lookup.vector_field or VECTOR_FIELD
    asked = {
        "search_text": lookup.query if lookup.mode == "hybrid" else None,
        "vector_queries": [_vector_query(lookup, vector_field)],
        "filter": lookup.filter,
        "top": lookup.top_k,
        **lookup.params,
    }

    def once(left: float) -> list[dict[str, Any]]:
        found = client.search(**asked, **azure_calls.within(left))
        # The pages are fetched while it is iterated; the service may give more than asked for.
        return [_row(document, text_field, vector_field) for document in islice(found, lookup.top_k)]

    with azure_calls.client_of(connection, index_name=lookup.index) as client:
        return repeat(once, azure_calls.reader(connection), lookup.timeout)


def _vector_query(lookup: Lookup, field: str) -> Any:
    kind: dict[str, Any] = {"fields": field, "k_nearest_neighbors": lookup.top_k}
    if lookup.vector is not None and lookup.mode != "text":
        from azure.search.documents.models import VectorizedQuery

        return VectorizedQuery(vector=lookup.vector, **kind)
    try:
        from azure.search.documents.models import VectorizableTextQuery
    except ImportError:
        raise NotSupported(
            "The azure-search-documents that is installed cannot ask the service to make a vector.",
            "Update it: %pip install -U azure-search-documents. Or give --embed-with.",
        ) from None
    return VectorizableTextQuery(text=lookup.query, **kind)


def _row(document: Any, text_field: str, vector_field: str) -> dict[str, Any]:
    if text_field not in document:
        fields = [f for f in document if not f.startswith("@") and f != vector_field]
        raise UsageProblem(
            f"The index has no field {text_field!r}; it has {', '.join(sorted(fields))}.", "Give --text-field NAME."
        )
    metadata = {
        k: v for k, v in document.items() if not k.startswith("@search") and k not in (text_field, vector_field)
    }
    return {"text": document[text_field], "metadata": metadata, "score": document["@search.score"]}
