"""Qdrant, from its REST reference (api.qdrant.tech) and src/common/auth; satisfied by qdrant-client."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from standins.rest import RestService, body_of, nearest, similarity
from standins.service import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standins.service import Received

    Point = dict[str, Any]

KEY = "qdrant-standin-key-7Yc2Lm9Qx4"
POINTS: Mapping[str, list[Point]] = {
    "products": [
        {"id": 1, "vector": [1.0, 0.0, 0.0], "payload": {"title": "Tent", "kind": "camping"}},
        {"id": 2, "vector": [0.8, 0.6, 0.0], "payload": {"title": "Stove", "kind": "camping"}},
        {"id": 3, "vector": [0.0, 0.0, 1.0], "payload": {"title": "Sofa", "kind": "home"}},
    ],
    "manuals": [],
}
WRONG_KEY = Reply(401, b"Invalid API key or JWT", {"Content-Type": "text/plain"})
NO_KEY = Reply(401, b"Must provide an API key or an Authorization bearer token", {"Content-Type": "text/plain"})


class QdrantService(RestService):
    """A server with one key, in either header; ``collections`` hold points with one vector each."""

    def __init__(self, collections: Mapping[str, list[Point]] = POINTS) -> None:
        super().__init__()
        self.collections = {name: [dict(p) for p in points] for name, points in collections.items()}

    def answer(self, asked: Received) -> Reply:
        bearer = asked.headers.get("authorization", "")
        key = asked.headers.get("api-key") or bearer.removeprefix("Bearer ")
        if key != KEY:
            return WRONG_KEY if key else NO_KEY
        if asked.path == "/":
            return Reply(200, {"title": "qdrant - vector search engine", "version": "1.16.0"})
        if asked.path == "/collections":
            return accepted({"collections": [{"name": name} for name in self.collections]})
        parts = re.fullmatch(r"/collections/([^/]+)/points/(query|search)", asked.path)
        if parts is None or parts[1] not in self.collections:
            name = asked.path.split("/")[2:3]
            return refusal(404, f"Not found: Collection `{''.join(name)}` doesn't exist!")
        return self._near(self.collections[parts[1]], body_of(asked), parts[2])

    def _near(self, points: list[Point], wanted: dict[str, Any], how: str) -> Reply:
        vector = wanted.get("query") if how == "query" else wanted.get("vector")
        if isinstance(vector, dict):
            vector = vector.get("nearest")
        if not isinstance(vector, list):
            return refusal(400, "Wrong input: only a plain vector is searched for here")
        try:
            scored = [(similarity(vector, p["vector"]), p) for p in points if passes(p, wanted.get("filter"))]
        except ValueError:
            return refusal(400, f"Wrong input: Vector dimension error: got {len(vector)}")
        payload, vectors = wanted.get("with_payload", how == "query"), wanted.get("with_vector", False)
        least = wanted.get("score_threshold")
        found = [
            {
                "id": p["id"],
                "version": 1,
                "score": score,
                "payload": p["payload"] if payload else None,
                "vector": p["vector"] if vectors else None,
            }
            for score, p in nearest(scored, wanted.get("limit") or 10)
            if least is None or score >= least
        ]
        return accepted({"points": found} if how == "query" else found)


def accepted(result: object) -> Reply:
    return Reply(200, {"result": result, "status": "ok", "time": 0.0001})


def refusal(http: int, message: str) -> Reply:
    return Reply(http, {"status": {"error": message}, "time": 0.0001})


def passes(point: Point, wanted: dict[str, Any] | None) -> bool:
    """Tell whether ``point`` fits a filter of ``must`` and ``must_not`` with ``match`` of a value or any."""
    wanted = wanted or {}
    return all(_matches(point, c) for c in wanted.get("must") or []) and not any(
        _matches(point, c) for c in wanted.get("must_not") or []
    )


def _matches(point: Point, condition: dict[str, Any]) -> bool:
    value, match = point["payload"].get(condition["key"]), condition["match"]
    return value in match["any"] if "any" in match else value == match["value"]
