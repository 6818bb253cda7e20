"""Tries a call again when the service asks for it: a few times, within a time that is said."""

from __future__ import annotations

import email.utils
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pfconn_jupyter.causes import bare
from pfconn_jupyter.checks.side_by_side import within
from pfconn_jupyter.errors import PfconnError, ToolFailed
from pfconn_jupyter.stores.waiting import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    T = TypeVar("T")

TRIES = 4
"""Times that a call is sent, at most."""
FIRST_WAIT = 0.5
"""Seconds before the second try, where the service names none; doubled each time, with chance."""
AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""HTTP statuses that may pass; any other refusal is final."""
_TELL_FROM = 2.0
_GRACE = 0.5
"""Seconds that a call gets beyond its time, so that the SDK's own words about a timeout win."""


@dataclass(frozen=True)
class Trouble:
    """What one try came to.

    Attributes
    ----------
    error
        What is raised if it is not tried again.
    again
        True if another try may help.
    after
        Seconds that the service asks to wait, if it says.
    """

    error: ToolFailed
    again: bool = False
    after: float | None = None


def repeat(once: Callable[[float], T], read: Callable[[Exception], Trouble], timeout: float) -> T:
    """Return what ``once`` returns, called up to `TRIES` times within ``timeout`` seconds.

    Parameters
    ----------
    once
        Makes the call; is given the seconds that are left.
    read
        Says what an exception of ``once`` means.
    timeout
        Seconds for all tries and the waits between them.

    Raises
    ------
    ToolFailed
        The last trouble, without the frames of the SDK: they hold the key.
    KeyboardInterrupt
        As pressed, without those frames.
    """
    deadline = time.monotonic() + timeout
    for number in range(1, TRIES + 1):
        answer, trouble = _tried(once, read, max(0.05, deadline - time.monotonic()))
        if isinstance(trouble, BaseException):
            raise trouble
        if trouble is None:
            return answer[0]
        wait = _wait(trouble, number)
        if not trouble.again or number == TRIES or time.monotonic() + wait > deadline:
            raise _final(trouble, number, wait, timeout)
        if wait >= _TELL_FROM:
            tell(f"{trouble.error.problem} Trying again in {wait:.0f} s (try {number + 1} of {TRIES}).")
        time.sleep(wait)
    raise AssertionError  # the last try returns or raises


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an answer asks to wait: ``retry-after-ms``, ``Retry-After`` in seconds or as a date."""
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        if "retry-after-ms" in lower:
            return max(0.0, float(lower["retry-after-ms"]) / 1000)
        if "retry-after" not in lower:
            return None
        if lower["retry-after"].strip().isdigit():
            return float(lower["retry-after"])
        return max(0.0, email.utils.parsedate_to_datetime(lower["retry-after"]).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _tried(
    once: Callable[[float], T], read: Callable[[Exception], Trouble], left: float
) -> tuple[list[T], Trouble | BaseException | None]:
    """Return what one call returned, or what came of it.

    In a thread, because the SDKs' own timeouts are for each read: an answer that drips
    would never end, nor could a wait be interrupted on Windows.
    """

    def work() -> tuple[list[T], Trouble | BaseException | None]:
        try:
            return [once(left)], None
        except PfconnError as error:
            # Our own words, as from a key that is read again.
            return [], bare(error)
        except Exception as error:  # noqa: BLE001  every SDK has its own
            return [], read(error)

    try:
        done = within(left + _GRACE, work)
    except KeyboardInterrupt:
        return [], KeyboardInterrupt()
    late = ToolFailed("The answer did not come to its end in time.", "Give a longer --timeout.")
    return done or ([], Trouble(late))


def _wait(trouble: Trouble, number: int) -> float:
    if trouble.after is not None:
        return trouble.after
    # By chance, so that many do not come at once.
    return float(FIRST_WAIT * 2 ** (number - 1) * random.uniform(1, 1.5))  # noqa: S311


def _final(trouble: Trouble, number: int, wait: float, timeout: float) -> ToolFailed:
    """Return the error, with how often it was tried, or how long a wait was asked for."""
    error = trouble.error
    if trouble.again and trouble.after is not None and number < TRIES:
        asked = f"The service asks to wait {wait:.0f} s, and {timeout:.0f} s are given for the whole call"
        error.hint = f"{asked}: try later, or give --timeout {int(timeout + wait) + 1}."
    elif trouble.again and number > 1:
        error.problem += f" (tried {number} times)"
    return error
