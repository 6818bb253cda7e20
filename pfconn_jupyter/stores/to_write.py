"""Whether what is read now is read to be changed: a refusal then asks for the right to write at once."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_writing: ContextVar[bool] = ContextVar("pfconn_to_write", default=False)


def is_to_write() -> bool:
    """Tell whether this thread is in a `to_write`."""
    return _writing.get()


@contextmanager
def to_write() -> Iterator[None]:
    """Say so until the block ends."""
    before = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(before)
