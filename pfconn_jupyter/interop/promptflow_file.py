"""A connection as prompt flow's YAML, for ``pf connection create -f``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.connections.promptflow_types import KEPT, NAMES
from pfconn_jupyter.interop.promptflow_parts import parts_of

if TYPE_CHECKING:
    from pfconn_jupyter.interop.described import Described

PLACEHOLDER = "<user-input>"
"""Where it stands for a secret, prompt flow asks for it."""


def as_promptflow(described: Described) -> tuple[str, tuple[str, ...]]:
    """Return prompt flow's YAML, and what differs in it from the connection here.

    In place of a secret stands the word at which prompt flow asks for it: a ``${env:…}`` would be
    stored as it stands (measured with 1.18.5), and a ``--set`` can be read by every process.

    Raises
    ------
    NotSupported
        Prompt flow has no such type, or knows no Microsoft Entra ID for it.
    """
    import yaml

    parts = parts_of(described.cls, described.record.auth, described.configs)
    content: dict[str, object] = {"name": described.name, "type": parts.kind.yaml}
    secrets = dict.fromkeys(described.secrets, PLACEHOLDER)
    if parts.kind.type == "custom":
        configs = dict(parts.configs)
        # Only with all four does `pf` take it for a strong type.
        if all(configs.get(KEPT + field) for field in NAMES):
            content |= {field: configs.pop(KEPT + field) for field in NAMES}
        content |= {"configs": configs, "secrets": secrets}
    else:
        content |= {**parts.configs, **described.cls.IMPLIED, **secrets}
    asks = f", which asks for {', '.join(described.secrets)}" if described.secrets else ""
    head = "".join(f"# {note}\n" for note in (f"For pf connection create -f{asks}.", *parts.notes))
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000), parts.notes
