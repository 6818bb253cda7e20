"""What was asked: counted by operation, and the last requests in order."""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import NamedTuple

_KEPT = 10_000
SIGNING_IN = ("token", "device_code", "discovery")


class Seen(NamedTuple):
    """One request; ``operation`` is ``challenge`` where the token was missing or refused."""

    operation: str
    vault: str
    secret: str
    identity: str
    status: int


class Requests:
    """Counts requests: ``requests["get"]``, ``requests.total``, ``requests.log``.

    Operations are challenge, list, versions, get, set, update, delete, list_deleted, get_deleted,
    recover, purge, backup, restore; and of signing in: token, device_code, discovery.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        with self._lock:
            self._counts: Counter[str] = Counter()
            self._log: deque[Seen] = deque(maxlen=_KEPT)

    def add(self, seen: Seen) -> None:
        """Count one."""
        with self._lock:
            self._counts[seen.operation] += 1
            self._log.append(seen)

    def __getitem__(self, operation: str) -> int:
        return self._counts[operation]

    def __repr__(self) -> str:
        return f"Requests({self.counts})"

    @property
    def counts(self) -> dict[str, int]:
        """How many of each operation."""
        with self._lock:
            return dict(self._counts)

    @property
    def total(self) -> int:
        """How many there were to the vault, challenges included."""
        return sum(count for operation, count in self.counts.items() if operation not in SIGNING_IN)

    @property
    def log(self) -> list[Seen]:
        """The last ones in order."""
        with self._lock:
            return list(self._log)
