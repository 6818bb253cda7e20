"""Fields to a connection: names mended, secrets cleaned, broken rules told field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.endpoint import host_of, is_known_host
from pfconn_jupyter.connections.names import did_you_mean
from pfconn_jupyter.connections.rules import LONGEST_SECRET, is_placeholder
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.connections.validating import validated
from pfconn_jupyter.errors import FieldProblem, InvalidConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pfconn_jupyter.connections.connection import Connection

    Notify = Callable[[str], None]

ENDPOINT_WORDS = ("endpoint", "azure_endpoint", "api_base", "base_url")
_SHOWN_KEY = 40


def build(cls: type[Connection], fields: Mapping[str, Any], notify: Notify = lambda _: None) -> Connection:
    """Return a connection of ``cls`` from what a person gave.

    Parameters
    ----------
    fields
        Field name to text or `Secret`. For custom connections ``configs`` and ``secrets``
        (or ``values``). An empty text or None stands for "not given".
    notify
        Is told what was changed or looks odd: a trimmed key, an unknown host.

    Raises
    ------
    InvalidConnection
        With all broken rules.
    """
    given = {k: v for k, v in fields.items() if v is not None and v != ""}
    custom = "values" in cls.model_fields
    named, problems = _custom_values(given) if custom else _known_fields(cls, given, notify)
    secret = [name for name in named if isinstance(named[name], Secret) or name in cls.secret_fields()]
    for name in secret:
        try:
            named[name] = _clean_custom(name, named[name]) if custom else _clean_secret(cls, name, named[name], notify)
        except InvalidConnection as error:
            problems += error.problems
    connection, broken = validated(cls, {"values": named} if custom else named)
    told = {problem.field for problem in problems}
    problems += [p for p in broken if p.field not in told]
    if problems or connection is None:
        raise InvalidConnection(problems)
    if connection.endpoint_url and cls.HOSTS and not is_known_host(connection.endpoint_url, cls.HOSTS):
        notify(f"{host_of(connection.endpoint_url)} is not a known {cls.LABEL} host; the key will be sent there.")
    return connection


def rebuild(cls: type[Connection], configs: Mapping[str, str], secrets: Mapping[str, Secret]) -> Connection:
    """Return a connection from its stored parts; for stores.

    Raises
    ------
    InvalidConnection
        What is stored breaks a rule.
    """
    parts: dict[str, Any] = {**configs, **secrets}
    connection, problems = validated(cls, {"values": parts} if "values" in cls.model_fields else parts)
    if connection is None:
        raise InvalidConnection(problems)
    return connection


def field_name(cls: type[Connection], word: str) -> str:
    """Return the field of ``cls`` that ``word`` means: any word for the address is accepted."""
    if word in cls.model_fields or not cls.ENDPOINT:
        return word
    return cls.ENDPOINT if word in ENDPOINT_WORDS else word


def _known_fields(
    cls: type[Connection], given: Mapping[str, Any], notify: Notify
) -> tuple[dict[str, Any], list[FieldProblem]]:
    named: dict[str, Any] = {}
    problems = []
    for word, value in given.items():
        name = field_name(cls, word)
        if word in cls.IMPLIED:
            problems += _implied(cls, word, value, notify)
        elif name not in cls.model_fields:
            shown = word if len(word) <= _SHOWN_KEY else f"{word[:8]}…"
            nearest = did_you_mean(word, cls.model_fields)
            problem = f"is not a field of {cls.TYPE}.{nearest}"
            problems.append(FieldProblem(shown, problem, f"Fields: {', '.join(cls.model_fields)}."))
        elif name in named:
            problems.append(FieldProblem(name, f"is given twice, also as {word}.", "Give it once."))
        else:
            named[name] = value.strip() if isinstance(value, str) and name not in cls.secret_fields() else value
    return named, problems


def _implied(cls: type[Connection], word: str, value: Any, notify: Notify) -> list[FieldProblem]:
    always = cls.IMPLIED[word]
    if str(value).strip().lower() == always.lower():
        notify(f"{word} is left out: it is {always} for every {cls.LABEL} connection.")
        return []
    return [FieldProblem(word, f"is always {always} for {cls.TYPE}.", "Leave it out, or choose another type.")]


def _custom_values(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldProblem]]:
    """Merge ``configs`` and ``secrets``; what stands in ``secrets`` becomes a `Secret`."""
    problems = []
    for name in sorted(given.keys() - {"configs", "secrets", "values"}):
        hint = "On the line: --set configs.KEY=VALUE --set secrets.KEY='${env:NAME}'."
        problems.append(FieldProblem(name, "is neither a config nor a secret.", hint))
    configs, secrets = (dict(given.get(part) or {}) for part in ("configs", "secrets"))
    for key in sorted(configs.keys() & secrets.keys()):
        hint = "Keep it as a secret, or give one of them another name."
        problems.append(FieldProblem(key, "is both a config and a secret.", hint))
    secrets = {k: Secret(v) if isinstance(v, str) else v for k, v in secrets.items()}
    return {**(given.get("values") or {}), **configs, **secrets}, problems


def _clean_secret(cls: type[Connection], name: str, value: Any, notify: Notify) -> Secret:
    text = _checked(name, value)
    trimmed = text.strip()
    if any(not 0x20 < ord(c) < 0x7F for c in trimmed):
        if not cls.KEYS_ONLY:
            return Secret(text)
        problem = "has blanks, line ends or characters outside ASCII in it."
        raise InvalidConnection([FieldProblem(name, problem, "Copy the key again, alone.")])
    if trimmed != text:
        notify(f"{name}: blanks or line ends around it were removed.")
    return Secret(trimmed)


def _clean_custom(name: str, value: Any) -> Secret:
    """Check a custom secret; it is kept to the letter: it may be a password or a certificate."""
    return Secret(_checked(name, value))


def _checked(name: str, value: Any) -> str:
    text = value.reveal() if isinstance(value, Secret) else value
    if not isinstance(text, str):
        raise InvalidConnection([FieldProblem(name, "is not a text.", "Give the secret as a text.")])
    if len(text) > LONGEST_SECRET:
        problem = f"is {len(text):,} characters long; at most {LONGEST_SECRET:,} can be kept."
        raise InvalidConnection([FieldProblem(name, problem, "Is it the key, and only the key?")])
    if not text.strip():
        raise InvalidConnection([FieldProblem(name, "is empty.", "Give the secret.")])
    if is_placeholder(text):
        raise InvalidConnection(
            [FieldProblem(name, "is a placeholder, not a secret.", "Put the real key in its place.")]
        )
    return text
