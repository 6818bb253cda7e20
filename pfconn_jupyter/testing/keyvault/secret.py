"""A secret with its versions, and where it is between living and purged."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pfconn_jupyter.testing.keyvault.limits import Wish


class Phase(Enum):
    """What can be done with a secret now; transitions take the vault's ``lag``."""

    LIVING = "living"
    DELETING = "deleting"
    DELETED = "deleted"
    RECOVERING = "recovering"
    PURGING = "purging"


@dataclass
class Version:
    """One version: its value never changes, everything else can."""

    value: str = field(repr=False)
    created: int
    updated: int
    content_type: str | None = None
    tags: dict[str, str] | None = None
    enabled: bool = True
    not_before: int | None = None
    expires: int | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(16))

    def change(self, wish: Wish, now: int) -> None:
        """Set what ``wish`` names; tags are replaced as a whole."""
        if wish.content_type is not None:
            self.content_type = wish.content_type
        if wish.tags is not None:
            self.tags = dict(wish.tags)
        if wish.enabled is not None:
            self.enabled = wish.enabled
        if wish.not_before is not None:
            self.not_before = wish.not_before
        if wish.expires is not None:
            self.expires = wish.expires
        self.updated = now


@dataclass
class Secret:
    """A secret; ``versions`` are in the order of writing, ``latest`` is the one that counts."""

    name: str
    latest: Version
    versions: dict[str, Version] = field(default_factory=dict)
    deleted: int = 0
    _phase: Phase = Phase.LIVING
    _until: float = 0.0

    def add(self, version: Version) -> Version:
        """Make ``version`` the latest."""
        self.versions[version.id] = self.latest = version
        return version

    def phase(self, now: float) -> Phase:
        """Return where it is at ``now``."""
        if now >= self._until:
            if self._phase is Phase.DELETING:
                return Phase.DELETED
            if self._phase is Phase.RECOVERING:
                return Phase.LIVING
        return self._phase

    def move(self, phase: Phase, until: float) -> None:
        """Begin a transition that ends at ``until``."""
        self._phase, self._until = phase, until

    def gone(self, now: float, retention: float) -> bool:
        """Tell whether it is purged, or was deleted so long ago that it purged itself."""
        phase = self.phase(now)
        if phase is Phase.PURGING:
            return now >= self._until
        return phase is Phase.DELETED and now >= self.deleted + retention
