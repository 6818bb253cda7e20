"""A vault in memory: what the operations do, without HTTP and without permissions."""

from __future__ import annotations

import threading
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.testing.keyvault import refusals
from pfconn_jupyter.testing.keyvault.limits import Wish, check_name, check_value
from pfconn_jupyter.testing.keyvault.secret import Phase, Secret, Version

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = 86_400


class Vault:
    """The secrets of one vault.

    Parameters
    ----------
    name, clock
        As in ``https://NAME.vault.azure.net``; gives the seconds since 1970.
    lag
        Seconds that a deletion, recovery or purge takes to show.
    purge_protection, retention_days
        As fixed at the creation of a real vault.
    """

    def __init__(
        self,
        name: str,
        clock: Callable[[], float],
        *,
        lag: float = 0.0,
        purge_protection: bool = False,
        retention_days: int = 90,
    ) -> None:
        self.name, self.lag = name, lag
        self.purge_protection, self.retention_days = purge_protection, retention_days
        self.empty_pages = False
        self.firewall = False
        self._clock = clock
        self._secrets: dict[str, Secret] = {}
        self._order: list[str] | None = None
        self._lock = threading.RLock()

    def get(self, name: str, version: str = "") -> tuple[Secret, Version]:
        """Return a secret and one of its versions, the latest by default."""
        with self._lock:
            secret = self._living(name)
            if version and version not in secret.versions:
                raise refusals.not_found(f"{name}/{version}")
            return secret, secret.versions[version] if version else secret.latest

    def set(self, name: str, value: Any, wish: Wish = Wish()) -> tuple[Secret, Version]:  # noqa: B008  it is frozen
        """Write a new version; it has nothing of the one before."""
        check_name(name)
        now = int(self._clock())
        version = Version(check_value(value), now, now)
        version.change(wish, now)
        with self._lock:
            secret = self._find(name)
            if secret is None:
                secret = self._secrets[name.upper()] = Secret(name, version)
                self._order = None
            self._refuse_in_transition(secret)
            return secret, secret.add(version)

    def update(self, name: str, version: str, wish: Wish) -> tuple[Secret, Version]:
        """Change attributes, content type or tags of a version."""
        with self._lock:
            secret, found = self.get(name, version)
            found.change(wish, int(self._clock()))
            return secret, found

    def delete(self, name: str) -> Secret:
        """Delete softly, with all versions."""
        with self._lock:
            secret = self._living(name)
            secret.deleted = int(self._clock())
            secret.move(Phase.DELETING, self._clock() + self.lag)
            return secret

    def deleted(self, name: str) -> Secret:
        """Return a deleted secret."""
        with self._lock:
            secret = self._find(name)
            if secret is None or secret.phase(self._clock()) is not Phase.DELETED:
                raise refusals.not_deleted(name)
            return secret

    def recover(self, name: str) -> Secret:
        """Bring a deleted secret back."""
        with self._lock:
            secret = self._once_deleted(name)
            secret.move(Phase.RECOVERING, self._clock() + self.lag)
            return secret

    def purge(self, name: str) -> None:
        """Remove a deleted secret for ever."""
        with self._lock:
            secret = self._once_deleted(name)
            if self.purge_protection:
                raise refusals.purge_protected(self.name)
            secret.move(Phase.PURGING, self._clock() + self.lag)

    def restore(self, copy: Secret) -> Secret:
        """Add a secret from a backup."""
        with self._lock:
            secret = self._find(copy.name)
            if secret is not None:
                self._refuse_in_transition(secret)
                raise refusals.already_there(copy.name)
            self._secrets[copy.name.upper()] = copy
            self._order = None
            return copy

    def page(self, phase: Phase, after: str, size: int) -> tuple[list[Secret], str]:
        """Return up to ``size`` secrets that follow ``after``, and the last one's key if there are more."""
        now = self._clock()
        with self._lock:
            order = self._ordered()
            found: list[Secret] = []
            for key in order[bisect_right(order, after) :]:
                secret = self._find(key)
                if secret is None or secret.phase(now) is not phase:
                    continue
                if len(found) == size:
                    return found, found[-1].name.upper()
                found.append(secret)
            return found, ""

    def versions(self, name: str, after: str, size: int) -> tuple[Secret | None, list[Version], str]:
        """Return a page of versions; of an unknown secret there are none. They do not come in order of time."""
        with self._lock:
            secret = self._find(name)
            if secret is None or secret.phase(self._clock()) is not Phase.LIVING:
                return None, [], ""
            ids = [key for key in sorted(secret.versions) if key > after]
            found = [secret.versions[key] for key in ids[:size]]
            return secret, found, found[-1].id if len(ids) > size else ""

    def _find(self, name: str) -> Secret | None:
        secret = self._secrets.get(name.upper())
        if secret is not None and secret.gone(self._clock(), self.retention_days * DAY):
            del self._secrets[name.upper()]
            self._order = None
            return None
        return secret

    def _living(self, name: str) -> Secret:
        check_name(name)
        secret = self._find(name)
        if secret is None or secret.phase(self._clock()) is not Phase.LIVING:
            raise refusals.not_found(name)
        return secret

    def _once_deleted(self, name: str) -> Secret:
        secret = self._find(name)
        phase = secret.phase(self._clock()) if secret else None
        if secret is None or phase in (Phase.LIVING, Phase.PURGING):
            raise refusals.not_deleted(name)
        if phase is not Phase.DELETED:
            self._refuse_in_transition(secret)
        return secret

    def _refuse_in_transition(self, secret: Secret) -> None:
        phase = secret.phase(self._clock())
        if phase is Phase.DELETED:
            raise refusals.deleted_but_recoverable(secret.name)
        if phase is not Phase.LIVING:
            raise refusals.in_transition(secret.name, "recovered" if phase is Phase.RECOVERING else "deleted")

    def _ordered(self) -> list[str]:
        if self._order is None:
            self._order = sorted(self._secrets)
        return self._order
