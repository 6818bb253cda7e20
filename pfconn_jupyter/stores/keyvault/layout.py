"""Where a connection is in a vault: the names of secrets, and back. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import fold
from pfconn_jupyter.stores.sealing import bound_to

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.connections.record import Scope
    from pfconn_jupyter.identity import Identity

RAW = "application/vnd.pfconn.raw"
JSON = "application/vnd.pfconn+json"
SEALED = "application/vnd.pfconn.sealed"
FORMATS = (RAW, JSON, SEALED)
"""Content types, each a format of the value."""
_FOLD = r"(?P<fold>[a-z0-9][a-z0-9-]{0,63})"
_SHARED = re.compile(f"pfconn-s-{_FOLD}")
_PRIVATE = re.compile(f"pfconn-u-(?P<owner>[0-9a-f]{{12}})-{_FOLD}")


@dataclass(frozen=True)
class Place:
    """Where a connection is; a sealed value opens nowhere else.

    Attributes
    ----------
    vault
        The vault's URL.
    owner
        `owner_of` its creator if it is private, ``""`` if it is shared.
    fold
        Its name, folded.
    """

    vault: str
    owner: str
    fold: str

    @property
    def scope(self) -> Scope:
        """Who can use it."""
        return "private" if self.owner else "shared"

    @property
    def secret_name(self) -> str:
        """What its secret is called."""
        return f"pfconn-u-{self.owner}-{self.fold}" if self.owner else f"pfconn-s-{self.fold}"

    def beside(self, field: str, type: str, configs: Mapping[str, str]) -> bytes:
        """Return what the value of ``field`` is bound to."""
        return bound_to(store=self.vault, scope=self.scope, name=self.fold, type=type, field=field, configs=configs)


def place_of(vault: str, name: str, owner: str) -> Place:
    """Return the place of a connection; ``owner`` is ``""`` for a shared one."""
    return Place(vault, owner, fold(name))


def place_named(vault: str, secret_name: str) -> Place | None:
    """Return the place whose secret has this name, or None: the secret is none of ours.

    Key Vault's names are the same in any case.
    """
    name = secret_name.lower()
    found = _SHARED.fullmatch(name) or _PRIVATE.fullmatch(name)
    return Place(vault, found.groupdict().get("owner", ""), found["fold"]) if found else None


def owner_of(identity: Identity) -> str:
    """Return whom private names carry, or ``""`` if the identity is not known: 12 hex digits."""
    if not (identity.tenant and identity.object_id):
        return ""
    return hashlib.sha256(f"{identity.tenant}/{identity.object_id}".lower().encode()).hexdigest()[:12]


def key_backup_name(owner: str) -> str:
    """Return the secret that keeps a person's sealing key, wrapped."""
    return f"pfconn-k-{owner}"
