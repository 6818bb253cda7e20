r"""Our connections as prompt flow's own objects, and back: flows and promptflow-tools go on working.

For example:

  from pfconn_jupyter import interop
  from promptflow.tools.aoai import chat

  chat(interop.to_promptflow(pfconn.get("my_aoai")), prompt="user:\nhi", deployment_name="gpt-4o-mini")
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.api import warn
from pfconn_jupyter.causes import bare
from pfconn_jupyter.connections.promptflow_types import KEPT, NAMES
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import FieldProblem, InvalidConnection, MissingPackage, NotSupported, PfconnError
from pfconn_jupyter.interop.found import Found, built
from pfconn_jupyter.interop.promptflow_kinds import KINDS
from pfconn_jupyter.interop.promptflow_parts import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.connections.connection import Connection

_PLACE = "promptflow.connections"
_STRONG_BASE = "CustomStrongTypeConnection"


def to_promptflow(connection: Connection, name: str = "", *, notify: Callable[[str], None] = warn) -> Any:
    """Return ``connection`` as an object of prompt flow's, with its secrets in plain text in it.

    Prompt flow's objects do not hide them: hand one to a tool, and keep it no longer.
    A strong custom type is an object of its own class if that was imported before.

    Parameters
    ----------
    name
        What it is called there; its name here by default.
    notify
        Is told what differs from the connection here; warns by default.

    Raises
    ------
    MissingPackage
        promptflow is not installed.
    NotSupported
        Prompt flow has no such type, or only with a key; or its class raised.
    """
    parts = parts_of(type(connection), connection.auth, connection.configs)
    cls = _class(parts.kind.module, f"{parts.kind.stored}Connection")
    for note in parts.notes:
        notify(f"{connection.name or connection.LABEL}: {note}")
    called = name or connection.name or None
    custom = parts.kind.type == "custom"
    configs, chosen = _strong(parts.configs, cls, notify) if custom else (parts.configs, cls)
    try:
        if custom:
            return chosen(name=called, configs=configs, secrets={k: s.reveal() for k, s in connection.secrets.items()})
        return chosen(name=called, **configs, **{k: s.reveal() for k, s in connection.secrets.items()})
    except Exception as error:  # noqa: BLE001  # anything, in prompt flow or in a class of the person's
        # Its text and its frames may show the secrets.
        refused = type(error).__name__
    problem = f"{chosen.__name__} of prompt flow does not take {connection.name or connection.LABEL}: {refused}."
    raise NotSupported(problem, "Compare the versions: this is made for promptflow 1.18.")


def from_promptflow(connection: Any, *, notify: Callable[[str], None] = warn) -> Connection:
    """Return an object of prompt flow's as one of ours, not stored.

    Raises
    ------
    NotSupported
        It is none, or of a type that has no counterpart here.
    InvalidConnection
        It breaks a rule, or its secrets are masked.
    """
    found = _read(connection)
    # Its repr may show its secrets, and this frame stays in an error that leaves.
    connection = None
    if isinstance(found, PfconnError):
        raise found
    for note in found.notes:
        notify(note)
    if isinstance(found.content, PfconnError):
        raise bare(found.content)
    return found.content


def _read(theirs: Any) -> Found | PfconnError:
    strong = any(base.__name__ == _STRONG_BASE for base in type(theirs).__mro__)
    stored = "Custom" if strong else str(getattr(theirs, "type", ""))
    kind = next((kind for kind in KINDS if kind.stored == stored), None)
    if kind is None:
        problem = f"{type(theirs).__name__} is no connection of prompt flow that has a type here."
        return NotSupported(problem, "See %pfconn types for those that have.")
    masked = [k for k, v in theirs.secrets.items() if v and not str(v).strip("*")]
    if masked:
        hint = "Fetch it with its secrets: PFClient().connections.get(name, with_secrets=True)."
        return InvalidConnection([FieldProblem(k, "is masked in this object.", hint) for k in masked])
    configs = {k: str(v) for k, v in theirs.configs.items() if v is not None}
    secrets = {k: Secret(str(v)) for k, v in theirs.secrets.items() if v}
    if strong:
        said = {field: getattr(theirs, field, None) for field in NAMES}
        configs |= {KEPT + field: str(value) for field, value in said.items() if value}
    fields = {"configs": configs, "secrets": secrets} if kind.type == "custom" else {**configs, **secrets}
    return built(str(theirs.name or ""), kind.type, fields, "prompt flow")


def _class(module: str, name: str) -> Any:
    try:
        return getattr(import_module(module), name)
    except ImportError:
        package = module.partition(".")[0].replace("_", "-")
        raise MissingPackage(package, "", f"'{package}'  (it needs pandas<3 and keyring<25)") from None


def _strong(configs: dict[str, str], plain: Any, notify: Callable[[str], None]) -> tuple[dict[str, str], Any]:
    """Return the configs and the class of a custom connection, its own if it has one that is loaded."""
    word, module = (configs.get(KEPT + field, "") for field in ("custom_type", "module"))
    if not word:
        return configs, plain
    # Not imported from here: whoever may change a shared connection would choose what code runs.
    chosen = getattr(sys.modules.get(module), word, None)
    if isinstance(chosen, type) and any(base.__name__ == _STRONG_BASE for base in chosen.__mro__):
        return {k: v for k, v in configs.items() if not k.startswith(KEPT)}, chosen
    notify(f"It is a CustomConnection here: import {module} first to have it as {word}.")
    return configs, plain
