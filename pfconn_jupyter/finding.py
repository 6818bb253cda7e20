"""What ``%pfconn doctor`` finds, from whatever room it comes. Plain data, no secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Health = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    check
        What was looked at, in one or two words.
    status
        ``"ok"``, ``"warn"`` if something may go wrong, ``"fail"`` if something does.
    detail
        What was found; one line without secrets.
    hint
        What to do; ``""`` if nothing need be done.
    """

    check: str
    status: Health
    detail: str
    hint: str = ""


@dataclass(frozen=True)
class Axis:
    """Checks that belong together: ``look`` yields findings, and may take ``seconds``."""

    name: str
    look: Callable[[], Iterable[Finding]]
    seconds: float = 8.0
