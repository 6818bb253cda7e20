"""A connection as the environment variables that SDKs read: set on request, and taken back."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pfconn_jupyter.api import warn
from pfconn_jupyter.connections.custom import CustomConnection
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pfconn_jupyter.connections.connection import Connection

_NOT_IN_NAMES = re.compile(r"[^A-Z0-9]+")


@dataclass(frozen=True)
class Variable:
    """One variable of a connection.

    Attributes
    ----------
    name, field
        What it is called, and the field it carries.
    value
        What it is set to; None if the connection has no such value: the variable is then
        taken away, so that another service's value is not used with this one.
    """

    name: str
    field: str
    value: str | Secret | None


def variable_name(connection: str, field: str) -> str:
    """Return the variable of a field that no SDK has one for: ``MY_CONN_API_KEY``, as prompt flow names it."""
    return _NOT_IN_NAMES.sub("_", f"{connection}_{field}".upper()).strip("_")


def names_of(cls: type[Connection], connection: str, field: str) -> tuple[str, ...]:
    """Return the variables of a field: those that SDKs read; where a custom type says none, ``NAME_FIELD``."""
    ask = cls.asks().get(field)
    if ask and ask.env:
        return ask.env
    return (variable_name(connection, field),) if issubclass(cls, CustomConnection) else ()


def variables(connection: Connection) -> list[Variable]:
    """Return the variables of ``connection``: those that SDKs read, or ``NAME_FIELD`` for a custom one.

    The address is always among them, also where it is the service's own: a stray one would
    lead the key elsewhere.
    """
    cls = type(connection)
    custom = "values" in cls.model_fields
    fields = [*connection.configs, *connection.secrets] if custom else [*cls.asks()]
    return [
        Variable(name, field, _value(connection, field))
        for field in fields
        for name in names_of(cls, connection.name or cls.TYPE, field)
    ]


def _value(connection: Connection, field: str) -> str | Secret | None:
    if field == connection.ENDPOINT:
        return connection.endpoint_url
    return connection.secrets.get(field) or connection.configs.get(field) or None


def rivals(connection: Connection, environ: Mapping[str, str] | None = None) -> list[str]:
    """Return a sentence for each variable that is set and that an SDK prefers to those of ``connection``."""
    values = os.environ if environ is None else environ
    return [f"{name} is set: {what}." for name, what in connection.RIVALS if values.get(name)]


class Environment:
    """What `put` changed in ``os.environ``, to be taken back."""

    def __init__(self, changed: list[Variable], before: dict[str, Secret | None]) -> None:
        self.changed = changed
        self.before = before

    def take_back(self, later: Sequence[Environment] = ()) -> list[str]:
        """Restore what was there; return the names of variables that somebody changed since, and that stay.

        Parameters
        ----------
        later
            What was put after it, and stays: what one of them will restore is then what was here before this one.
        """
        left = []
        for variable in self.changed:
            name, before = variable.name, self.before[variable.name]
            if heir := next((e for e in later if any(v.name == name for v in e.changed)), None):
                heir.before[name] = before
            elif _current(name) != _as_secret(variable.value):
                left.append(name)
            elif before is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = before.reveal()
        self.changed = []
        return left


def put(connection: Connection) -> Environment:
    """Set the variables of ``connection`` for this process and all that it starts.

    Raises
    ------
    UsageProblem
        A value cannot be an environment variable, or two need the same; nothing was set.
    """
    wanted = variables(connection)
    owners: dict[str, str] = {}
    for variable in wanted:
        if (owner := owners.setdefault(variable.name, variable.field)) != variable.field:
            raise UsageProblem(
                f"{owner} and {variable.field} both need the variable {variable.name}.",
                "Read the connection with pfconn.get(name) instead.",
            )
    for variable in wanted:
        if not _fits(variable.value):
            raise UsageProblem(
                f"{variable.field} holds characters that no environment variable can.",
                "Read the connection with pfconn.get(name) instead.",
            )
    before = {v.name: _current(v.name) for v in wanted}
    changed = [v for v in wanted if v.value is not None or before[v.name] is not None]
    for variable in changed:
        if variable.value is None:
            os.environ.pop(variable.name, None)
        else:
            value = variable.value
            os.environ[variable.name] = value.reveal() if isinstance(value, Secret) else value
    return Environment(changed, before)


held: dict[str, Environment] = {}
"""What `hold` set, by "NAME in STORE", until `release`."""


def hold(connection: Connection) -> Environment:
    """`put` the variables of ``connection`` until `release`; an earlier `hold` of it is taken back first."""
    key = _key(connection)
    release(key)
    held[key] = put(connection)
    return held[key]


def release(key: str = "") -> dict[str, list[str]]:
    """Take back one `hold`, or all, the last first; return for each the variables that were left as they are."""
    found = {}
    for each in [key] if key else list(reversed(held)):
        if each in held:
            order = [*held]
            later = [held[name] for name in order[order.index(each) + 1 :]]
            found[each] = held.pop(each).take_back(later)
    return found


def _key(connection: Connection) -> str:
    record = connection.record
    return f"{record.name} in {record.store}, {record.scope}" if record else connection.TYPE


@contextmanager
def environ(connection: Connection, *, notify: Callable[[str], None] = warn) -> Iterator[list[Variable]]:
    """Set the variables of ``connection`` for the time of a ``with`` block; yields them.

    They are the process's: other threads see them, and programs that the block starts keep them.

    Parameters
    ----------
    notify
        Is told which other variable an SDK prefers to these; warns by default.
    """
    for rival in rivals(connection):
        notify(rival)
    environment = put(connection)
    try:
        yield list(environment.changed)
    finally:
        environment.take_back()


def _current(name: str) -> Secret | None:
    return Secret(os.environ[name]) if name in os.environ else None


def _as_secret(value: str | Secret | None) -> Secret | None:
    return Secret(value) if isinstance(value, str) else value


def _fits(value: str | Secret | None) -> bool:
    text = value.reveal() if isinstance(value, Secret) else value or ""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeError:
        # Not raised on: it holds the text.
        return False
