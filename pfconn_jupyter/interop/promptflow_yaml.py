"""A connection as prompt flow's YAML, for ``pf connection create --file``; never with a secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from pfconn_jupyter.interop.promptflow_kinds import STRONG, STRONG_FIELDS
from pfconn_jupyter.interop.promptflow_parts import parts_of

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection

_SCHEMA = "https://azuremlschemas.azureedge.net/promptflow/latest/{}.schema.json"
ASKED = "<user-input>"
"""Where this stands for a secret, ``pf connection create`` asks for it."""


def dump(connection: Connection, name: str = "", secrets: Literal["env", "ask"] = "env") -> str:
    """Return ``connection`` as one YAML document, with comments on what differs.

    Parameters
    ----------
    name
        What it is called there; its name here by default.
    secrets
        ``env``: as ``${env:NAME}``. `%pfconn import` resolves that; ``pf`` stores it to the
        letter, so give it the value with ``--set``. ``ask``: ``pf`` asks.

    Raises
    ------
    NotSupported
        Prompt flow has no such type, or only with a key.
    """
    import yaml

    parts = parts_of(connection)
    called = name or connection.name
    hidden = {k: f"${{env:{variable(called, k)}}}" if secrets == "env" else ASKED for k in connection.secrets}
    content: dict[str, Any] = {"$schema": "", "name": called, "type": parts.kind.yaml}
    if parts.kind.type == "custom":
        configs = dict(parts.configs)
        # Only with all four does `pf` take it for a strong type.
        if all(configs.get(STRONG + field) for field in STRONG_FIELDS):
            content |= {field: configs.pop(STRONG + field) for field in STRONG_FIELDS}
        content |= {"configs": configs, "secrets": hidden}
    else:
        content |= {**parts.configs, **hidden}
    kind = "CustomStrongType" if "custom_type" in content else parts.kind.stored
    content["$schema"] = _SCHEMA.format(f"{kind}Connection")
    comments = "".join(f"# {note}\n" for note in parts.notes)
    return comments + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1_000)


def variable(name: str, field: str) -> str:
    """Return the variable of a secret, called as ``pf flow build`` calls it: ``MY_AOAI_API_KEY``."""
    return re.sub(r"\W", "_", f"{name}_{field}", flags=re.ASCII).upper()
