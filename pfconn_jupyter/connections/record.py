"""What can be known of a stored connection without reading its secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal

Scope = Literal["private", "shared", "restricted"]


def now() -> datetime:
    """Return the current time, UTC, whole seconds (Key Vault keeps no finer)."""
    return datetime.now(timezone.utc).replace(microsecond=0)


@dataclass(frozen=True)
class ConnectionRecord:
    """A stored connection, without its secrets.

    Attributes
    ----------
    name, type, scope
        What it is called, its type's name, and who can use it.
    package
        The installed package that brings the type; ``""`` for built-in types and those of a notebook.
    owner
        Who created it, as the store knows them.
    auth
        ``"key"`` or ``"meid_token"``.
    configs
        Field name to value, no secrets.
    configs_complete
        False where some configs can only be read together with the secret.
    rev
        Random, new at each write.
    created, updated, expires
        UTC; ``expires`` is None if it does not, ``created`` if the store does not say.
    deleted
        When it was deleted (UTC), if it was.
    enabled
        False where the store keeps it from being read.
    store
        Address of the store, as ``%pfconn store`` takes it.
    problem
        What is wrong with it, in words: why it cannot be used, or that others wrote its value; else ``""``.
    """

    name: str
    type: str
    scope: Scope
    store: str
    owner: str = ""
    auth: str = "key"
    configs: dict[str, str] = field(default_factory=dict)
    configs_complete: bool = True
    rev: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    deleted: datetime | None = None
    enabled: bool = True
    problem: str = ""
    package: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.type}), {self.scope}, in {self.store}"


@dataclass(frozen=True)
class Version:
    """One version of a connection, as ``history`` lists them, newest first.

    Attributes
    ----------
    rev, prev
        This version's random id, and that of the one it replaced (``""`` for the first).
    type, configs, created, by
        What it held (no secret), when it was written (UTC), and by whom.
    current
        True for the version that ``get`` returns.
    """

    rev: str
    prev: str
    type: str
    configs: dict[str, str]
    created: datetime
    by: str
    current: bool


WARN_DAYS = 30
"""Days before its expiry that a connection is warned about."""


def expiry_said(record: ConnectionRecord) -> str:
    """Return ``"expires on 2027-01-31"`` or ``"expired on …"`` if that is near or past, else ``""``."""
    if record.expires is None or record.expires - now() > timedelta(days=WARN_DAYS):
        return ""
    return f"{'expires' if record.expires > now() else 'expired'} on {record.expires:%Y-%m-%d}"


# Names for annotations in classes that have a method called `list`.
Records = list[ConnectionRecord]
Versions = list[Version]
