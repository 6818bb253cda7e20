"""The key of a connection for an SDK client that lives for hours: it meets a rotated key within a minute."""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import ConnectionChanged, PfconnError, PfconnWarning

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection

FRESH_SECONDS = 60.0
"""A client reads its key from the store again when it is older than this."""


class FreshKey:
    """The key as a callable, so that a client that lives for hours meets a rotated key.

    Called before each request; reads the store at most every `FRESH_SECONDS`.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._host = connection.endpoint_url
        self._read_at = time.monotonic()

    def __call__(self) -> str:
        """Return the key, for one request."""
        stored = self._connection.record is not None
        if stored and time.monotonic() - self._read_at > FRESH_SECONDS:
            self._read_again()
        key = self._connection.secrets.get("api_key")
        if key is None:
            raise ConnectionChanged(
                f"{self._connection.name} has no key any more: it signs in with Microsoft Entra ID now.",
                "Make a new client: pfconn.get(name).client().",
            )
        return key.reveal()

    def _read_again(self) -> None:
        try:
            fresh = self._connection.refresh()
        except PfconnError as error:
            self._read_at = time.monotonic()
            warnings.warn(
                f"{self._connection.name}: the key could not be read again, the known one is used ({error.problem})",
                PfconnWarning,
                stacklevel=2,
            )
            return
        # Not noted as read: a client whose connection moved stays refused.
        if fresh.endpoint_url != self._host or type(fresh) is not type(self._connection):
            raise ConnectionChanged(
                f"{self._connection.name} is another connection now: {fresh.TYPE} {fresh.endpoint_url}.",
                "Make a new client: pfconn.get(name).client().",
            )
        self._connection, self._read_at = fresh, time.monotonic()
