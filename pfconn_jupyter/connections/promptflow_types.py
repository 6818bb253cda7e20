"""Prompt flow's strong custom types, as its YAML names them, to types that are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections import registry, strong_types
from pfconn_jupyter.connections.type_words import joined, same_package
from pfconn_jupyter.errors import PfconnError

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("custom_type", "module", "package", "package_version")
"""What prompt flow writes beside ``type: custom`` for a class of its ``CustomStrongTypeConnection``."""
KEPT = "promptflow.connection."
"""What the same names begin with in a stored connection's configs, where prompt flow looks for them."""


def resolved(word: str, fields: dict[str, Any], said: Mapping[str, Any]) -> tuple[str, dict[str, Any], str]:
    """Return the type, the fields for it, and what a person should know.

    Parameters
    ----------
    word, fields
        The type and the fields as written; those of a strong type may stand below
        ``configs`` and ``secrets``.
    said
        `NAMES` to what the text says of them, if it is prompt flow's.
    """
    if not said.get("custom_type"):
        return word, _flat(fields) if _is_strong(word) else fields, ""
    found = _type_for(str(said["custom_type"]), str(said.get("package") or ""))
    if found and not (problem := _problem(found)):
        return found, _flat(fields), ""
    names = {KEPT + name: str(said[name]) for name in NAMES if said.get(name)}
    where = f" of the package {said['package']}" if said.get("package") else ""
    why = f"cannot be used ({problem.rstrip('.')})" if found else "is not here"
    note = (
        f"The type {said['custom_type']}{where} {why}: it becomes a plain custom connection, "
        f"with {', '.join(names)} in its configs."
    )
    return word, {**fields, "configs": {**(fields.get("configs") or {}), **names}}, note


def _type_for(class_name: str, package: str) -> str:
    """Return the word of the type that ``class_name`` of ``package`` is here, or ``""``."""
    fitting = [each for each in strong_types.strong() if each.answers_to(class_name)]
    own = [each for each in fitting if package and same_package(each.package, package)]
    # A class of the notebook or a module is taken for it too; one of another package is not.
    found = own or [each for each in fitting if not each.package or not package]
    return joined(found[0].name, found[0].package) if len(found) == 1 else ""


def _problem(word: str) -> str:
    try:
        registry.connection_type(word)
    except PfconnError as error:
        return error.problem
    return ""


def _is_strong(word: str) -> bool:
    return registry.built_in_name(word) is None and registry.type_name(word) is not None


def _flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with those below ``configs`` and ``secrets`` beside the others."""
    parts = [fields[part] for part in ("configs", "secrets") if isinstance(fields.get(part), dict)]
    flat = {name: value for name, value in fields.items() if name not in ("configs", "secrets") or not parts}
    for part in parts:
        flat |= part
    return flat
