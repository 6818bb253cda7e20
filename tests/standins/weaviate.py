"""Weaviate, from its REST and GraphQL reference and usecases/auth; satisfied by weaviate-client's REST half."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from standins.rest import RestService, body_of, nearest, similarity
from standins.service import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standins.service import Received

    Entry = dict[str, Any]

KEY = "weaviate-standin-key-3Hn8Rt5Wz1"
OBJECTS: Mapping[str, list[Entry]] = {
    "Product": [
        {"id": "00000000-0000-4000-8000-000000000001", "vector": [1.0, 0.0, 0.0], "title": "Tent", "kind": "camping"},
        {"id": "00000000-0000-4000-8000-000000000002", "vector": [0.8, 0.6, 0.0], "title": "Stove", "kind": "camping"},
        {"id": "00000000-0000-4000-8000-000000000003", "vector": [0.0, 0.0, 1.0], "title": "Sofa", "kind": "home"},
    ],
    "Manual": [],
}
ANONYMOUS = Reply(
    401, {"code": 401, "message": "anonymous access not enabled, please provide an auth scheme such as OIDC"}
)
WRONG_KEY = Reply(401, {"code": 401, "message": "invalid api key, please provide a valid api key"})
NO_KEYS_HERE = Reply(
    401,
    {
        "code": 401,
        "message": "oidc auth is not configured, please try another auth scheme or set up weaviate with OIDC"
        " configured",
    },
)
_GET = re.compile(r"\{\s*Get\s*\{\s*(\w+)\s*(?:\((.*?)\)\s*)?\{(.*)\}\s*\}\s*\}", re.DOTALL)
_WHERE = re.compile(
    r'where\s*:\s*\{.*?path\s*:\s*\[\s*"(\w+)"\s*\].*?value\w*\s*:\s*("(?:[^"\\]|\\.)*"|[\d.]+)', re.DOTALL
)


class WeaviateService(RestService):
    """A server with one key; ``classes`` hold objects with a vector each."""

    def __init__(self, classes: Mapping[str, list[Entry]] = OBJECTS) -> None:
        super().__init__()
        self.classes = {name: [dict(e) for e in entries] for name, entries in classes.items()}

    def answer(self, asked: Received) -> Reply:
        given = asked.headers.get("authorization", "")
        if given != f"Bearer {KEY}":
            return WRONG_KEY if given else ANONYMOUS
        if asked.path == "/v1/meta":
            return Reply(200, {"hostname": self.url, "version": "1.33.0", "modules": {}})
        if asked.path == "/v1/schema":
            return Reply(200, {"classes": [_schema(name) for name in self.classes]})
        if asked.path == "/v1/graphql":
            return self._graphql(body_of(asked).get("query", ""))
        return Reply(404, {"code": 404, "message": f"path {asked.path} was not found"})

    def _graphql(self, query: str) -> Reply:
        """Answer ``{Get {Class(nearVector: {vector: […]} limit: 3 where: {…}) {fields _additional {…}}}}``."""
        parts = _GET.fullmatch(query.strip())
        if parts is None:
            return failed("Syntax Error GraphQL request")
        name, arguments, wanted = parts[1], parts[2] or "", parts[3]
        if name not in self.classes:
            return failed(f'Cannot query field "{name}" on type "GetObjectsObj".')
        vector = _numbers(arguments)
        entries = [e for e in self.classes[name] if _passes(e, arguments)]
        try:
            scored = [(similarity(vector, e["vector"]) if vector else 0.0, e) for e in entries]
        except ValueError:
            return failed("vector lengths don't match")
        limit = re.search(r"limit\s*:\s*(\d+)", arguments)
        plain, _, additional = wanted.partition("_additional")
        more = re.findall(r"\w+", additional)
        found = [
            {field: entry.get(field) for field in plain.split()} | _more(score, entry, more)
            for score, entry in nearest(scored, int(limit[1]) if limit else 100)
        ]
        return Reply(200, {"data": {"Get": {name: found}}})


def failed(message: str) -> Reply:
    return Reply(200, {"data": {"Get": None}, "errors": [{"message": message, "path": ["Get"]}]})


def _schema(name: str) -> dict[str, Any]:
    text = {"dataType": ["text"], "indexFilterable": True, "indexSearchable": True, "tokenization": "word"}
    properties = [{"name": p, **text} for p in ("title", "kind")]
    return {"class": name, "properties": properties, "vectorizer": "none", "vectorIndexType": "hnsw"}


def _numbers(arguments: str) -> list[float]:
    found = re.search(r"nearVector\s*:\s*\{.*?vector\s*:\s*\[([^\]]*)\]", arguments, re.DOTALL)
    return [float(n) for n in found[1].split(",")] if found else []


def _passes(entry: Entry, arguments: str) -> bool:
    found = _WHERE.search(arguments)
    return found is None or str(entry.get(found[1])) == found[2].strip('"')


def _more(score: float, entry: Entry, wanted: list[str]) -> dict[str, Any]:
    known = {"id": entry["id"], "distance": 1 - score, "certainty": (1 + score) / 2, "vector": entry["vector"]}
    return {"_additional": {name: known[name] for name in wanted if name in known}} if wanted else {}
