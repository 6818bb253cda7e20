"""Who is told that a store waits; light, because every command says who that is."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import PfconnWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _warn(text: str) -> None:
    warnings.warn(text, PfconnWarning, stacklevel=3)


_listeners: list[Callable[[str], None]] = [_warn]


def tell(text: str) -> None:
    """Tell whoever listens now; a warning if nobody does."""
    _listeners[-1](text)


@contextmanager
def told_to(listener: Callable[[str], None]) -> Iterator[None]:
    """Tell ``listener`` until the block ends; it may be called from any thread."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
