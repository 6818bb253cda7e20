"""For stores that keep neither versions nor deleted connections: what they refuse, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.errors import NotSupported
from pfconn_jupyter.stores.store import Store

if TYPE_CHECKING:
    from pfconn_jupyter.connections.record import ConnectionRecord, Records, Scope, Versions


class WithoutVersions(Store):
    """The part of the contract that such a store refuses.

    Attributes
    ----------
    kind
        What it is, as in "contoso is an Azure ML workspace: …".
    instead
        What to do for versions.
    """

    keeps_deleted = False
    kind: str
    instead: str = "For versions, and to restore what was deleted, use a vault: %pfconn store keyvault:NAME; or local:."

    def deleted(self) -> Records:
        """Refuse: nothing of a deleted connection is kept."""
        raise self._cannot("it keeps nothing of deleted connections")

    def restore(self, name: str, scope: Scope) -> ConnectionRecord:  # noqa: ARG002  # of the contract
        """Refuse: see `deleted`."""
        raise self._cannot(f"it keeps nothing of deleted connections, so {name} cannot come back")

    def purge(self, name: str, scope: Scope) -> None:  # noqa: ARG002  # of the contract
        """Refuse: see `deleted`."""
        raise self._cannot(f"it keeps nothing of deleted connections, so there is nothing of {name} to purge")

    def history(self, name: str, scope: Scope) -> Versions:  # noqa: ARG002  # of the contract
        """Refuse: there are no versions."""
        raise self._cannot(f"it keeps no versions of {name}")

    def rollback(self, name: str, scope: Scope, rev: str) -> ConnectionRecord:  # noqa: ARG002  # of the contract
        """Refuse: there are no versions."""
        raise self._cannot(f"it keeps no versions of {name} to go back to")

    def _cannot(self, what: str) -> NotSupported:
        # A title may be a name, which is kept to the letter.
        title = "The " + self.title[4:] if self.title.startswith("the ") else self.title
        return NotSupported(f"{title} is {self.kind}: {what}.", self.instead)
