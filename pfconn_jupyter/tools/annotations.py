"""Which parameters of a function are connections: read from annotations, also those that are texts."""

from __future__ import annotations

import re
import types
from collections import ChainMap
from typing import TYPE_CHECKING, Annotated, Any, ForwardRef, Union, get_args, get_origin

from pfconn_jupyter.connections.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

_UNIONS = (Union, types.UnionType)


class Annotations:
    """The annotations of ``function``; texts are read when they are first needed, as later names may be in them."""

    def __init__(self, function: Callable[..., Any], local_names: dict[str, Any]) -> None:
        self._found = {k: v for k, v in getattr(function, "__annotations__", {}).items() if k != "return"}
        self._globals = getattr(function, "__globals__", {})
        # Only what the annotations name: a frame's values may be large, or secret.
        words = {w for v in self._found.values() if isinstance(v, str) for w in re.findall(r"\w+", v)}
        self._local = {k: v for k, v in local_names.items() if k in words}
        self._connections: dict[str, tuple[type, ...]] | None = None

    @property
    def connections(self) -> dict[str, tuple[type, ...]]:
        """Parameter name to the connection types that it takes."""
        if self._connections is None:
            read = {name: tuple(self._types(annotation)) for name, annotation in self._found.items()}
            self._connections = {name: found for name, found in read.items() if found}
        return self._connections

    def _types(self, annotation: Any) -> list[type]:
        if isinstance(annotation, ForwardRef):
            annotation = annotation.__forward_arg__
        if isinstance(annotation, str):
            return self._read(annotation)
        if get_origin(annotation) is Annotated:
            return self._types(get_args(annotation)[0])
        if get_origin(annotation) in _UNIONS:
            return [found for part in get_args(annotation) for found in self._types(part)]
        return [annotation] if isinstance(annotation, type) and issubclass(annotation, Connection) else []

    def _read(self, text: str) -> list[type]:
        known: dict[str, Any] = _known(text)
        try:
            return self._types(eval(text, {}, ChainMap(self._local, self._globals, known)))  # noqa: S307  the author's own code
        except Exception:  # noqa: BLE001  a name that only a type checker imports
            return [cls for word in re.findall(r"\w+", text) if (cls := known.get(word))]


def _known(text: str) -> dict[str, Any]:
    """Return the connection classes that ``text`` names, for imports that only a type checker makes."""
    from pfconn_jupyter.connections.registry import all_types
    from pfconn_jupyter.connections.strong_types import strong

    if "Connection" not in text and not any(each.class_name in text for each in strong()):
        return {}
    from pfconn_jupyter.connections.custom import CustomConnection

    classes: list[type[Connection]] = [Connection, CustomConnection, *all_types()]
    return {cls.__name__: cls for cls in classes if cls.__name__ in text}
