"""What is looked up, in no service's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Lookup:
    """One search; the parameters of `vector_db_lookup`, checked."""

    index: str
    mode: Literal["vector", "text", "hybrid"]
    query: str = ""
    vector: list[float] | None = None
    top_k: int = 3
    text_field: str | None = None
    vector_field: str | None = None
    filter: str | Mapping[str, Any] | None = None
    params: dict[str, Any] = field(default_factory=dict)
    timeout: float = 30.0
