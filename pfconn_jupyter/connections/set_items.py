"""``--set FIELD=VALUE`` to fields; a secret stands there only as ``${env:NAME}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.build import field_name
from pfconn_jupyter.connections.environment import is_reference, resolve_env
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import SecretRefused, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pfconn_jupyter.connections.connection import Connection

_VARIABLE = re.compile(r"\$\w+|\{[^{}]*\}|\$\{\w+\}")


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


def _secret_from(word: str, value: str, environ: Mapping[str, str] | None) -> Secret:
    if is_reference(value):
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
