"""What one version of a local connection holds: configs in the clear, secrets sealed."""

from __future__ import annotations

import getpass
import json
import os
import time
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.names import fold
from pfconn_jupyter.errors import StoreDamaged
from pfconn_jupyter.stores import keys
from pfconn_jupyter.stores.local_rows import configs_of, sealed_of
from pfconn_jupyter.stores.sealing import bound_to, seal, sealed_under, unseal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.stores.local_database import Database
    from pfconn_jupyter.stores.sealing import SealingKey


@dataclass(frozen=True)
class Content:
    """The content of a version.

    Attributes
    ----------
    type, configs, secrets
        As the connection has them; the type with its package.
    expires
        Seconds since 1970, or None.
    """

    type: str
    configs: Mapping[str, str]
    secrets: Mapping[str, Secret]
    expires: int | None

    @classmethod
    def of(cls, connection: Connection, expires: datetime | None) -> Content:
        """Return the content of a connection."""
        until = int(expires.timestamp()) if expires else None
        return cls(connection.stored_type, connection.configs, connection.secrets, until)


@dataclass(frozen=True)
class Place:
    """Where a version is; its secrets open nowhere else. ``name`` is folded."""

    store: str
    scope: str
    name: str

    def beside(self, field: str, type: str, configs: Mapping[str, str]) -> bytes:
        """Return what the value of ``field`` is bound to."""
        return bound_to(store=self.store, scope=self.scope, name=self.name, type=type, field=field, configs=configs)


def place_of(database: sqlite3.Connection, name: str, scope: str) -> Place:
    """Return the place of a connection in this file."""
    (store_id,) = database.execute("SELECT id FROM store").fetchone()
    return Place(store_id, scope, fold(name))


def sealed_texts(content: Content, place: Place, key: SealingKey | None) -> str:
    """Return the secrets as JSON, each sealed; without a key there are none."""
    if key is None:
        return "{}"
    besides = {field: place.beside(field, content.type, content.configs) for field in content.secrets}
    return json.dumps({field: seal(secret, key, besides[field]) for field, secret in content.secrets.items()})


def write_version(
    database: sqlite3.Connection, place: Place, name: str, content: Content, *, prev: str, key: SealingKey | None
) -> None:
    """Add a version that follows ``prev``, and make it current."""
    written, by = int(time.time()), _user()
    number = database.execute(
        "INSERT INTO versions (scope, fold, rev, prev, type, configs, written, by, expires, key_id, sealed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(place.scope, place.name, token_hex(6), prev, content.type, json.dumps(dict(content.configs))),
            *(written, by, content.expires, key.id if key else "", sealed_texts(content, place, key)),
        ),
    ).lastrowid
    # The name and owner of the first writing stay.
    database.execute(
        "INSERT INTO connections (scope, fold, name, owner, created, current) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (scope, fold) DO UPDATE SET current = excluded.current",
        (place.scope, place.name, name, by, written, number),
    )


def read_version(database: sqlite3.Connection, place: Place, rev: str) -> tuple[Any, ...]:
    """Return a version as it is stored, for `opened`.

    Raises
    ------
    StoreDamaged
    """
    ask = "SELECT type, configs, sealed, expires FROM versions WHERE scope = ? AND fold = ? AND rev = ?"
    row = database.execute(ask, (place.scope, place.name, rev)).fetchone()
    if row is None:
        raise StoreDamaged("Its current version was removed outside pfconn.", "See %pfconn history, or delete it.")
    return tuple(row)


def opened(row: tuple[Any, ...], place: Place) -> Content:
    """Return the content of a version that `read_version` returned.

    Raises
    ------
    SealingKeyError
        The key is missing or wrong.
    StoreDamaged
        Something was changed outside pfconn.
    """
    type_, configs_text, sealed_text, expires = row
    configs = configs_of(configs_text)
    found: dict[str, Secret] = {}
    known: dict[str, SealingKey] = {}
    for field, text in sealed_of(sealed_text).items():
        key_id = sealed_under(text)
        known[key_id] = key = known.get(key_id) or keys.key_to_open(key_id)
        found[field] = unseal(text, key, place.beside(field, type_, configs))
    return Content(type_, configs, found, expires)


def sealed_ids(database: Database) -> list[str]:
    """Return the ids of the keys that values in a file are sealed with, the newest first."""
    if not database.exists():
        return []
    ask = "SELECT key_id FROM versions WHERE key_id != '' GROUP BY key_id ORDER BY MAX(number) DESC"
    with database.reading() as opened_:
        return [key_id for (key_id,) in opened_.execute(ask)]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        # A container may run under a number that has no name.
        return str(os.getuid()) if hasattr(os, "getuid") else ""
