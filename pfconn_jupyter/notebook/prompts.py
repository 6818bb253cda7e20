"""The same questions as the form's, at a prompt: in a terminal, and with ``--prompt``."""

from __future__ import annotations

import getpass
import warnings
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.registry import connection_type, names, type_name
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import CannotAsk, PfconnError
from pfconn_jupyter.notebook.notice import OLD_KEY, Notice, saved
from pfconn_jupyter.notebook.questions import Question, answer_problem, name_problem, questions

if TYPE_CHECKING:
    from datetime import datetime

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import Scope
    from pfconn_jupyter.errors import FieldProblem
    from pfconn_jupyter.notebook.context import Context

CANCELLED = Notice("Cancelled: nothing was saved.", done=False)


def create(
    context: Context,
    cls: type[Connection] | None,
    name: str,
    given: dict[str, Any],
    *,
    scope: Scope | None = None,
    expires: datetime | None = None,
    test: bool = False,
) -> Notice:
    """Ask for what is missing, then save."""
    try:
        cls = cls or _ask_type()
        name = name or _ask_name(context, scope)
        answers = _ask_all(cls, dict(given))
        connection = context.connections.build(cls.full_type(), **answers)
        context.notes.clear()  # create says them again
        tested = _offer_test(context, connection, name, always=test)
        if tested is None:
            return CANCELLED
        record = context.connections.create(cls.full_type(), name, scope=scope, expires=expires, **answers)
    except (KeyboardInterrupt, EOFError):
        return CANCELLED
    return saved(record, context, tested or "saved")


def update(context: Context, current: Connection) -> Notice:
    """Ask for every field, with what is stored as the answer to Enter."""
    try:
        answers = _ask_all(current.kind, {}, current)
        record = context.connections.update(current.name, scope=_scope(current), **answers)
    except (KeyboardInterrupt, EOFError):
        return CANCELLED
    return saved(record, context, "updated")


def rotate(context: Context, current: Connection, *, test: bool = True) -> Notice:
    """Ask for the secrets only."""
    try:
        secrets = {name: ask_secret(f"New {name}: ") for name in current.secrets}
        secrets = {name: value for name, value in secrets.items() if value.reveal()}
        if not secrets:
            return CANCELLED
        fields: dict[str, Any] = {**secrets}
        record = context.connections.rotate(current.name, scope=_scope(current), test=test, **fields)
    except (KeyboardInterrupt, EOFError):
        return CANCELLED
    context.notes.append(OLD_KEY)
    return saved(record, context, "rotated")


def ask_secret(prompt: str) -> Secret:
    """Return a secret typed without echo.

    Raises
    ------
    CannotAsk
        The terminal cannot hide what is typed.
    """
    with warnings.catch_warnings():
        # Without a terminal getpass would show what is typed.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return Secret(getpass.getpass(prompt))
        except getpass.GetPassWarning:
            raise CannotAsk(
                "This terminal would show the secret.", "Name a variable: --set api_key='${env:NAME}'."
            ) from None


def _ask_all(cls: type[Connection], answers: dict[str, Any], current: Connection | None = None) -> dict[str, Any]:
    for question in questions(cls, current):
        if question.field in answers or (question.advanced and current is None):
            continue
        if not question.is_asked(answers):
            continue
        if question.kind == "rows":
            answers |= _ask_rows(current, answers)
            continue
        _ask_until_right(cls, question, answers)
    return answers


def _ask_until_right(cls: type[Connection], question: Question, answers: dict[str, Any]) -> None:
    while True:
        answer = _ask(question)
        if answer is None and (question.kept or not question.required):
            return
        problem = answer_problem(cls, question.field, {**answers, question.field: answer})
        if problem is None:
            answers[question.field] = answer
            return
        _tell(problem)


def _ask(question: Question) -> str | Secret | None:
    """Return the answer, or None for an empty one."""
    where = f" {question.where_title} {question.where}" if question.where else ""
    if question.help:
        print(f"  {question.help}{where}")  # noqa: T201  # a prompt
    if question.kind == "secret":
        secret = ask_secret(f"{question.title}{' (Enter keeps it)' if question.kept else ''}: ")
        return secret if secret.reveal() else None
    if question.kind == "choice":
        return _ask_choice(question)
    shown = f" [{question.default}]" if question.default else ""
    return input(f"{question.title}{shown}: ").strip() or question.default or None


def _ask_choice(question: Question) -> str:
    options = ", ".join(f"{i} {label}" for i, (_, label) in enumerate(question.choices, 1))
    values = [value for value, _ in question.choices]
    number = values.index(question.default) + 1 if question.default in values else 1
    while True:
        text = input(f"{question.title} ({options}) [{number}]: ").strip() or str(number)
        if text in values:
            return text
        if text.isdigit() and 1 <= int(text) <= len(values):
            return values[int(text) - 1]
        print(f"  Answer with a number from 1 to {len(values)}.")  # noqa: T201  # a prompt


def _ask_rows(current: Connection | None, given: dict[str, Any]) -> dict[str, Any]:
    """Ask for a custom connection's keys and values until an empty key."""
    configs, secrets = dict(given.get("configs") or {}), dict(given.get("secrets") or {})
    stored = [*current.configs, *current.secrets] if current else []
    if stored:
        print(f"  Stored: {', '.join(stored)}. Name one to change it.")  # noqa: T201  # a prompt
    while True:
        key = input("Key (Enter ends): ").strip()
        if not key and (secrets or current):
            return {"configs": configs, "secrets": secrets}
        if not key:
            print("  At least one secret is needed.")  # noqa: T201  # a prompt
        elif key in configs or key in secrets:
            print(f"  {key} is there already.")  # noqa: T201  # a prompt
        elif input(f"Is {key} secret? [y/N] ").strip().lower() in ("y", "yes"):
            secrets[key] = ask_secret(f"{key}: ")
        else:
            configs[key] = input(f"{key}: ").strip()


def _ask_type() -> type[Connection]:
    while True:
        word = input(f"Type ({', '.join(names())}): ").strip()
        if type_name(word):
            return connection_type(word)
        print(f"  There is no type {word!r}.")  # noqa: T201  # a prompt


def _ask_name(context: Context, scope: Scope | None) -> str:
    while True:
        name = input("Name: ").strip()
        problem = name_problem(name)
        if problem is None:
            try:
                context.connections.check_free(name, scope=scope)
            except PfconnError as error:
                print(f"  {error.problem} {error.hint}")  # noqa: T201  # a prompt
                continue
            return name
        _tell(problem)


def _offer_test(context: Context, connection: Connection, name: str, *, always: bool) -> str | None:
    """Test before saving; return how it was saved, ``""`` if not tested, None to stop."""
    if next(connection.probes(), None) is None:
        return ""
    if not always and input("Test it first? [Y/n] ").strip().lower() in ("n", "no"):
        return ""
    outcome = context.connections.check(connection)
    print(f"  {outcome.status}: {outcome.detail}. {outcome.hint}".rstrip())  # noqa: T201  # a prompt
    if outcome.status == "ok":
        return "saved, tested ok,"
    answer = input(f"Save {name} all the same? [y/N] ").strip().lower()
    return "" if answer in ("y", "yes") else None


def _tell(problem: FieldProblem) -> None:
    print(f"  {problem.field} {problem.problem} {problem.hint}")  # noqa: T201  # a prompt


def _scope(current: Connection) -> Scope | None:
    return current.record.scope if current.record else None
