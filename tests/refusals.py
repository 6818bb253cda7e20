"""An error as its caller gets it: without the frame of the test, which knows the secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

E = TypeVar("E", bound=BaseException)


def refusal(kind: type[E], ask: Callable[[], object], match: str | None = None) -> E:
    """Return the error that ``ask()`` raises, with the frames below ``ask`` only."""
    with pytest.raises(kind, match=match) as caught:
        ask()
    error = caught.value
    # This frame, and the one of `ask`, which is the test's.
    below = error.__traceback__.tb_next if error.__traceback__ else None
    return error.with_traceback(below.tb_next if below else None)
