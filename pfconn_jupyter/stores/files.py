"""Files that are never half there, folders only their owner enters, a lock between processes."""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
import stat
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import StoreUnavailable
from pfconn_jupyter.stores import sqlite_refusals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_SECONDS = 20.0
"""How long to wait for another process; longer than a keyring may take."""


def ensure_folder(folder: Path) -> None:
    """Make ``folder`` (0700) if it is missing; one that is there is left as it is.

    Raises
    ------
    StoreUnavailable
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise in_words(error, folder) from None


def in_words(error: OSError, path: Path) -> StoreUnavailable:
    """Return what the system said about ``path``, as an error of ours."""
    elsewhere = "Use another place; PFCONN_HOME moves all files of pfconn_jupyter."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreUnavailable(f"The disk is full: {path} cannot be written.", "Make room, then repeat.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreUnavailable(f"{path} cannot be written or read: it is protected.", elsewhere)
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return StoreUnavailable(f"{path} cannot be made: a file is where a folder should be.", elsewhere)
    return StoreUnavailable(f"{path} cannot be used: {os.strerror(error.errno or 0)}.", elsewhere)


def temporary_beside(path: Path) -> Path:
    """Return a name in the same folder, for content that will be published as ``path``."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def publish(temporary: Path, path: Path) -> None:
    """Give a finished file its name at once, and overwrite nothing.

    Raises
    ------
    FileExistsError
        Somebody was first.
    """
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links (SMB, FAT).
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        temporary.rename(path)
    else:
        temporary.unlink()


def write_new(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all.

    Raises
    ------
    FileExistsError
        There is one.
    StoreUnavailable
    """
    temporary = temporary_beside(path)
    try:
        _write(temporary, content)
        publish(temporary, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise in_words(error, path) from None
    finally:
        temporary.unlink(missing_ok=True)


def write_over(path: Path, content: bytes) -> None:
    """Replace a file, whole or not at all.

    Raises
    ------
    StoreUnavailable
    """
    temporary = temporary_beside(path)
    try:
        _write(temporary, content)
        temporary.replace(path)
    except OSError as error:
        raise in_words(error, path) from None
    finally:
        temporary.unlink(missing_ok=True)


def open_to_others(path: Path) -> bool:
    """Tell whether group or others may do anything with ``path`` (never on Windows: it has no modes)."""
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold ``path`` against other processes.

    A transaction on an empty SQLite file: works on every system, and a process that dies
    leaves nothing behind.

    Raises
    ------
    StoreUnavailable
    """
    ensure_folder(path.parent)
    try:
        # Only if it is missing: closing a file drops this process's POSIX locks on it,
        # also those that SQLite holds for another thread.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise in_words(error, path) from None
    with closing(sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)) as held:
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            raise sqlite_refusals.in_words(error, path) from None
        try:
            yield
        finally:
            held.execute("ROLLBACK")


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
