"""Secrets as the JSON of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.testing.keyvault.vault import DAY

if TYPE_CHECKING:
    from pfconn_jupyter.testing.keyvault.secret import Secret, Version
    from pfconn_jupyter.testing.keyvault.vault import Vault

    Json = dict[str, Any]


class Forms:
    """The forms of one vault's secrets, as seen under the address ``base``."""

    def __init__(self, vault: Vault, base: str) -> None:
        self._vault, self._base = vault, base
        level = "Recoverable" if vault.retention_days == 90 else "CustomizedRecoverable"
        self._level = level if vault.purge_protection else f"{level}+Purgeable"

    def bundle(self, secret: Secret, version: Version, *, value: bool) -> Json:
        """Return a version, with its value or without."""
        form = self._form(f"{self._base}/secrets/{secret.name}/{version.id}", version)
        return {"value": version.value, **form} if value else form

    def item(self, secret: Secret, version: Version | None = None) -> Json:
        """Return a secret as a list shows it, or a version as the list of versions does: without value."""
        end = f"/{version.id}" if version else ""
        return self._form(f"{self._base}/secrets/{secret.name}{end}", version or secret.latest)

    def deleted(self, secret: Secret, *, item: bool = False) -> Json:
        """Return a deleted secret, which is shown without value everywhere."""
        return {
            "recoveryId": f"{self._base}/deletedsecrets/{secret.name}",
            "deletedDate": secret.deleted,
            "scheduledPurgeDate": secret.deleted + self._vault.retention_days * DAY,
            **(self.item(secret) if item else self.bundle(secret, secret.latest, value=False)),
        }

    def _form(self, identifier: str, version: Version) -> Json:
        attributes: Json = {"enabled": version.enabled}
        if version.not_before is not None:
            attributes["nbf"] = version.not_before
        if version.expires is not None:
            attributes["exp"] = version.expires
        attributes["created"], attributes["updated"] = version.created, version.updated
        attributes["recoveryLevel"] = self._level
        attributes["recoverableDays"] = self._vault.retention_days
        form: Json = {"id": identifier, "attributes": attributes}
        if version.content_type is not None:
            form["contentType"] = version.content_type
        if version.tags is not None:
            form["tags"] = version.tags
        return form
