"""The local store's SQLite file: made whole, recognised, and its refusals put in words."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import StoreDamaged, StoreUnavailable
from pfconn_jupyter.stores import files
from pfconn_jupyter.stores import sqlite_refusals as refusals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OURS = 0x5046434E  # "PFCN": what `file` and we recognise the database by
FORMAT = 1
_SHORTEST = 512
BUSY_SECONDS = 10.0
# A rollback journal, because WAL needs shared memory, which network homes do not have.
PRAGMAS = ("secure_delete = ON", "journal_mode = DELETE", "foreign_keys = ON")
_SCHEMA = f"""
PRAGMA application_id = {OURS};
PRAGMA user_version = {FORMAT};
CREATE TABLE store (id TEXT NOT NULL, made INTEGER NOT NULL);
CREATE TABLE connections (
    scope TEXT NOT NULL, fold TEXT NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL,
    created INTEGER NOT NULL, deleted INTEGER, current INTEGER NOT NULL,
    PRIMARY KEY (scope, fold)
);
CREATE TABLE versions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    scope TEXT NOT NULL, fold TEXT NOT NULL, rev TEXT NOT NULL, prev TEXT NOT NULL,
    type TEXT NOT NULL, configs TEXT NOT NULL, written INTEGER NOT NULL, by TEXT NOT NULL,
    expires INTEGER, key_id TEXT NOT NULL, sealed TEXT NOT NULL,
    UNIQUE (scope, fold, rev)
);
"""


class Database:
    """The file at ``path``. Each use opens it anew: threads and forks share nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Tell whether there is a file.

        Raises
        ------
        StoreUnavailable
            Its folder does not let us look: "empty" would be a lie.
        """
        try:
            self.path.stat()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise files.in_words(error, self.path) from None
        return True

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open the file; it must exist.

        Raises
        ------
        StoreDamaged, StoreUnavailable
        """
        try:
            with closing(self._open()) as database:
                yield database
        except sqlite3.Error as error:
            raise refusals.in_words(error, self.path) from None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction, which is committed at the end or not at all.

        Raises
        ------
        StoreDamaged, StoreUnavailable
        """
        with self.reading() as database:
            self._close_to_others()
            # IMMEDIATE: what is read below cannot be changed by others before it is written.
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise

    def ensure(self) -> None:
        """Make the file if there is none; whoever looks sees it whole or not at all.

        Raises
        ------
        StoreUnavailable
        """
        if self.exists():
            return
        files.ensure_folder(self.path.parent)
        temporary = files.temporary_beside(self.path)
        try:
            os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(temporary, isolation_level=None)) as database:
                self._set_up(database)
                database.executescript(f"BEGIN; {_SCHEMA}")
                made = (secrets.token_hex(16), int(time.time()))
                database.execute("INSERT INTO store (id, made) VALUES (?, ?)", made)
                database.execute("COMMIT")
            with suppress(FileExistsError):
                files.publish(temporary, self.path)
        except OSError as error:
            raise files.in_words(error, self.path) from None
        except sqlite3.Error as error:
            raise refusals.in_words(error, self.path) from None
        finally:
            temporary.unlink(missing_ok=True)

    def _open(self) -> sqlite3.Connection:
        if self.path.is_dir():
            raise StoreUnavailable(f"{self.path} is a folder.", "Name a file: %pfconn store local:/path/file.db.")
        # mode=rw makes no file, and reads one that is write-protected.
        uri = f"{self.path.absolute().as_uri()}?mode=rw"
        database = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            # One row with broken bytes must not keep the others from being listed.
            database.text_factory = _lenient
            self._recognise(database)
            self._set_up(database)
        except BaseException:
            database.close()
            raise
        return database

    def _recognise(self, database: sqlite3.Connection) -> None:
        # By SQLite, not by reading the header: closing a file of our own would drop the
        # POSIX locks that SQLite holds on it for another thread.
        # What is shorter than the shortest page is an empty database to SQLite.
        if (size := self.path.stat().st_size) < _SHORTEST:
            raise refusals.damaged(self.path, "is cut short" if size else "is empty")
        (mark,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if mark != OURS:
            raise StoreDamaged(
                f"{self.path} is an SQLite database of another program.",
                "Name another file: %pfconn store local:/path/file.db. Nothing in it was changed.",
            )
        (page,) = database.execute("PRAGMA page_size").fetchone()
        if self.path.stat().st_size % page:
            # SQLite notices missing pages itself, but takes half a page for a whole one.
            raise refusals.damaged(self.path, "is cut short")
        if version > FORMAT:
            raise StoreDamaged(
                f"{self.path} was written by a newer pfconn_jupyter (format {version}, this one knows {FORMAT}).",
                "Update the package: %pip install --upgrade pfconn_jupyter. Nothing in it was changed.",
            )

    def _set_up(self, database: sqlite3.Connection) -> None:
        for pragma in PRAGMAS:
            database.execute(f"PRAGMA {pragma}").fetchone()

    def _close_to_others(self) -> None:
        with suppress(OSError):
            if files.open_to_others(self.path):
                self.path.chmod(0o600)


def _lenient(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
