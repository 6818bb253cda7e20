"""Versions of secrets as the records and versions that the contract speaks of. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.connections.record import ConnectionRecord, Version
from pfconn_jupyter.connections.registry import not_here
from pfconn_jupyter.connections.type_words import parted
from pfconn_jupyter.stores.keyvault.layout import RAW, SEALED
from pfconn_jupyter.stores.keyvault.refusals import to_enable
from pfconn_jupyter.stores.keyvault.versions import OUTSIDE

if TYPE_CHECKING:
    from datetime import datetime

    from pfconn_jupyter.stores.keyvault.layout import Place
    from pfconn_jupyter.stores.keyvault.vault import Vault
    from pfconn_jupyter.stores.keyvault.versions import Stored


def record_of(version: Stored, place: Place, vault: Vault, deleted: datetime | None = None) -> ConnectionRecord:
    """Return the record of a connection whose current version is ``version``."""
    meta = version.meta
    return ConnectionRecord(
        name=meta.name,
        type=parted(meta.type)[0],
        package=parted(meta.type)[1],
        scope=place.scope,
        store=vault.address,
        owner=meta.by,
        auth=meta.configs.get("auth_mode", "key"),
        configs=meta.configs,
        configs_complete=not meta.more,
        rev=version.rev,
        # Key Vault tells when the version was made; only of the first one that is the connection.
        created=None if version.outside or meta.prev else version.created,
        updated=version.updated,
        expires=version.expires,
        deleted=deleted,
        enabled=version.enabled,
        problem=_problem(version, place, vault, deleted=deleted is not None),
    )


def version_of(version: Stored, *, current: bool) -> Version:
    """Return a line of the history."""
    meta = version.meta
    by = OUTSIDE if version.outside else meta.by
    return Version(version.rev, version.prev, parted(meta.type)[0], meta.configs, version.created, by, current)


def blocking(version: Stored, place: Place, vault: Vault) -> tuple[str, str]:
    """Return why a version cannot be used whatever its value is, and what to do; ``""`` twice if it can."""
    meta = version.meta
    if version.outside and not meta.type:
        key = f"az keyvault secret show --vault-name {vault.name} --name {place.secret_name}"
        way = f"%pfconn delete {meta.name}, %pfconn purge {meta.name}, then %pfconn create"
        why = "No version of it has pfconn's tags, so its type and fields are not known."
        return why, f"Its value is still there ({key}). To make it a connection: {way}."
    if meta.newer:
        return meta.problem, "Update, restart the kernel, then repeat."
    if meta.problem:
        return meta.problem, f"%pfconn repair {meta.name} takes them from an earlier version, if one is whole."
    if version.format == RAW and not_here(meta.type):
        # A secret alone does not say which field it is.
        return f"The type {meta.type[:64]} is not known here.", "Install the package that brings it."
    return "", ""


def _problem(version: Stored, place: Place, vault: Vault, *, deleted: bool) -> str:
    # Of a deleted secret no versions can be listed: whether it has metadata shows when it is back.
    if deleted and version.outside:
        return ""
    why, hint = blocking(version, place, vault)
    if why:
        return why if version.meta.newer else f"{why} {hint}"
    if not version.enabled:
        return f"It is disabled. To enable it: {to_enable(place.secret_name, vault.name)}"
    if version.outside and version.format == SEALED:
        return f"Rotated outside, where nobody can seal: %pfconn history and %pfconn rollback {version.meta.name}"
    if version.outside:
        return (
            "Rotated outside: the value is newer than its metadata. "
            f"To confirm that they fit: %pfconn repair {version.meta.name}"
        )
    return not_here(version.meta.type)
