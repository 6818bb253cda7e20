"""Azure AI Search, from its REST reference 2024-07-01; satisfied by azure-search-documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from standins.rest import RestService, body_of, nearest, similarity
from standins.service import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standins.service import Received

    Document = dict[str, Any]

ADMIN_KEY = "Adm1nKeyOfTheSearchStandIn0123456789ABCDEFGHIJKLMNOP"
QUERY_KEY = "Qu3ryKeyOfTheSearchStandIn0123456789ABCDEFGHIJKLMNOP"
TOKEN = "entra-token-of-the-search-standin"
VERSIONS = {"2023-11-01", "2024-07-01", "2025-09-01", "2026-04-01"}
DOCUMENTS: Mapping[str, list[Document]] = {
    "products": [
        {"id": "1", "title": "Tent", "kind": "camping", "price": 120, "embedding": [1.0, 0.0, 0.0]},
        {"id": "2", "title": "Stove", "kind": "camping", "price": 40, "embedding": [0.8, 0.6, 0.0]},
        {"id": "3", "title": "Sofa", "kind": "home", "price": 900, "embedding": [0.0, 0.0, 1.0]},
    ],
    "manuals": [],
}
_TERM = re.compile(r"(\w+) (eq|ne|gt|ge|lt|le) ('(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false|null)")
_COMPARE = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}
_CONSTANTS = {"true": True, "false": False, "null": None}


class SearchService(RestService):
    """A search service with an admin key, a query key and a bearer token; ``indexes`` hold documents."""

    def __init__(self, indexes: Mapping[str, list[Document]] = DOCUMENTS, certificate: Any = None) -> None:
        super().__init__(certificate)
        self.indexes = {name: [dict(d) for d in documents] for name, documents in indexes.items()}

    def answer(self, asked: Received) -> Reply:
        version = asked.query.get("api-version", [""])[0]
        if version not in VERSIONS:
            return refusal(400, f"Invalid or missing api-version query string parameter: '{version}'.")
        key = asked.headers.get("api-key")
        admin = key == ADMIN_KEY or (key is None and asked.headers.get("authorization") == f"Bearer {TOKEN}")
        parts = re.fullmatch(r"/indexes\('([^']+)'\)/docs(.*)", asked.path.replace("%27", "'"))
        # A query key may search, and nothing else; a key that is wrong is 403 as well, without a word.
        if not admin and not (parts and key == QUERY_KEY):
            return Reply(403)
        if parts is None:
            return self._of_service(asked)
        if parts[1] not in self.indexes:
            return refusal(404, f"The index '{parts[1]}' for service 'standin' was not found.")
        return self._of_documents(self.indexes[parts[1]], parts[2], asked)

    def _of_service(self, asked: Received) -> Reply:
        if asked.path == "/servicestats":
            counters = {"indexesCount": {"usage": len(self.indexes), "quota": 15}}
            return Reply(200, {"counters": counters, "limits": {"maxFieldsPerIndex": 1000}})
        if asked.path == "/indexes":
            return Reply(200, {"value": [{"name": name, "fields": []} for name in self.indexes]})
        return refusal(404, "Resource not found.")

    def _of_documents(self, documents: list[Document], what: str, asked: Received) -> Reply:
        if what == "/$count":
            return Reply(200, b"\xef\xbb\xbf%d" % len(documents), {"Content-Type": "text/plain"})
        if what == "/search.post.search":
            return searched(documents, body_of(asked))
        if what == "":
            given = {name.removeprefix("$"): values[0] for name, values in asked.query.items()}
            given |= {"count": given.get("count") == "true"}
            return searched(documents, given)
        return refusal(404, "Resource not found.")


def refusal(http: int, message: str) -> Reply:
    return Reply(http, {"error": {"code": "", "message": message}})


def searched(documents: list[Document], wanted: Mapping[str, Any]) -> Reply:
    """Return the documents that pass the filter, by their similarity to the vectors asked for."""
    try:
        passed = [d for d in documents if passes(d, wanted.get("filter") or "")]
    except ValueError as error:
        return refusal(400, f"Invalid expression: {error}\r\nParameter name: $filter")
    text = wanted.get("search") or "*"
    if text != "*":
        passed = [d for d in passed if any(text.lower() in str(value).lower() for value in d.values())]
    scored = [(1.0, d) for d in passed]
    for query in wanted.get("vectorQueries") or []:
        name = query["fields"].split(",")[0]
        try:
            # The score of a cosine: 1 / (1 + distance), distance being 1 - similarity.
            near = [(1 / (2 - similarity(query["vector"], d[name])), d) for d in passed if name in d]
        except ValueError:
            return refusal(400, f"The vector field '{name}' has another number of dimensions.")
        scored = nearest(near, int(query.get("k") or 50))
    # Not `or`: none may be asked for.
    most = int(wanted["top"]) if wanted.get("top") is not None else 50
    select = [name.strip() for name in (wanted.get("select") or "").split(",") if name.strip()]
    value = [
        {"@search.score": round(score, 6)} | {k: v for k, v in d.items() if not select or k in select}
        for score, d in scored[:most]
    ]
    count = {"@odata.count": len(scored)} if wanted.get("count") else {}
    return Reply(200, {"@odata.context": "standin", **count, "value": value})


def passes(document: Document, expression: str) -> bool:
    """Tell whether ``document`` fits an OData filter: comparisons joined with ``and``.

    Raises
    ------
    ValueError
        It is more than that.
    """
    for term in filter(None, re.split(r"\s+and\s+", expression.strip())):
        found = _TERM.fullmatch(term.strip().strip("()"))
        if found is None or found[1] not in document:
            raise ValueError(term)
        field, operator, literal = found.groups()
        if not _COMPARE[operator](document[field], _value(literal)):
            return False
    return True


def _value(literal: str) -> object:
    if literal.startswith("'"):
        return literal[1:-1].replace("''", "'")
    return _CONSTANTS[literal] if literal in _CONSTANTS else float(literal)
