"""A connection with some fields changed: what stays, and what must be given again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.build import build, field_name
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.connections.typeless import TypelessConnection
from pfconn_jupyter.errors import FieldProblem, InvalidConnection

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.connections.connection import Connection


def change(current: Connection, fields: dict[str, Any], notify: Callable[[str], None]) -> Connection:
    """Return ``current`` with ``fields`` in the place of its own; None takes one away.

    A secret that is not given stays, but only if the address that it is sent to stays:
    otherwise whoever may edit a connection could read its key.

    Raises
    ------
    InvalidConnection
    """
    if isinstance(current, TypelessConnection) and current.kind is type(current):
        return current.with_secrets(fields, notify)
    cls = current.kind
    if "values" in cls.model_fields:
        given = _merged_parts(current, fields)
    else:
        given = {**current.configs, **current.secrets}
        given |= {field_name(cls, word): value for word, value in fields.items()}
        if given.get("auth_mode") == "meid_token" and not fields.get("api_key"):
            given.pop("api_key", None)
    changed = build(cls, given, notify)
    _guard_address(current, changed)
    return changed


def only_secrets(current: Connection, secrets: dict[str, Any]) -> dict[str, Any]:
    """Return new secrets as the fields that `change` takes.

    Raises
    ------
    InvalidConnection
        One of them is not a secret of ``current``.
    """
    for name in secrets.keys() - current.secrets.keys():
        hint = f"Rotate takes: {', '.join(current.secrets)}. Use update for the rest."
        raise InvalidConnection([FieldProblem(name, "is not a secret of this connection.", hint)])
    return {"secrets": secrets} if "values" in current.kind.model_fields else secrets


def same_secrets(current: Connection, secrets: dict[str, Any]) -> dict[str, bool]:
    """Return for each of ``secrets`` whether it is the one of ``current``.

    Raises
    ------
    InvalidConnection
        One of them is not a secret of ``current``.
    """
    only_secrets(current, secrets)
    given = {k: v if isinstance(v, Secret) else Secret(str(v).strip()) for k, v in secrets.items()}
    return {name: current.secrets[name] == value for name, value in given.items()}


def _merged_parts(current: Connection, fields: dict[str, Any]) -> dict[str, Any]:
    """Merge a custom connection's parts; a key that becomes secret leaves the configs, and back."""
    configs, secrets = fields.get("configs") or {}, fields.get("secrets") or {}
    given = {
        "configs": {**{k: v for k, v in current.configs.items() if k not in secrets}, **configs},
        "secrets": {**{k: v for k, v in current.secrets.items() if k not in configs}, **secrets},
    }
    rest = {k: v for k, v in fields.items() if k not in ("configs", "secrets")}
    kept = {part: {k: v for k, v in values.items() if v is not None} for part, values in given.items()}
    return {**kept, **rest}


def _guard_address(current: Connection, changed: Connection) -> None:
    # Of one that does not fit its type, an address that is missing is a change too.
    if current.endpoint_url == changed.endpoint_url or not (current.endpoint_url or current.typeless):
        return
    for field, secret in changed.secrets.items():
        if current.secrets.get(field) == secret:
            problem = "must be given again, because the address changes."
            raise InvalidConnection([FieldProblem(field, problem, "A stored secret is never sent to another address.")])
