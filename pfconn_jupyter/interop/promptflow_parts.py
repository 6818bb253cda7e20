"""A connection in prompt flow's words: its type there, its configs, and what prompt flow has no place for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import NotSupported
from pfconn_jupyter.interop.promptflow_kinds import CONTENT_SAFETY_VERSION, OLDEST, Kind, kind_of

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection

_UNKNOWN_THERE = "prompt flow keeps it in the flow"


@dataclass(frozen=True)
class Parts:
    """What prompt flow takes of a connection; the secrets are called the same there.

    Attributes
    ----------
    kind
        Its type there.
    configs
        Field name to value.
    notes
        What differs from the connection here, a sentence each.
    """

    kind: Kind
    configs: dict[str, str]
    notes: tuple[str, ...] = ()


def parts_of(connection: Connection) -> Parts:
    """Return ``connection`` in prompt flow's words.

    Raises
    ------
    NotSupported
        Prompt flow has no such type, or only with a key.
    """
    custom = "values" in type(connection).model_fields
    kind = kind_of("custom" if custom else connection.TYPE)
    if kind is None:
        raise NotSupported(
            f"Prompt flow has no type for {connection.LABEL}.", "Create a custom connection with its keys and values."
        )
    if custom:
        return Parts(kind, connection.configs)
    if connection.auth != "key" and "auth_mode" not in kind.configs:
        problem = f"Prompt flow's {connection.LABEL} connection takes a key only; this one is for Microsoft Entra ID."
        raise NotSupported(problem, "Create one with auth_mode=key for prompt flow.")
    configs = {field: value for field, value in connection.configs.items() if field in kind.configs}
    stays = connection.configs.keys() - {*kind.configs, "auth_mode"}
    notes = [f"{field} is left out: {_UNKNOWN_THERE}." for field in sorted(stays)]
    if kind.type == "azure_content_safety" and configs["api_version"] != CONTENT_SAFETY_VERSION:
        notes.append(
            f"api_version is {CONTENT_SAFETY_VERSION} there, not {configs['api_version']}: "
            "prompt flow's Content Safety tool reads no other one's answers"
            f" (the service names {OLDEST[kind.type]} as the oldest it supports)."
        )
        configs["api_version"] = CONTENT_SAFETY_VERSION
    return Parts(kind, configs, tuple(notes))
