"""Prompt flow's local store, ``pf.sqlite``: read without prompt flow, and never written.

One row is one connection. Each secret in it is a Fernet token under one key that is in the
system's keyring (promptflow.md 3). What that key does not open is told, and the rest is read.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.registry import type_name
from pfconn_jupyter.connections.spec import documents, resolve_env
from pfconn_jupyter.errors import PfconnError, SealingKeyError, StoreDamaged, StoreUnavailable, UsageProblem
from pfconn_jupyter.interop.found import Found, bare, built
from pfconn_jupyter.interop.promptflow_kinds import KINDS
from pfconn_jupyter.interop.sources import promptflow_key
from pfconn_jupyter.stores import sqlite_refusals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.interop.sources import Request

    Row = tuple[str, str, str, str]

FILE = "pf.sqlite"
_ROWS = 'SELECT "connectionName", "connectionType", configs, "customConfigs" FROM connection ORDER BY "connectionName"'
_OLD = "An old prompt flow kept its secret unencrypted: take it as known to others and rotate it."


def read(request: Request) -> Iterator[Found]:
    """Yield the connections of the local prompt flow store.

    Raises
    ------
    StoreUnavailable, StoreDamaged
        It is not there, or cannot be read.
    """
    path = _file(request.word.partition(":")[2])
    _tell_provider(path.parent, request)
    opener = _Opener()
    for row in _rows(path):
        yield _one(row, str(path), opener)


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


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        raise StoreUnavailable(
            f"There is no prompt flow store at {path}.",
            "Name its folder: %pfconn import promptflow:FOLDER, or set PF_HOME_DIRECTORY as prompt flow has it.",
        )
    try:
        # mode=ro: this file is prompt flow's, and stays as it is.
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as database:
            has = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'connection'").fetchone()
            return database.execute(_ROWS).fetchall() if has else []
    except sqlite3.Error as error:
        raise sqlite_refusals.in_words(error, path) from None


class _Opener:
    """Opens tokens with prompt flow's key, which is fetched when the first one comes."""

    @cached_property
    def _key(self) -> Secret | SealingKeyError:
        try:
            return promptflow_key.fetch()
        except SealingKeyError as error:
            return bare(error)  # type: ignore[return-value]  # the same error

    def open(self, token: str) -> Secret:
        """Return the plaintext of a token.

        Raises
        ------
        SealingKeyError
            There is no key, or it is another one.
        """
        if isinstance(self._key, PfconnError):
            raise self._key
        return promptflow_key.open_token(token, self._key)


@dataclass(frozen=True)
class _Value:
    text: str
    secret: bool


def _one(row: Row, origin: str, opener: _Opener) -> Found:
    name, stored, configs, custom = row
    kind = next((kind for kind in KINDS if kind.stored == stored), None)
    word = kind.type if kind else stored
    notes: list[str] = []
    try:
        values = _custom_values(custom) if word == "custom" else _typed_values(configs)
        fields = {key: _opened(value, key, opener, notes) for key, value in values.items()}
    except PfconnError as error:
        return Found(name, type_name(word) or word, origin, bare(error))
    if word == "custom":
        parts: dict[str, Any] = {"configs": {}, "secrets": {}}
        for key, value in values.items():
            parts["secrets" if value.secret else "configs"][key] = fields[key]
        fields = parts
    return built(name, word, fields, origin, notes)


def _typed_values(configs: str) -> dict[str, _Value]:
    # base_url "_" is how prompt flow writes "none".
    return {
        k: _Value(str(v), k == "api_key")
        for k, v in _json(configs).items()
        if v is not None and (k, v) != ("base_url", "_")
    }


def _custom_values(custom: str) -> dict[str, _Value]:
    found = {}
    for key, entry in _json(custom).items():
        if not isinstance(entry, dict) or "value" not in entry:
            raise _unreadable()
        if entry["value"] is not None:
            found[key] = _Value(str(entry["value"]), entry.get("configValueType") == "Secret")
    return found


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _unreadable()
    return found


def _unreadable() -> StoreDamaged:
    return StoreDamaged("Its row in prompt flow's store makes no sense.", "Create it again: %pfconn create.")


def _opened(value: _Value, key: str, opener: _Opener, notes: list[str]) -> str | Secret:
    if not value.secret:
        return value.text
    if promptflow_key.is_plain(value.text):
        notes.append(_OLD)
        return promptflow_key.plain(value.text)
    secret = opener.open(value.text)
    if (variable := promptflow_key.reference(secret)) is None:
        return secret
    # Prompt flow stores ${env:NAME} to the letter, and sends it so.
    notes.append(f"{key} is ${{env:{variable}}} in prompt flow: the variable's value now.")
    return promptflow_key.plain(resolve_env(secret.reveal(), key))
