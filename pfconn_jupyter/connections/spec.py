"""What a person writes down of a connection, to its fields: ``k=v``, YAML, ``${env:NAME}``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections import promptflow_types
from pfconn_jupyter.connections.build import field_name
from pfconn_jupyter.connections.connection import is_needed
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import FieldProblem, InvalidConnection, PfconnError, SecretRefused, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pfconn_jupyter.connections.connection import Ask, Connection

_ENV = re.compile(r"\$\{env:([^}]*)\}")
_ONLY_ENV = re.compile(r"(?:\$\{env:[^}]*\})+")
_VARIABLE = re.compile(r"\$\w+|\{[^{}]*\}|\$\{\w+\}")
# What prompt flow writes beside the fields.
_YAML_NULL = ("", "~", "null")
_YAML_META = {"$schema", "name", "type", "module"}


@dataclass
class Spec:
    """A connection as written down: `fields` are ready for `build`."""

    type: str = ""
    name: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    literal_secrets: list[str] = field(default_factory=list)
    """Fields whose secret stands in plain text where it was read from."""
    note: str = ""
    """What became of it that a person should know, or ``""``."""


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


def parse_set(cls: type[Connection], items: Sequence[str], environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the fields of ``--set FIELD=VALUE`` items.

    Custom connections take ``configs.KEY=VALUE`` and ``secrets.KEY='${env:NAME}'``.

    Raises
    ------
    SecretRefused
        A secret stands on the line as a literal, ``$name`` or ``{name}``.
    UsageProblem, InvalidConnection
    """
    fields: dict[str, Any] = {}
    for item in items:
        word, equals, value = item.partition("=")
        if not equals or not word:
            raise UsageProblem("--set takes FIELD=VALUE.", f"For example: --set {_example(cls)}")
        part, dot, key = word.partition(".")
        is_custom = "values" in cls.model_fields
        target = fields.setdefault(part, {}) if is_custom and dot else fields
        name = key if is_custom and dot else field_name(cls, word)
        if name in target:
            raise UsageProblem(f"--set {word} is given twice.", "Give it once.")
        secret = part == "secrets" if is_custom else name in cls.secret_fields()
        target[name] = _secret_from(word, value, environ) if secret else resolve_env(value, word, environ)
    return fields


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


def from_yaml(
    text: str, source: str, environ: Mapping[str, str] | None = None, secret_fields: Collection[str] = ()
) -> Spec:
    """Return what a YAML text says, in our form or prompt flow's.

    Parameters
    ----------
    source
        What it is called in messages: a file's name, or "the cell".
    secret_fields
        Fields that are known to be secret, besides those of the type that the text names.

    Raises
    ------
    UsageProblem
        It is not YAML, not one mapping, or names a key twice. Never quotes the text.
    InvalidConnection
        A ``${env:NAME}`` is not set.
    """
    contents = documents(text, source)
    if len(contents) > 1:
        hint = f"Each at once: %pfconn import {source}. Or keep one in the file."
        raise UsageProblem(f"{source} holds {len(contents)} connections.", hint)
    return spec_of(contents[0], environ, secret_fields)


def spec_of(
    content: Mapping[str, Any], environ: Mapping[str, str] | None = None, secret_fields: Collection[str] = ()
) -> Spec:
    """Return what one mapping of `documents` says; ``secret_fields`` as in `from_yaml`.

    Raises
    ------
    InvalidConnection
        A ``${env:NAME}`` is not set.
    """
    spec = Spec(str(content.get("type") or ""), str(content.get("name") or ""))
    said = {name: content[name] for name in promptflow_types.NAMES if content.get("custom_type") and name in content}
    secret_fields = {*secret_fields, *_secret_fields(spec.type)}
    for key, value in content.items():
        if key in _YAML_META or key in said:
            continue
        if key in ("configs", "secrets", "values") and isinstance(value, dict):
            secret = key == "secrets"
            spec.fields[key] = {k: _yaml_value(spec, f"{key}.{k}", v, secret, environ) for k, v in value.items()}
        elif key in ("configs", "secrets", "values") and value not in _YAML_NULL:
            hint = "Write each below it: KEY: VALUE."
            raise InvalidConnection([FieldProblem(key, "does not hold keys with values.", hint)])
        else:
            secret = _is_secret_word(key) or key in secret_fields
            spec.fields[str(key)] = _yaml_value(spec, str(key), value, secret, environ)
    spec.type, spec.fields, spec.note = promptflow_types.resolved(spec.type, spec.fields, said)
    return spec


def _secret_fields(word: str) -> tuple[str, ...]:
    try:
        return connection_type(word).secret_fields() if word else ()
    except PfconnError:
        return ()


def _yaml_value(spec: Spec, where: str, value: Any, secret: bool, environ: Mapping[str, str] | None) -> Any:
    if not isinstance(value, str) or value in _YAML_NULL:
        return None if isinstance(value, str) else value
    if secret and value and not _ONLY_ENV.fullmatch(value):
        spec.literal_secrets.append(where)
    resolved = resolve_env(value, where, environ)
    return Secret(resolved) if secret and resolved else resolved


def _is_secret_word(word: str) -> bool:
    return any(part in word.lower() for part in ("key", "secret", "token", "password"))


def _secret_from(word: str, value: str, environ: Mapping[str, str] | None) -> Secret:
    if _ONLY_ENV.fullmatch(value):
        return Secret(resolve_env(value, word, environ))
    if _VARIABLE.fullmatch(value):
        raise SecretRefused(
            f"--set {word}: a variable's value would pass through the line.",
            f"Use Python: pfconn.create(type, name, {word.rpartition('.')[2]}={value.strip('${}')}).",
        )
    raise SecretRefused(
        f"--set {word}: a secret does not belong on the line; treat this one as known to others and rotate it.",
        f"Leave it out to be asked, or name a variable: --set {word}='${{env:NAME}}'.",
    )


def _example(cls: type[Connection]) -> str:
    if "values" in cls.model_fields:
        return "configs.region=westeurope"
    return f"{next(iter(cls.model_fields))}=…"


def documents(text: str, source: str) -> list[dict[str, Any]]:
    """Return the mappings that a YAML text holds, at least one; every value is a text.

    Raises
    ------
    UsageProblem
        It is not YAML, not mappings, or names a key twice. Never quotes the text.
    """
    import yaml

    class Texts(yaml.BaseLoader):
        """All values as written: 1.10 stays 1.10, and 2024-10-21 is no date."""

    def mapping(loader: yaml.BaseLoader, node: yaml.MappingNode) -> dict[Any, Any]:
        keys = [loader.construct_object(k) for k, _ in node.value]
        # PyYAML would keep the last of two equal keys and say nothing.
        for key in keys:
            if keys.count(key) > 1:
                raise UsageProblem(f"{source} names {key} twice.", "Keep one of them.")
        return loader.construct_mapping(node, deep=True)

    Texts.add_constructor("tag:yaml.org,2002:map", mapping)
    try:
        contents = list(yaml.load_all(text, Texts))  # knows no types at all
    except yaml.YAMLError as error:
        # Its text quotes the line, which may hold a key.
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise UsageProblem(
            f"{source} is not YAML{line}.", "Each line is FIELD: VALUE; see %pfconn help create."
        ) from None
    contents = [content for content in contents if content not in (None, "")]
    if not contents or not all(isinstance(content, dict) for content in contents):
        raise UsageProblem(f"{source} holds no connection.", "Each line is FIELD: VALUE; see %pfconn help create.")
    return contents
