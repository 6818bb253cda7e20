"""A clock that stands still until it is told: for lags, windows, expiry and retention."""

from __future__ import annotations

import time


class Clock:
    """Call it for the seconds since 1970; it begins at the real time, because tokens are compared with that."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        self.now += seconds
