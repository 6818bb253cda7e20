"""The connection types that Python code of this process defined: cells of the notebook, modules."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import PfconnWarning

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection

NOTEBOOK = "__main__"
_classes: dict[str, type[Connection]] = {}
"""Where a class was defined to the class: running its cell again puts the new one in its place."""


def register(cls: type[Connection]) -> None:
    """Make a class known; the class of the same place, and of the same name in the notebook, is forgotten."""
    if cls.__module__ == NOTEBOOK:
        for place, other in list(_classes.items()):
            if other.__module__ == NOTEBOOK and other.TYPE == cls.TYPE and place != place_of(cls):
                warnings.warn(
                    f"{cls.TYPE} is the class {cls.__name__} from now on, and no longer {other.__name__}.",
                    PfconnWarning,
                    stacklevel=3,
                )
                del _classes[place]
    _classes[place_of(cls)] = cls


def forget(cls: type[Connection]) -> None:
    """Make a class unknown again; for tests of types."""
    _classes.pop(place_of(cls), None)


def classes() -> list[type[Connection]]:
    """Return all of them, in the order they were first defined."""
    return [*_classes.values()]


def is_defined(cls: object) -> bool:
    """Tell whether ``cls`` is one of them."""
    return any(cls is known for known in _classes.values())


def place_of(cls: type[Connection]) -> str:
    """Return where a class was defined, as an entry point writes it: ``module:Class``."""
    return f"{cls.__module__}:{cls.__qualname__}"
