"""Backups: sealed with a key of this emulator, as those of the service are with one of its own."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from pfconn_jupyter.testing.keyvault import refusals
from pfconn_jupyter.testing.keyvault.secret import Secret, Version

if TYPE_CHECKING:
    from typing import Any


class Backups:
    """Makes and opens backups; any vault of the emulator takes them."""

    def __init__(self) -> None:
        from cryptography.fernet import Fernet

        self._seal = Fernet(Fernet.generate_key())

    def make(self, secret: Secret) -> str:
        """Return all versions of ``secret``, sealed."""
        content = {"name": secret.name, "versions": [asdict(version) for version in list(secret.versions.values())]}
        sealed = self._seal.encrypt(json.dumps(content).encode())
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, blob: Any) -> Secret:
        """Return the secret in a backup.

        Raises
        ------
        Refusal
        """
        from cryptography.fernet import InvalidToken

        try:
            sealed = base64.urlsafe_b64decode(blob + "=" * (-len(blob) % 4))
            content = json.loads(self._seal.decrypt(sealed))
        except (TypeError, ValueError, InvalidToken):
            raise refusals.bad("Backup blob contains invalid or corrupt version.") from None
        versions = [Version(**version) for version in content["versions"]]
        return Secret(content["name"], versions[-1], {version.id: version for version in versions})
