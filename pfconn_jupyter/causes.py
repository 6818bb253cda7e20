"""What an error drags along: those that are wrapped in it, and the frames it came through."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    E = TypeVar("E", bound=BaseException)

# Where azure.core and urllib3 keep what went wrong below them; Python has two more, and requests its args.
_INNER = ("inner_exception", "exc_value", "reason", "__cause__", "__context__")


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and everything wrapped in it, each once."""
    seen: set[int] = set()
    todo: list[object] = [error]
    while todo:
        each = todo.pop()
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        todo += [*each.args, *(getattr(each, name, None) for name in _INNER)]


def bare(error: E) -> E:
    """Return ``error`` without frames and causes: they would keep alive what was read."""
    error.__context__ = error.__cause__ = None
    return error.with_traceback(None)
