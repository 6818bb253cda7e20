"""Limits per vault: 300 creations and 4,000 other transactions in 10 seconds."""

from __future__ import annotations

import threading
from math import ceil
from typing import TYPE_CHECKING

from pfconn_jupyter.testing.keyvault import refusals

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = 10.0


class Throttle:
    """Counts in windows that begin with the first request. What is refused does not count.

    ``retry_after`` adds the header, which recorded answers of the real service do not have.
    """

    def __init__(self, clock: Callable[[], float], creates: int = 300, others: int = 4_000) -> None:
        self.limits = {"create": creates, "other": others}
        self.retry_after = False
        self._clock = clock
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        self._lock = threading.Lock()

    def take(self, vault: str, operation: str) -> None:
        """Count one request, or refuse it."""
        group = "create" if operation == "set" else "other"
        now = self._clock()
        with self._lock:
            began, count = self._windows.get((vault, group), (now, 0))
            if not began <= now < began + WINDOW:
                began, count = now, 0
            if count >= self.limits[group]:
                raise refusals.throttled(max(1, ceil(began + WINDOW - now)) if self.retry_after else None)
            self._windows[vault, group] = (began, count + 1)
