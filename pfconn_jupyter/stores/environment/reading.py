"""What the environment says of a connection, to its record, and to the connection itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.build import build, field_name
from pfconn_jupyter.connections.endpoint import MISSING
from pfconn_jupyter.connections.names import check_name, did_you_mean, fold
from pfconn_jupyter.connections.plain_text import NoPlainText
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.registry import connection_type, type_name
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import FieldProblem, InvalidConnection, InvalidName, PfconnError, StoreError
from pfconn_jupyter.stores.environment.found import CONFIGS, NAME, SECRETS, TYPE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.stores.environment.found import Found

_UNREAD = "not-read-by-a-list"


def record_of(found: Found, store: str) -> ConnectionRecord:
    """Return the record; reads no secret, and raises for nothing: what is wrong is its problem."""
    name = found.word
    try:
        name = _name(found)
        connection = _built(found, read_secrets=False)
    except PfconnError as error:
        return ConnectionRecord(name, _type_word(found), "private", store, problem=f"{error.problem} {error.hint}")
    auth = connection.auth
    package = connection.PACKAGE
    return ConnectionRecord(name, connection.TYPE, "private", store, "", auth, connection.configs, package=package)


def connection_of(found: Found, store: str, notify: Callable[[str], None]) -> Connection:
    """Return the connection with its secrets.

    Raises
    ------
    InvalidName, InvalidConnection, StoreError
        What is said of it breaks a rule, or cannot be read.
    """
    record = record_of(found, store)
    name = _name(found)
    return _built(found, read_secrets=True, notify=lambda text: notify(f"{name}: {text}")).bind(record)


def _name(found: Found) -> str:
    if found.stray:
        field = found.example.format("FIELD")
        raise InvalidConnection([FieldProblem("", f"{found.stray} names no field.", f"Write it as {field}.")])
    said = found.fields.get(NAME)
    name = check_name(said.text().strip() if said and said.given() else found.word)
    if fold(name) != fold(found.word):
        hint = f"It may only differ in case, '.', '_' and '-': for example {found.word}."
        raise InvalidName([FieldProblem("name", f"{name!r} is not the name {found.word!r} here.", hint)])
    return name


def _type_word(found: Found) -> str:
    said = found.fields.get(TYPE)
    try:
        word = said.text().strip() if said else ""
    except StoreError:
        return ""
    return type_name(word) or word[:64]


def _built(found: Found, *, read_secrets: bool, notify: Callable[[str], None] = lambda _: None) -> Connection:
    for name, (one, other) in found.twice.items():
        raise InvalidConnection([FieldProblem(name, f"is given twice: {one} and {other}.", "Keep one of them.")])
    said = found.fields.get(TYPE)
    word = said.text().strip() if said else ""
    if not word:
        hint = f"Set {found.example.format(_cased(TYPE, found))}, for example to azure_openai."
        raise InvalidConnection([FieldProblem(TYPE, "is missing.", hint)])
    cls = connection_type(word)
    fields = _fields(found, cls, read_secrets=read_secrets)
    try:
        # Of the frames of `build`, which looks at the values.
        with NoPlainText(fields):
            return build(cls, fields, notify)
    except InvalidConnection as error:
        told = [_here(found, problem) for problem in error.problems]
    raise InvalidConnection(told)


def _fields(found: Found, cls: type[Connection], *, read_secrets: bool) -> dict[str, Any]:
    """Return the fields as `build` takes them; in the place of a secret that is not read stands another text."""
    custom = "values" in cls.model_fields
    open_fields = cls.model_fields.keys() - set(cls.secret_fields())
    fields: dict[str, Any] = {"configs": {}, "secrets": {}} if custom else {}
    for name, source in found.fields.items():
        if name in (TYPE, NAME) or not source.given():
            continue
        if custom and not name.startswith((CONFIGS, SECRETS)):
            raise _no_part(found, name)
        # What is no field may be a key whose field is misspelled: it is not read either.
        plain = name.startswith(CONFIGS) if custom else field_name(cls, name) in open_fields
        value: Any = source.text() if plain else source.secret() if read_secrets else Secret(_UNREAD)
        part, _, key = name.partition(".") if custom else ("", "", name)
        (fields[part] if custom else fields)[key] = value
    return fields


def _here(found: Found, problem: FieldProblem) -> FieldProblem:
    """Return a problem with the hint for this place: what is missing is not to be set on a line."""
    if problem.problem != MISSING:
        return problem
    return replace(problem, hint=f"Set {found.example.format(_cased(problem.field, found))}.")


def _no_part(found: Found, name: str) -> InvalidConnection:
    """Return the error for a field of a custom connection that is neither config nor secret."""
    nearest = did_you_mean(name.partition("__")[0].partition(".")[0], ("configs", "secrets"))
    between = "." if "/" in found.example or "\\" in found.example else "__"
    secrets = found.example.format(f"{_cased('secrets', found)}{between}{_cased('KEY', found)}")
    configs = secrets.replace(_cased("secrets", found), _cased("configs", found))
    problem = f"is neither a config nor a secret of a custom connection.{nearest}"
    return InvalidConnection([FieldProblem(name, problem, f"Write {secrets}, or {configs}.")])


def _cased(word: str, found: Found) -> str:
    """Return a word as the place writes it: variables in capitals, files in small letters."""
    return word.upper() if found.example.startswith("PFCONN_") else word.lower()
