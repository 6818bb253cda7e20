"""Prompt flow's local store, ``pf.sqlite``: read without prompt flow, and never written.

One row is one connection. Each secret in it is a Fernet token under one key that is in the
system's keyring (promptflow.md 3). What that key does not open is told, and the rest is read.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.yaml_text import documents
from pfconn_jupyter.errors import StoreUnavailable, UsageProblem
from pfconn_jupyter.interop.sources.promptflow_rows import Opener, found_in
from pfconn_jupyter.stores import sqlite_refusals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pfconn_jupyter.interop.found import Found
    from pfconn_jupyter.interop.sources import Request
    from pfconn_jupyter.interop.sources.promptflow_rows import Row

FILE = "pf.sqlite"
_ROWS = 'SELECT "connectionName", "connectionType", configs, "customConfigs" FROM connection ORDER BY "connectionName"'


def read(request: Request) -> Iterator[Found]:
    """Yield the connections of the local prompt flow store.

    Raises
    ------
    StoreUnavailable, StoreDamaged
        It is not there, or cannot be read.
    """
    path = _file(request.word.partition(":")[2])
    _tell_provider(path.parent, request)
    opener = Opener()
    for row in _rows(path):
        yield found_in(row, str(path), opener)


def _file(folder: str) -> Path:
    """Return where prompt flow has its store; ``PF_HOME_DIRECTORY`` moves it."""
    chosen = Path(folder or os.environ.get("PF_HOME_DIRECTORY") or "~/.promptflow").expanduser()
    return chosen if chosen.is_file() else chosen / FILE


def _tell_provider(folder: Path, request: Request) -> None:
    """Say so if prompt flow here takes its connections from a workspace, and not from this store."""
    try:
        provider = documents((folder / "pf.yaml").read_text(encoding="utf-8"), "pf.yaml")[0]["connection"]["provider"]
    except (OSError, UnicodeDecodeError, UsageProblem, KeyError, TypeError):
        return
    if str(provider).startswith("azureml"):
        request.tell(f"Prompt flow is set to the connections of a workspace ({provider}); those are not in this store.")


def _text(raw: bytes) -> str | bytes:
    """Return a text of the database; one that is none stays as it is, for its row only to be told."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        raise StoreUnavailable(
            f"There is no prompt flow store at {path}.",
            "Name its folder: %pfconn import promptflow:FOLDER, or set PF_HOME_DIRECTORY as prompt flow has it.",
        )
    try:
        # mode=ro: this file is prompt flow's, and stays as it is.
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as database:
            database.text_factory = _text
            has = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'connection'").fetchone()
            return database.execute(_ROWS).fetchall() if has else []
    except sqlite3.Error as error:
        raise sqlite_refusals.in_words(error, path) from None
