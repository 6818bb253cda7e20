"""Faults on request: the next answers fail, get lost, come cut or late."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

# reset: the request is lost. lost: it is carried out and its answer is lost. truncated: half of the answer arrives.
How = Literal["status", "reset", "lost", "truncated", "slow", "call"]


@dataclass
class Fault:
    """One fault, for requests whose operation and secret's name match."""

    how: How
    times: int = 1
    operation: str = "*"
    name: str = "*"
    status: int = 503
    code: str = "ServiceUnavailable"
    inner: str = ""
    message: str = "The emulator was told to fail."
    retry_after: float | None = None
    seconds: float = 0.0
    call: Callable[[], object] | None = None

    def meant_for(self, operation: str, name: str) -> bool:
        """Tell whether a request is one of those; a challenge only where it is named, being no work of the caller's."""
        if operation == "challenge" != self.operation:
            return False
        return fnmatchcase(operation, self.operation) and fnmatchcase(name.lower(), self.name.lower())


class Faults:
    """The faults to come, each for a number of requests."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> Fault:
        """Let ``fault`` happen; its ``times`` says how often it still will."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Let nothing more happen."""
        with self._lock:
            self._faults.clear()

    def take(self, operation: str, name: str) -> Fault | None:
        """Return the first fault that is meant for this request, and count it."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if fault.meant_for(operation, name):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    return fault
        return None
