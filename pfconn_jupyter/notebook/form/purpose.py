"""What a form is opened for: the one thing that its parts share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pfconn_jupyter.connections.build import field_name
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import NotSupported

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pfconn_jupyter.api import Connections
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Scope

Verb = Literal["create", "update", "rotate"]


@dataclass(frozen=True)
class Purpose:
    """What was asked for on the line.

    Attributes
    ----------
    connections
        Where it will be saved.
    cls
        The type, or None where the form asks for it first.
    current
        The stored connection when one is changed.
    given
        Field to value, as given on the line; secrets among them never leave the kernel.
    scope, expires
        As said, or as stored; None for the form's own choice.
    """

    connections: Connections
    cls: type[Connection] | None
    verb: Verb = "create"
    name: str = ""
    current: Connection | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope | None = None
    expires: datetime | None = None

    def given_for(self, cls: type[Connection]) -> tuple[dict[str, str], dict[str, Secret]]:
        """Return the given texts and the given secrets of ``cls``, by field (of custom ones by key)."""
        if "values" in cls.model_fields:
            merged = {**self.given.get("values", {}), **self.given.get("configs", {})}
            hidden = self.given.get("secrets", {})
        else:
            merged = {field_name(cls, word): value for word, value in self.given.items()}
            hidden = {name: merged.pop(name) for name in cls.secret_fields() if name in merged}
        secrets = {k: v if isinstance(v, Secret) else Secret(str(v)) for k, v in hidden.items() if v}
        secrets |= {k: v for k, v in merged.items() if isinstance(v, Secret)}
        return {k: str(v) for k, v in merged.items() if v is not None and k not in secrets}, secrets

    @property
    def record(self) -> ConnectionRecord:
        """What the store knows of the connection that is changed."""
        if self.current is None or self.current.record is None:
            raise NotSupported("This connection did not come from a store.", "Fetch it with pfconn.get(name).")
        return self.current.record

    @property
    def command(self) -> str:
        """The command that asks the same without a form."""
        words = [self.verb, self.cls.full_type() if self.cls and self.verb == "create" else "", self.name]
        return " ".join(["%pfconn", *filter(None, words), "--prompt"])
