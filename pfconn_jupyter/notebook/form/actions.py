"""What the buttons do, without any widget: answers in, outcome or record out."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.api import Connections
from pfconn_jupyter.connections.names import check_name, looks_like_key
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import FieldProblem, InvalidConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.notebook.form.answers import Answers
    from pfconn_jupyter.notebook.form.purpose import Purpose

PASSES = ("ok", "not_checked")


class Cancelled(Exception):
    """Cancel was pressed before anything was written."""


@dataclass(frozen=True)
class Tested:
    """An outcome, when it came, and a keyed digest of the answers it is about."""

    outcome: Outcome
    at: float
    digest: bytes


@dataclass
class Actions:
    """Test and Save for one form.

    Attributes
    ----------
    notes
        What `Connections` told while the last action went on.
    tested
        The last outcome.
    """

    purpose: Purpose
    is_cancelled: Callable[[], bool]
    notes: list[str] = field(default_factory=list)
    tested: Tested | None = None
    # Only with this key of this form can digests be compared: no fingerprint outlives it.
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def test(self, answers: Answers) -> Outcome:
        """Send the probe of what was typed; nothing is stored.

        Raises
        ------
        PfconnError
        """
        connections = self._connections()
        outcome = connections.check(self._checked(connections, answers, named=bool(answers.name)))
        self.tested = Tested(outcome, time.monotonic(), self._digest(answers))
        return outcome

    def save(self, answers: Answers) -> ConnectionRecord | Outcome:
        """Store what was typed; of a new key that does not pass its test, return the outcome instead.

        Raises
        ------
        PfconnError
        Cancelled
        """
        purpose = self.purpose
        if purpose.verb == "rotate":
            outcome = self.outcome_for(answers) or self.test(answers)
            if outcome.status not in PASSES:
                return outcome
        connections = self._connections()
        if self.is_cancelled():
            raise Cancelled
        if purpose.verb == "create":
            self._checked(connections, answers, named=True)
            until = None if answers.expires == "never" else answers.expires
            return connections.create(
                answers.cls.full_type(), answers.name, scope=answers.scope, expires=until, **answers.fields
            )
        record = purpose.record
        if purpose.verb == "rotate":
            given = answers.fields.get("secrets", answers.fields)
            return connections.rotate(record.name, scope=record.scope, test=False, expect=record.rev, **given)
        return connections.update(
            record.name, scope=record.scope, expect=record.rev, expires=answers.expires, **answers.fields
        )

    def outcome_for(self, answers: Answers) -> Outcome | None:
        """Return the last outcome if it is about these very answers."""
        if self.tested and hmac.compare_digest(self.tested.digest, self._digest(answers)):
            return self.tested.outcome
        return None

    def seconds_since_test(self) -> float:
        """Return how long ago the last outcome came."""
        return time.monotonic() - self.tested.at if self.tested else 0.0

    def _connections(self) -> Connections:
        self.notes.clear()
        return Connections(self.purpose.connections.store, notify=self._note)

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _checked(self, connections: Connections, answers: Answers, *, named: bool) -> Connection:
        """Return the connection as it would be stored, or raise all that is wrong with it and its name."""
        problems: list[FieldProblem] = []
        if named and self.purpose.verb == "create":
            try:
                self._check_name(answers)
            except InvalidConnection as error:
                problems += error.problems
        try:
            connection = self._connection(connections, answers)
        except InvalidConnection as error:
            raise InvalidConnection(problems + error.problems) from None
        if problems:
            raise InvalidConnection(problems)
        return connection

    @staticmethod
    def _check_name(answers: Answers) -> None:
        if looks_like_key(answers.name):
            # Its text is not repeated: it would be shown, and sent to every client.
            problem = FieldProblem("name", "looks like a key, not like a name.", "Give a name, for example my_aoai.")
            raise InvalidConnection([problem])
        check_name(answers.name)

    def _connection(self, connections: Connections, answers: Answers) -> Connection:
        current = self.purpose.current
        if current is None:
            return connections.build(answers.cls.full_type(), **answers.fields)
        if self.purpose.verb == "rotate" and not answers.secrets:
            first = next(iter(current.secrets))
            raise InvalidConnection([FieldProblem(first, "is missing.", "Give the new one.")])
        return connections.changed(current, **answers.fields)

    def _digest(self, answers: Answers) -> bytes:
        return hmac.digest(self._key, json.dumps(_revealed(answers.fields), sort_keys=True).encode(), hashlib.sha256)


def _revealed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields as JSON can hold them; only ever handed to the digest."""
    return {
        k: v.reveal() if isinstance(v, Secret) else _revealed(v) if isinstance(v, dict) else v
        for k, v in fields.items()
    }
