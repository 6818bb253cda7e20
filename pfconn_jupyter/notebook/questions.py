"""What a type asks, and whether an answer will do: shared by the form and the prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.connection import is_needed
from pfconn_jupyter.connections.names import check_name
from pfconn_jupyter.errors import FieldProblem, InvalidConnection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.connections.connection import Connection

Kind = Literal["text", "secret", "choice", "rows"]


@dataclass(frozen=True)
class Question:
    """One field as it is asked for.

    Attributes
    ----------
    field, title, help, placeholder, where, where_title, choices, when, advanced
        As in `Ask`.
    kind
        How it is answered; ``rows`` are a custom connection's key, value and "secret".
    required
        True if there is no answer to fall back to.
    default
        What is used if the answer is empty; for a stored connection, its value now.
    kept
        True for a stored secret: an empty answer keeps it.
    """

    field: str
    title: str
    kind: Kind
    help: str = ""
    placeholder: str = ""
    where: str = ""
    where_title: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    when: tuple[str, str] | None = None
    advanced: bool = False
    required: bool = False
    default: str = ""
    kept: bool = False

    def is_asked(self, answers: Mapping[str, Any]) -> bool:
        """Tell whether its condition holds for the answers so far."""
        return self.when is None or answers.get(self.when[0], self.when[1]) == self.when[1]


def questions(cls: type[Connection], current: Connection | None = None) -> list[Question]:
    """Return what to ask for a connection of ``cls``, in order.

    Parameters
    ----------
    current
        The stored connection when one is changed; its secrets are never put in a question.
    """
    secret = cls.secret_fields()
    found = []
    for field, ask in cls.asks().items():
        info = cls.model_fields[field]
        if len(ask.choices) == 0 and _has_one_value(info.annotation):
            continue
        default = "" if info.is_required() or info.default is None else str(info.default)
        is_secret = field in secret
        kind: Kind = "rows" if field == "values" else "secret" if is_secret else "choice" if ask.choices else "text"
        found.append(
            Question(
                field,
                ask.title,
                kind,
                ask.help,
                ask.placeholder,
                ask.where,
                ask.where_title,
                ask.choices,
                ask.when,
                ask.advanced,
                required=is_needed(cls, field),
                default=current.configs.get(field, default) if current else default,
                kept=bool(current and is_secret and field in current.secrets),
            )
        )
    return found


def name_problem(name: str) -> FieldProblem | None:
    """Return what is wrong with a name, or None."""
    try:
        check_name(name)
    except InvalidConnection as error:
        return error.problems[0]
    return None


def answer_problem(cls: type[Connection], field: str, answers: Mapping[str, Any]) -> FieldProblem | None:
    """Return what is wrong with the answer to ``field``, the others aside, or None."""
    try:
        build(cls, answers)
    except InvalidConnection as error:
        return next((p for p in error.problems if p.field == field), None)
    return None


def _has_one_value(annotation: Any) -> bool:
    """Tell whether a field can only ever have its default (``Literal["azure"]``)."""
    return getattr(annotation, "__origin__", None) is Literal and len(annotation.__args__) == 1
