"""Not too fast: a vault takes so many new values in so many seconds."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CREATES, WINDOW = 280, 10.0
"""Values written per seconds: the service takes 300 in 10 s, of all its clients (azure.md 5)."""


class Pace:
    """Lets at most ``limit`` through in any ``window`` seconds, by waiting."""

    def __init__(
        self, limit: int = CREATES, window: float = WINDOW, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._window, self._clock = limit, window, clock
        self._begun: deque[float] = deque()
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Return when one more may begin; returns the seconds waited."""
        with self._lock:
            waited = 0.0
            while True:
                now = self._clock()
                while self._begun and now - self._begun[0] >= self._window:
                    self._begun.popleft()
                if len(self._begun) < self._limit:
                    self._begun.append(now)
                    return waited
                pause = self._window - (now - self._begun[0])
                waited += pause
                time.sleep(pause)
