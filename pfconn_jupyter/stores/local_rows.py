"""Rows of the local store to records and versions; a row that cannot be read says so."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.record import ConnectionRecord, Version
from pfconn_jupyter.connections.registry import not_here
from pfconn_jupyter.connections.type_words import parted
from pfconn_jupyter.errors import StoreDamaged
from pfconn_jupyter.stores.sealing import WRITE_AGAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pfconn_jupyter.connections.record import Scope

EPOCH = datetime.fromtimestamp(0, timezone.utc)
"""Stands for a time that cannot be read."""
# LEFT JOIN: a connection whose version is gone is still listed, with its problem.
SELECT_RECORDS = """
SELECT c.scope, c.name, c.owner, c.created, c.deleted, v.type, v.configs, v.rev, v.written, v.expires, v.key_id
FROM connections AS c LEFT JOIN versions AS v ON v.number = c.current
"""
SELECT_VERSIONS = """
SELECT v.rev, v.prev, v.type, v.configs, v.written, v.by, v.number = c.current
FROM versions AS v JOIN connections AS c USING (scope, fold)
WHERE v.scope = ? AND v.fold = ? AND c.deleted IS NULL ORDER BY v.number DESC
"""


class RecordReader:
    """Turns rows of `SELECT_RECORDS` into records.

    Parameters
    ----------
    store
        Address the records carry.
    known_keys
        Gives the ids of the keys that are here; asked once, and only if needed.
    """

    def __init__(self, store: str, known_keys: Callable[[], set[str]]) -> None:
        self._store = store
        self._known_keys = known_keys
        # Key id or type to what is wrong with it: the same for many rows.
        self._said: dict[tuple[str, str], str] = {}

    def record(self, row: Sequence[Any]) -> ConnectionRecord:
        """Return the record of a row, with a ``problem`` if it cannot be used."""
        scope, name, owner, created, deleted, type_, configs, rev, written, expires, key_id = row
        problem = ""
        try:
            values = configs_of(configs) if rev else {}
        except StoreDamaged as error:
            values, problem = {}, error.problem
        times = [_moment(t) for t in (created, written, expires, deleted)]
        if EPOCH in times:
            problem = problem or "Its dates were changed outside pfconn."
        return ConnectionRecord(
            name=str(name),
            type=parted(str(type_ or ""))[0],
            package=parted(str(type_ or ""))[1],
            scope=_scope(scope),
            store=self._store,
            owner=str(owner),
            auth=values.get("auth_mode", "key"),
            configs=values,
            rev=str(rev or ""),
            created=times[0],
            updated=times[1],
            expires=times[2],
            deleted=times[3],
            problem=problem or self._problem(str(type_ or ""), str(key_id or "")),
        )

    def _problem(self, type_: str, key_id: str) -> str:
        if (type_, key_id) not in self._said:
            self._said[type_, key_id] = self._look_into(type_, key_id)
        return self._said[type_, key_id]

    def _look_into(self, type_: str, key_id: str) -> str:
        if not type_:
            return "Its current version was removed outside pfconn."
        if key_id and key_id not in self._known_keys():
            return f"The key {key_id} that opens it is not here: %pfconn key import FILE."
        return not_here(type_)


def version(row: Sequence[Any]) -> Version:
    """Return the version of a row of `SELECT_VERSIONS`; one that cannot be read has no configs."""
    rev, prev, type_, configs, written, by, current = row
    try:
        values = configs_of(configs)
    except StoreDamaged:
        values = {}
    return Version(
        str(rev), str(prev), parted(str(type_))[0], values, _moment(written) or EPOCH, str(by), bool(current)
    )


def configs_of(text: object) -> dict[str, str]:
    """Return stored configs.

    Raises
    ------
    StoreDamaged
    """
    return _texts(text, "Its configs were changed outside pfconn and cannot be read.")


def sealed_of(text: object) -> dict[str, str]:
    """Return stored sealed texts by field.

    Raises
    ------
    StoreDamaged
    """
    return _texts(text, "Its sealed values were changed outside pfconn and cannot be read.")


def _moment(seconds: Any) -> datetime | None:
    """Return a stored time; one that cannot be read is `EPOCH`."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return EPOCH


def _texts(text: object, problem: str) -> dict[str, str]:
    try:
        found = json.loads(text)  # type: ignore[arg-type]  # what is no text is refused just below
        if all(isinstance(value, str) for value in found.values()):
            return dict(found)
    except (ValueError, TypeError, AttributeError, RecursionError):
        pass
    raise StoreDamaged(problem, WRITE_AGAIN)


def _scope(word: object) -> Scope:
    return word if word in ("private", "shared", "restricted") else "private"
