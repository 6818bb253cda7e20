"""What is being done to a vault, for the words of a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pfconn_jupyter.identity import Identity
    from pfconn_jupyter.stores.keyvault.vault import Vault


@dataclass(frozen=True)
class Doing:
    """One request.

    Attributes
    ----------
    operation
        Of Key Vault: ``get``, ``list``, ``set``, ``delete``, ``recover``, ``purge``.
    who
        Whom the last token spoke for.
    what
        The connection's name, or ``""``.
    secret
        Name of the secret, or ``""``.
    to_write
        It is read to be written.
    """

    operation: str
    vault: Vault
    who: Identity
    what: str = ""
    secret: str = ""
    to_write: bool = False

    @property
    def writes(self) -> bool:
        """True if it may have been carried out though its answer was lost."""
        return self.operation not in ("get", "list")
