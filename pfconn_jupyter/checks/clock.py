"""Is this machine's clock right? A token is refused outside its time, and an answer says the service's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pfconn_jupyter.checks.outcome import Verdict
    from pfconn_jupyter.checks.sending import Answer

MOST = 300
"""Seconds between two clocks that Microsoft Entra ID and its services put up with."""


def skew(answer: Answer) -> float:
    """Return by how many seconds the service's clock is before ours; 0 if it does not say."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except (TypeError, ValueError, IndexError):
        return 0
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=timezone.utc)
    return (theirs - datetime.now(timezone.utc)).total_seconds()


def blamed(verdict: Verdict, answer: Answer) -> Verdict:
    """Return ``verdict`` on a token that was denied, with a clock that is wrong as its likely cause."""
    found = skew(answer)
    if verdict.status != "denied" or abs(found) <= MOST:
        return verdict
    how = "behind" if found > 0 else "before"
    hint = (
        f"This machine's clock is {abs(found) / 60:.0f} minutes {how} the service's: no token fits. Set it, test again."
    )
    return replace(verdict, hint=hint)
