"""A connection in prompt flow's words: its type there, its configs, and what prompt flow has no place for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.custom import CustomConnection
from pfconn_jupyter.errors import NotSupported
from pfconn_jupyter.interop.promptflow_kinds import CONTENT_SAFETY_VERSION, OLDEST, Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.connections.connection import Connection


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


def parts_of(cls: type[Connection], auth: str, configs: Mapping[str, str]) -> Parts:
    """Return a connection of ``cls`` in prompt flow's words.

    Raises
    ------
    NotSupported
        Prompt flow has no such type, or knows no Microsoft Entra ID for it.
    """
    # A type of one's own is keys and values to prompt flow.
    custom = issubclass(cls, CustomConnection)
    kind = kind_of("custom" if custom else cls.TYPE)
    if kind is None:
        hint = "Give prompt flow a custom connection, or export this one in our own form: --as pfconn."
        raise NotSupported(f"Prompt flow has no {cls.LABEL} connections.", hint)
    if custom:
        return Parts(kind, dict(configs))
    if auth != "key" and "auth_mode" not in kind.configs:
        raise NotSupported(
            f"Prompt flow knows no Microsoft Entra ID for {cls.LABEL}, only a key.",
            "Give the connection a key, or export it in our own form: --as pfconn.",
        )
    kept = {field: value for field, value in configs.items() if field in kind.configs}
    left_out = sorted(configs.keys() - {*kind.configs, "auth_mode"})
    notes = [f"prompt flow has no {', '.join(left_out)}; left out."] if left_out else []
    if kind.type == "azure_content_safety" and kept["api_version"] != CONTENT_SAFETY_VERSION:
        notes.append(
            f"api_version is {CONTENT_SAFETY_VERSION} there, not {kept['api_version']}: "
            "prompt flow's Content Safety tool reads no other one's answers"
            f" (the service names {OLDEST[kind.type]} as the oldest it supports)."
        )
        kept["api_version"] = CONTENT_SAFETY_VERSION
    return Parts(kind, kept, tuple(notes))
