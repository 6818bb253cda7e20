"""What a person typed, as the browser sealed it, to the fields of a connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timezone
from typing import TYPE_CHECKING, Any, Literal

from pfconn_jupyter.connections.record import now
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import FieldProblem, InvalidConnection
from pfconn_jupyter.notebook.questions import questions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import Scope
    from pfconn_jupyter.notebook.form.purpose import Purpose


@dataclass(frozen=True)
class Answers:
    """One press of Test or Save, with all that was typed.

    Attributes
    ----------
    fields
        For `Connections.build` and the like; given secrets are among them, stored ones not.
    """

    action: str
    cls: type[Connection]
    name: str
    scope: Scope | None
    expires: datetime | Literal["never"] | None
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def secrets(self) -> list[Secret]:
        """All secrets that were typed or given."""
        nested = self.fields.get("secrets")
        values = nested.values() if isinstance(nested, dict) else self.fields.values()
        return [v for v in values if isinstance(v, Secret)]


def read_answers(purpose: Purpose, content: Mapping[str, Any]) -> Answers:
    """Return the answers in an opened message.

    Raises
    ------
    InvalidConnection
        A row has no key, two have the same, or the date is none.
    """
    cls = purpose.cls or connection_type(_text(content, "type"))
    custom = "values" in cls.model_fields
    return Answers(
        action=_text(content, "action"),
        cls=cls,
        name=_text(content, "name").strip() if purpose.verb == "create" else purpose.name,
        scope=_scope(purpose, _text(content, "scope")),
        expires=_expires(purpose, _text(content, "expires")),
        fields=_rows(purpose, cls, content) if custom else _fields(purpose, cls, content),
    )


def _fields(purpose: Purpose, cls: type[Connection], content: Mapping[str, Any]) -> dict[str, Any]:
    typed = content.get("fields")
    typed = typed if isinstance(typed, dict) else {}
    _, given = purpose.given_for(cls)
    fields: dict[str, Any] = {}
    for question in questions(cls, purpose.current):
        name = question.field
        if not question.is_asked(typed):
            continue
        value = _text(typed, name)
        if question.kind == "secret":
            if value or name in given:
                fields[name] = Secret(value) if value else given[name]
        elif purpose.verb != "rotate":
            fields[name] = value
    return fields


def _rows(purpose: Purpose, cls: type[Connection], content: Mapping[str, Any]) -> dict[str, Any]:
    _, given = purpose.given_for(cls)
    stored = purpose.current.secrets if purpose.current else {}
    configs: dict[str, str | None] = {}
    secrets: dict[str, Secret | None] = {}
    kept: set[str] = set()
    rows = content.get("rows")
    for row in rows if isinstance(rows, list) else []:
        key, value = _text(row, "key").strip(), _text(row, "value")
        if not key and not value:
            continue
        if not key:
            raise _problem("values", "has a value without a key.", "Give each value a name.")
        if key in configs or key in secrets:
            raise _problem(key, "is there twice.", "Give one of them another name.")
        kept.add(key)
        if not row.get("secret"):
            configs[key] = value
        elif value or key not in stored:
            secrets[key] = given[key] if not value and key in given else Secret(value)
    if purpose.verb == "rotate":
        return {"secrets": secrets}
    if purpose.current:
        # A row that was removed: None takes its key away.
        configs |= dict.fromkeys(purpose.current.configs.keys() - kept)
        secrets |= dict.fromkeys(purpose.current.secrets.keys() - kept)
    return {"configs": configs, "secrets": secrets}


def _scope(purpose: Purpose, text: str) -> Scope | None:
    if purpose.verb != "create":
        return purpose.record.scope
    return next((s for s in purpose.connections.store.scopes if s == text), None)


def _expires(purpose: Purpose, text: str) -> datetime | Literal["never"] | None:
    """Return the end of the day that was typed, UTC; what was said on the line if it is that day."""
    if purpose.verb == "rotate":
        return purpose.expires
    if not text:
        return "never" if purpose.verb == "update" else None
    if purpose.expires and text == f"{purpose.expires:%Y-%m-%d}":
        return purpose.expires
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _problem("expires", "is not a date.", "It looks like 2027-01-31.") from None
    found = datetime.combine(day, time(23, 59, 59), timezone.utc)
    if found <= now():
        raise _problem("expires", "is in the past.", "Give a later date, or none.")
    return found


def _text(content: Any, name: str) -> str:
    value = content.get(name, "") if isinstance(content, dict) else ""
    return value if isinstance(value, str) else ""


def _problem(name: str, problem: str, hint: str) -> InvalidConnection:
    return InvalidConnection([FieldProblem(name, problem, hint)])
