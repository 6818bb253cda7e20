"""Qdrant: the points of a collection that are nearest to a vector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.checks.redaction import one_line
from pfconn_jupyter.errors import ToolFailed, UsageProblem
from pfconn_jupyter.tools.retrying import AGAIN, Trouble, repeat, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.tools.lookup.wanted import Lookup

TEXT_FIELD = "text"


def search(connection: Connection, lookup: Lookup) -> list[dict[str, Any]]:
    """Return the nearest points."""
    if lookup.mode != "vector" or lookup.vector is None:
        raise UsageProblem(
            "Qdrant is searched by a vector.", "Give --vector, or --embed-with an Embedding connection and no --mode."
        )
    asked = {
        "collection_name": lookup.index,
        "query": lookup.vector,
        "using": lookup.vector_field,
        "query_filter": _filter(lookup),
        "limit": lookup.top_k,
        "with_payload": True,
        **lookup.params,
    }
    client = connection.client()
    try:
        found = repeat(
            lambda left: client.query_points(**asked, timeout=_whole(left)), _reader(connection), lookup.timeout
        )
    finally:
        client.close()
    return [_row(point, lookup.text_field or TEXT_FIELD) for point in found.points[: lookup.top_k]]


def _whole(seconds: float) -> int:
    # The SDK takes whole seconds.
    return max(1, round(seconds))


def _filter(lookup: Lookup) -> Any:
    if lookup.filter is None:
        return None
    from pydantic import ValidationError
    from qdrant_client.models import Filter

    hint = 'Write it as Qdrant does: {"must": [{"key": "kind", "match": {"value": "news"}}]}.'
    if isinstance(lookup.filter, str):
        raise UsageProblem("A filter of Qdrant is JSON with must, should or must_not.", hint)
    try:
        return Filter.model_validate(dict(lookup.filter))
    except ValidationError:
        raise UsageProblem("Qdrant has no such filter.", hint) from None


def _row(point: Any, text_field: str) -> dict[str, Any]:
    payload = dict(point.payload or {})
    if text_field not in payload:
        raise UsageProblem(
            f"A point's payload has no {text_field!r}; it has {', '.join(payload) or 'nothing'}.",
            "Give --text-field NAME.",
        )
    return {"text": payload.pop(text_field), "metadata": payload, "score": point.score}


def _reader(connection: Connection) -> Callable[[Exception], Trouble]:
    who = connection.name or connection.LABEL
    test = f"See why: %pfconn test {connection.name}." if connection.name else "Test the connection."

    def read(error: Exception) -> Trouble:
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        if isinstance(error, UnexpectedResponse):
            http = error.status_code or 0
            said = one_line(error.content.decode(errors="replace"), connection.secrets.values())
            hint = "Compare the collection's name (--index)." if http == 404 else test
            failed = ToolFailed(f"{who} refused ({http}): {said or error.reason_phrase}", hint, http)
            return Trouble(failed, http in AGAIN, retry_after(error.headers))
        if isinstance(error, ResponseHandlingException):
            if "Timeout" in type(error.source).__name__:
                return Trouble(ToolFailed(f"{who} did not answer in time.", "Give a longer --timeout."), again=True)
            return Trouble(ToolFailed(f"{who} cannot be reached.", test), again=True)
        return Trouble(ToolFailed(f"The SDK of {who} failed ({type(error).__name__}).", test))

    return read
