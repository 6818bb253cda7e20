"""A connection as YAML says it, in our form or prompt flow's, to its fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections import promptflow_types
from pfconn_jupyter.connections.environment import is_reference, resolve_env
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.connections.yaml_text import documents
from pfconn_jupyter.errors import FieldProblem, InvalidConnection, PfconnError, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

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
    secret_names = {*secret_fields, *_secret_fields(spec.type)}
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
            secret = _is_secret_word(key) or key in secret_names
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
    if secret and value and not is_reference(value):
        spec.literal_secrets.append(where)
    resolved = resolve_env(value, where, environ)
    return Secret(resolved) if secret and resolved else resolved


def _is_secret_word(word: str) -> bool:
    return any(part in word.lower() for part in ("key", "secret", "token", "password"))
