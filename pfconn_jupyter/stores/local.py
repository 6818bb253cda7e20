"""The local store: connections of one user on this machine, their values sealed."""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING

from pfconn_jupyter import settings
from pfconn_jupyter.connections.names import check_name, fold
from pfconn_jupyter.errors import NotSupported
from pfconn_jupyter.stores import expectations, keys
from pfconn_jupyter.stores.custody import custody
from pfconn_jupyter.stores.local_database import Database
from pfconn_jupyter.stores.local_rows import SELECT_RECORDS, SELECT_VERSIONS, RecordReader, version
from pfconn_jupyter.stores.local_values import Content, opened, place_of, read_version, sealed_ids, write_version
from pfconn_jupyter.stores.store import NEW, Store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Records, Scope, Versions


def default_file() -> Path:
    """Return the file of ``local:``."""
    return settings.home() / "connections.db"


class LocalStore(Store):
    """Connections in one SQLite file, `default_file` unless ``path`` names another."""

    def __init__(self, path: Path | None = None) -> None:
        file = (path or default_file()).expanduser().absolute()
        self._database = Database(file)
        self.address = "local:" if file == default_file().absolute() else f"local:{file}"
        self.title = "the local store"
        self.scopes = {"private": "Only me"}

    def list(self) -> Records:
        """See `Store`; one query, no value is read and no key asked for."""
        return self._records("c.deleted IS NULL")

    def deleted(self) -> Records:
        """See `Store`."""
        return self._records("c.deleted IS NOT NULL")

    def get(self, name: str, scope: Scope) -> Connection:
        """See `Store`."""
        # Here, because listing must not wait for pydantic.
        from pfconn_jupyter.connections.typeless import reopened

        self._check_file(name)
        with self._database.reading() as database:
            record = self._live(database, name, scope)
            place = place_of(database, name, scope)
            row = read_version(database, place, record.rev)
        content = opened(row, place)
        return reopened(content.type, content.configs, content.secrets).bind(record)

    def put(
        self, name: str, connection: Connection, *, scope: Scope, expires: datetime | None = None, expect: str = NEW
    ) -> ConnectionRecord:
        """See `Store`."""
        self._check_scope(scope)
        check_name(name)
        return self._write(name, scope, Content.of(connection, expires), expect)

    def delete(self, name: str, scope: Scope) -> ConnectionRecord:
        """See `Store`; works without the key."""
        return self._mark(name, scope, deleted=True)

    def restore(self, name: str, scope: Scope) -> ConnectionRecord:
        """See `Store`; works without the key."""
        return self._mark(name, scope, deleted=False)

    def purge(self, name: str, scope: Scope) -> None:
        """See `Store`; works without the key."""
        self._check_file(name, deleted=True)
        with self._database.writing() as database:
            self._gone(database, name, scope)
            # secure_delete writes zeros over what was there.
            database.execute("DELETE FROM versions WHERE scope = ? AND fold = ?", (scope, fold(name)))
            database.execute("DELETE FROM connections WHERE scope = ? AND fold = ?", (scope, fold(name)))

    def history(self, name: str, scope: Scope) -> Versions:
        """See `Store`."""
        self._check_file(name)
        with self._database.reading() as database:
            self._live(database, name, scope)
            return [version(row) for row in database.execute(SELECT_VERSIONS, (scope, fold(name)))]

    def rollback(self, name: str, scope: Scope, rev: str) -> ConnectionRecord:
        """See `Store`."""
        wanted = expectations.one_version(name, rev, self.history(name, scope))
        with self._database.reading() as database:
            current = self._live(database, name, scope)
            place = place_of(database, name, scope)
            row = read_version(database, place, wanted)
        # Opened and sealed again: what was changed outside must not become current.
        return self._write(name, scope, opened(row, place), current.rev)

    def protection(self) -> str:
        """See `Store`."""
        kept = custody()
        places = {"keyring": "in the system keyring", "file": f"in {kept.location}"}
        where = places.get(kept.where, "made with the first connection")
        return (
            f"Values are sealed; the key is {where}. Other users of this machine cannot read them; "
            "whoever runs code as you can."
        )

    def _write(self, name: str, scope: Scope, content: Content, expect: str) -> ConnectionRecord:
        self._database.ensure()
        with self._database.reading() as database:
            # Looked at twice: no key is made, no keyring asked for what will be refused.
            expectations.check(self._find(database, name, scope), name, expect, self.title)
        # Before the transaction: a keyring may take seconds, and others want to write.
        key = keys.key_to_seal(self._sealed_ids) if content.secrets else None
        with self._database.writing() as database:
            found = self._find(database, name, scope)
            expectations.check(found, name, expect, self.title)
            place = place_of(database, name, scope)
            write_version(database, place, name, content, prev=found.rev if found else "", key=key)
            return self._live(database, name, scope)

    def _mark(self, name: str, scope: Scope, *, deleted: bool) -> ConnectionRecord:
        """Delete or restore; works on what cannot be read, too."""
        self._check_file(name, deleted=not deleted)
        with self._database.writing() as database:
            (self._live if deleted else self._gone)(database, name, scope)
            mark = (int(time.time()) if deleted else None, scope, fold(name))
            database.execute("UPDATE connections SET deleted = ? WHERE scope = ? AND fold = ?", mark)
            return (self._gone if deleted else self._live)(database, name, scope)

    def _records(self, condition: str) -> Records:
        if not self._database.exists():
            return []
        with self._database.reading() as database:
            reader = RecordReader(self.address, keys.known_ids)
            rows = database.execute(f"{SELECT_RECORDS} WHERE {condition} ORDER BY c.fold")
            return [reader.record(row) for row in rows]

    def _live(self, database: sqlite3.Connection, name: str, scope: Scope) -> ConnectionRecord:
        found = self._find(database, name, scope)
        if found is None or found.deleted:
            raise expectations.not_found(name, self.title, found)
        return found

    def _gone(self, database: sqlite3.Connection, name: str, scope: Scope) -> ConnectionRecord:
        found = self._find(database, name, scope)
        if found is None or not found.deleted:
            raise expectations.not_deleted(name, self.title, found)
        return found

    def _find(self, database: sqlite3.Connection, name: str, scope: Scope) -> ConnectionRecord | None:
        self._check_scope(scope)
        ask = f"{SELECT_RECORDS} WHERE c.scope = ? AND c.fold = ?"
        row = database.execute(ask, (scope, fold(name))).fetchone()
        return RecordReader(self.address, keys.known_ids).record(row) if row else None

    def _sealed_ids(self) -> Iterator[str]:
        """Yield the key ids of this user's sealed values: here, and in the default store."""
        databases = {self._database.path: self._database, default_file(): Database(default_file())}
        return chain.from_iterable(map(sealed_ids, databases.values()))

    def _check_file(self, name: str, *, deleted: bool = False) -> None:
        if not self._database.exists():
            refuse = expectations.not_deleted if deleted else expectations.not_found
            raise refuse(name, self.title)

    def _check_scope(self, scope: Scope) -> None:
        if scope not in self.scopes:
            problem = f"{self.title.capitalize()} has no {scope} connections."
            raise NotSupported(problem, "It keeps private ones: --private.")
