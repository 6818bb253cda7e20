"""A service that answers each request from what it holds; a path with a script of its own goes first."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standins.service import Misbehave, Received


class RestService(Service):
    """`answer` is what it does; used like `Service`."""

    def answer(self, asked: Received) -> Reply:
        """Return the reply to one request."""
        raise NotImplementedError

    def _next(self, path: str) -> Misbehave:
        if path in self._replies or self.ANY in self._replies:
            return super()._next(path)
        return lambda handler: self.answer(handler.asked)(handler)


def body_of(asked: Received) -> dict[str, Any]:
    """Return the JSON of a request."""
    found: dict[str, Any] = json.loads(asked.body or b"{}")
    return found


def similarity(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine of the angle between two vectors; 0.0 where one of them has no direction."""
    lengths = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / lengths if lengths else 0.0


def nearest(found: Iterable[tuple[float, Any]], most: int) -> list[tuple[float, Any]]:
    """Return the best ``most`` of scored things, the best first."""
    return sorted(found, key=lambda scored: -scored[0])[:most]
