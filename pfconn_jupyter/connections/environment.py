"""What stands in environment variables: ``${env:NAME}`` in a value, and those that a type's SDKs read."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.connection import is_needed
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import FieldProblem, InvalidConnection, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.connections.connection import Ask, Connection

_ENV = re.compile(r"\$\{env:([^}]*)\}")
_ONLY_ENV = re.compile(r"(?:\$\{env:[^}]*\})+")


def resolve_env(text: str, where: str, environ: Mapping[str, str] | None = None) -> str:
    """Return ``text`` with each ``${env:NAME}`` replaced by that variable's value.

    Raises
    ------
    InvalidConnection
        A variable is not set or empty; ``where`` names the field.
    """
    values = os.environ if environ is None else environ

    def value(match: re.Match[str]) -> str:
        name = match[1].strip()
        if not values.get(name):
            problem = f"needs the environment variable {name}, which is not set."
            hint = f"Set {name} before the kernel starts, or give the value another way."
            raise InvalidConnection([FieldProblem(where, problem, hint)])
        return values[name]

    return _ENV.sub(value, text)


def is_reference(text: str) -> bool:
    """Tell whether ``text`` is nothing but ``${env:NAME}``, once or more."""
    return bool(_ONLY_ENV.fullmatch(text))


def from_env(
    cls: type[Connection], environ: Mapping[str, str] | None = None, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the fields found in the variables that this type's SDKs read, but for those ``given`` already.

    A key is not looked for where what is given has no place for one (``auth_mode=meid_token``).

    Raises
    ------
    InvalidConnection
        A required variable is not set; all that are missing are named.
    UsageProblem
        No variables are known for this type.
    """
    values = os.environ if environ is None else environ
    said = given or {}
    asks = {name: ask for name, ask in cls.asks().items() if ask.env and name not in said and _is_asked(ask, said)}
    if not any(ask.env for ask in cls.asks().values()):
        raise UsageProblem(
            f"A {cls.LABEL} connection has no standard variables.", "Name them: --set secrets.KEY='${env:NAME}'."
        )
    fields: dict[str, Any] = {}
    problems = []
    for name, ask in asks.items():
        found = next((values[variable] for variable in ask.env if values.get(variable)), None)
        if found is not None:
            fields[name] = Secret(found) if name in cls.secret_fields() else found
        elif is_needed(cls, name):
            hint = "Set it before the kernel starts, or leave --from-env out to be asked."
            problems.append(FieldProblem(name, f"needs the environment variable {ask.env[0]}, which is not set.", hint))
    if problems:
        raise InvalidConnection(problems)
    return fields


def _is_asked(ask: Ask, said: Mapping[str, Any]) -> bool:
    return ask.when is None or said.get(ask.when[0], ask.when[1]) == ask.when[1]
