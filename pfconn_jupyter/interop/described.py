"""A stored connection as far as it can be written down: everything but its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.registry import connection_type

if TYPE_CHECKING:
    from pfconn_jupyter.api import Connections
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord


@dataclass(frozen=True)
class Described:
    """What files and snippets say of a connection.

    Attributes
    ----------
    record
        What the store knows of it.
    cls
        Its type.
    configs
        All configs, also those that the listing leaves out.
    secrets
        The names of its secret fields, no value.
    """

    record: ConnectionRecord
    cls: type[Connection]
    configs: dict[str, str]
    secrets: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name."""
        return self.record.name

    @property
    def custom(self) -> bool:
        """True for keys and values of any name."""
        return "values" in self.cls.model_fields

    @property
    def endpoint(self) -> str:
        """The address its secret is sent to, or ``""``."""
        return self.configs.get(self.cls.ENDPOINT, "") or self.cls.DEFAULT_ENDPOINT


def describe(api: Connections, record: ConnectionRecord) -> Described:
    """Return what can be written down of ``record``.

    Its value is read only where the listing is not enough: a custom connection, whose
    secrets' names stand nowhere else, and one with more configs than a vault's tags hold.

    Raises
    ------
    StoreError, UnknownType
    """
    cls = connection_type(record.type)
    if "values" not in cls.model_fields and record.configs_complete and not record.problem:
        secrets = cls.secret_fields() if record.auth == "key" else ()
        # What has its type's default is not written down by the stores that save room.
        return Described(record, cls, record.configs, secrets)
    connection = api.get(record.name, scope=record.scope)
    return Described(record, cls, connection.configs, tuple(connection.secrets))
