"""What SQLite refuses, in words: which file, why, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.errors import StoreDamaged, StoreError, StoreUnavailable

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path


def in_words(error: sqlite3.Error, path: Path) -> StoreError:
    """Return SQLite's refusal as an error of ours."""
    # Its words, not its codes: sqlite_errorcode came with Python 3.11.
    said = str(error)
    if "is locked" in said:
        return StoreUnavailable(f"Another process is writing {path}.", "Repeat when it is done; if it hangs, end it.")
    if "is full" in said:
        return StoreUnavailable(f"The disk is full: {path} was not changed.", "Make room, then repeat.")
    if "readonly" in said or "unable to open" in said:
        return StoreUnavailable(
            f"{path} or its folder is protected: it cannot be opened for this.",
            "Make both writable to you, or use another file: %pfconn store local:/path/file.db.",
        )
    if "disk I/O" in said:
        problem = f"{path} cannot be read or written: the disk reports an error."
        return StoreUnavailable(problem, "See whether its drive or network share is still there.")
    return damaged(path, "is not a database" if "not a database" in said else "is damaged")


def damaged(path: Path, how: str) -> StoreDamaged:
    """Return the error for a file whose contents make no sense."""
    return StoreDamaged(
        f"{path} {how}: it cannot be used.",
        "Move it away and bring back a copy, or start with an empty store. Nothing in it was changed.",
    )
