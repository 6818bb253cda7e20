"""Weaviate: the objects of a class that are nearest to a vector, a text, or both, by its GraphQL.

By plain HTTP, because its SDK searches over gRPC at an address that no connection holds.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import ToolFailed, UsageProblem
from pfconn_jupyter.tools import http_calls
from pfconn_jupyter.tools.retrying import repeat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.tools.lookup.wanted import Lookup

TEXT_FIELD = "text"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ENUMS = ("operator",)
_PLAIN = re.compile(r"(text|string|int|number|boolean|date|uuid)(\[\])?")
_HINTS = {"Cannot query field": "Compare the class (--index) with the server's.", "Syntax Error": "Compare --filter."}


def search(connection: Connection, lookup: Lookup) -> list[dict[str, Any]]:
    """Return the nearest objects."""
    text_field = lookup.text_field or TEXT_FIELD
    for name in (lookup.index, text_field, lookup.vector_field or text_field):
        if not _NAME.fullmatch(name):
            raise UsageProblem(f"{name!r} is no name of Weaviate.", "Names have letters, digits and _.")
    given = ", ".join(f"{name}: {_written(value)}" for name, value in _arguments(lookup).items())

    def once(left: float) -> list[dict[str, Any]]:
        fields = _fields(connection, lookup.index, left)
        if text_field not in fields:
            raise UsageProblem(
                f"{lookup.index} has no property {text_field!r}; it has {', '.join(fields) or 'none'}.",
                "Give --text-field NAME.",
            )
        extra = "id score" if lookup.mode == "hybrid" else "id distance"
        query = f"{{Get {{{lookup.index}({given}) {{{' '.join(fields)} _additional {{{extra}}}}}}}}}"
        answer, headers = _call(connection, "POST", "/v1/graphql", left, {"query": query})
        if errors := answer.get("errors"):
            raise http_calls.Refused(400, str(errors[0].get("message") or ""), headers)
        return [_row(entry, text_field) for entry in answer["data"]["Get"][lookup.index][: lookup.top_k]]

    return repeat(once, http_calls.reader(connection, _HINTS), lookup.timeout)


def _arguments(lookup: Lookup) -> dict[str, Any]:
    """Return the arguments of a search: near, how many, and where."""
    # Of a class with several vectors, which one.
    of = {"targetVectors": [lookup.vector_field]} if lookup.vector_field else {}
    if lookup.mode == "hybrid":
        vector = {"vector": lookup.vector} if lookup.vector is not None else {}
        near: dict[str, Any] = {"hybrid": {"query": lookup.query, **vector, **of}}
    elif lookup.mode == "text":
        near = {"nearText": {"concepts": [lookup.query], **of}}
    else:
        near = {"nearVector": {"vector": lookup.vector, **of}}
    where: dict[str, Any] = {}
    if lookup.filter is not None:
        if isinstance(lookup.filter, str):
            raise UsageProblem(
                "A filter of Weaviate is JSON with path, operator and a value.",
                'As {"path": ["kind"], "operator": "Equal", "valueText": "news"}.',
            )
        where = {"where": dict(lookup.filter)}
    return {**near, "limit": lookup.top_k, **where, **lookup.params}


def _written(value: object, key: str = "") -> str:
    """Return a value as GraphQL writes it: JSON, but for names of fields and enumerations."""
    if isinstance(value, dict):
        for name in value:
            if not _NAME.fullmatch(str(name)):
                raise UsageProblem(f"{name!r} is no name of Weaviate.", "Names have letters, digits and _.")
        return "{" + ", ".join(f"{name}: {_written(item, name)}" for name, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_written(item) for item in value) + "]"
    if key in _ENUMS and isinstance(value, str) and _NAME.fullmatch(value):
        return value
    return json.dumps(value)


def _fields(connection: Connection, name: str, left: float) -> list[str]:
    """Return the properties of a class that are plain values: a search returns only what it names."""
    schema, _ = _call(connection, "GET", "/v1/schema", left)
    classes: dict[str, Any] = {c["class"]: c for c in schema.get("classes") or []}
    if name not in classes:
        raise ToolFailed(
            f"There is no class {name!r}; there are: {', '.join(classes) or 'none'}.", "Give --index NAME."
        )
    return [
        p["name"]
        for p in classes[name].get("properties") or []
        if all(_PLAIN.fullmatch(kind) for kind in p.get("dataType") or [])
    ]


def _call(
    connection: Connection, method: str, path: str, left: float, body: Mapping[str, str] | None = None
) -> tuple[Any, Mapping[str, str]]:
    authorization = connection.secrets["api_key"].prefixed("Bearer ")
    url = connection.endpoint_url + path
    return http_calls.send(method, url, left, headers={"Authorization": authorization}, body=body)


def _row(entry: Mapping[str, Any], text_field: str) -> dict[str, Any]:
    more = entry.get("_additional") or {}
    metadata = {k: v for k, v in entry.items() if k not in (text_field, "_additional")} | {"id": more.get("id")}
    # The nearer the better, as everywhere: a distance is turned round.
    score = float(more["score"]) if "score" in more else 1 - float(more["distance"])
    return {"text": entry[text_field], "metadata": metadata, "score": score}
