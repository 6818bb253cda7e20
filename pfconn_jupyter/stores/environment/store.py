"""The read-only store of a container, a job or a classroom: variables, and mounted files."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import fold
from pfconn_jupyter.errors import NotSupported
from pfconn_jupyter.stores import expectations
from pfconn_jupyter.stores.environment.found import merged
from pfconn_jupyter.stores.environment.mounted import mounted
from pfconn_jupyter.stores.environment.variables import FOLDER, PREFIX, variables
from pfconn_jupyter.stores.store import NEW
from pfconn_jupyter.stores.waiting import tell
from pfconn_jupyter.stores.without_versions import WithoutVersions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Records, Scope
    from pfconn_jupyter.stores.environment.found import Found


def open_environment(rest: str) -> EnvironmentStore:
    """Return the store of ``env:``, variables and the folder of PFCONN_CONN_DIR, or of ``env:/path``. Reads nothing."""
    return EnvironmentStore(Path(rest.strip()).expanduser().absolute() if rest.strip() else None)


class EnvironmentStore(WithoutVersions):
    """Connections that were put into the environment from outside; nothing is ever written.

    Parameters
    ----------
    folder
        Read its files only; without it, the variables and the folder that ``PFCONN_CONN_DIR`` names.
    """

    kind = "read-only"
    instead = f"Change it where it is set: {PREFIX}NAME__FIELD, or a mounted file. Or use another store: %pfconn store."

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.address = f"env:{folder}" if folder else "env:"
        self.title = f"the folder {folder}" if folder else "the environment"
        self.scopes = {"private": "Only this process and those that share its environment"}

    def list(self) -> Records:
        """See `Store`; reads no secret, and lists what cannot be used with its problem."""
        from pfconn_jupyter.stores.environment.reading import record_of

        found = [record_of(each, self.address) for each in self._found()]
        return sorted(found, key=lambda r: fold(r.name))

    def get(self, name: str, scope: Scope) -> Connection:
        """See `Store`; each time anew, so that a file that was mounted again is met."""
        from pfconn_jupyter.stores.environment.reading import connection_of

        self._check_scope(scope)
        for each in self._found():
            if fold(each.word) == fold(name):
                return connection_of(each, self.address, tell)
        raise expectations.not_found(name, self.title)

    def put(
        self, name: str, connection: Connection, *, scope: Scope, expires: datetime | None = None, expect: str = NEW
    ) -> ConnectionRecord:
        """Refuse: nothing is written."""
        del connection, expires, expect
        self._check_scope(scope)
        raise self._cannot(f"{name} was not stored")

    def delete(self, name: str, scope: Scope) -> ConnectionRecord:
        """Refuse: nothing is written."""
        self._check_scope(scope)
        raise self._cannot(f"{name} was not deleted")

    def check_name(self, name: str) -> str:
        """Refuse any new name, before anything is asked."""
        raise self._cannot(f"{name} cannot be created there")

    def protection(self) -> str:
        """See `Store`."""
        return (
            "Variables can be read by this process, by what it starts and by administrators of the machine; mounted "
            "files by whoever may read them. Nothing is sealed, and nothing is written."
        )

    def _found(self) -> Iterator[Found]:
        if self._folder:
            return merged(mounted(self._folder))
        named = os.environ.get(FOLDER)
        return merged(chain(variables(), mounted(Path(named).expanduser().absolute()) if named else ()))

    def _check_scope(self, scope: Scope) -> None:
        if scope not in self.scopes:
            title = self.title[0].upper() + self.title[1:]
            raise NotSupported(f"{title} has no {scope} connections.", "It is read-only, and has private ones.")
