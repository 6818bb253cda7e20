"""What is in a vault: listings, versions, values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import AccessDenied, ConnectionDisabled, ConnectionNotFound, StoreDamaged
from pfconn_jupyter.stores.keyvault import key_backup, values
from pfconn_jupyter.stores.keyvault.items import items
from pfconn_jupyter.stores.keyvault.layout import RAW, owner_of, place_named
from pfconn_jupyter.stores.keyvault.records import blocking, record_of
from pfconn_jupyter.stores.keyvault.versions import in_order, is_clear, stored
from pfconn_jupyter.stores.store import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azure.keyvault.secrets import KeyVaultSecret

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.stores.keyvault.access import Access
    from pfconn_jupyter.stores.keyvault.layout import Place
    from pfconn_jupyter.stores.keyvault.versions import Stored


def pages(access: Access) -> Iterator[Listing]:
    """Yield the connections page by page: one request for each 25 secrets of the vault, no value."""
    for page in items(access):
        found: list[tuple[Place, ConnectionRecord]] = []
        for properties in page:
            place = place_named(access.vault.url, properties.name)
            if place is not None:
                version = stored(properties, place)
                found.append((place, record_of(_known(access, place, version), place, access.vault)))
        yield _split(access, found)


def listing(access: Access) -> Listing:
    """Return all connections, by name."""
    return _sorted(pages(access))


def deleted(access: Access) -> Listing:
    """Return the deleted connections, by name."""
    found: list[tuple[Place, ConnectionRecord]] = []
    for page in access.pages("", access.client.list_deleted_secrets):
        for each in page:
            place = place_named(access.vault.url, each.name or "")
            if place is not None:
                version = stored(each.properties, place)
                found.append((place, record_of(version, place, access.vault, each.deleted_date or version.created)))
    return _sorted([_split(access, found)])


def versions(access: Access, place: Place, what: str) -> list[Stored]:
    """Return all versions, newest first; none if there is no such secret. One request for each 25."""
    name = place.secret_name
    ask = access.pages(what, lambda: access.client.list_properties_of_secret_versions(name))
    found = [stored(properties, place) for page in ask for properties in page]
    newest_first = in_order(found)
    if is_clear(newest_first):
        return newest_first
    # Written within one second, not knowing of each other: only the service knows which is current.
    try:
        current = access.call("get", what, lambda: access.client.get_secret(name).properties.version or "", name)
    except (AccessDenied, ConnectionDisabled, ConnectionNotFound):
        return newest_first
    return in_order(found, current)


def read(access: Access, place: Place, what: str) -> Connection:
    """Return a connection; one request, one more if others wrote its value."""
    name = place.secret_name
    secret = access.call("get", what, lambda: access.client.get_secret(name), name)
    version = stored(secret.properties, place)
    if version.outside:
        version = next((v for v in versions(access, place, what) if v.id == version.id), version)
    return opened(access, place, secret, version)


def read_version(access: Access, place: Place, version: Stored, what: str) -> Connection:
    """Return an earlier version of a connection; one request."""
    name = place.secret_name
    secret = access.call("get", what, lambda: access.client.get_secret(name, version.id), name)
    return opened(access, place, secret, version)


def sealed_ids(access: Access, place: Place) -> list[str]:
    """Return the ids of the keys that open a private connection; one request."""
    name = place.secret_name
    secret = access.call("get", place.fold, lambda: access.client.get_secret(name), name)
    return values.sealed_ids(Secret(secret.value or ""))


def opened(access: Access, place: Place, secret: KeyVaultSecret, version: Stored) -> Connection:
    """Return the connection that a secret holds, by the metadata of ``version``.

    Raises
    ------
    StoreDamaged, SealingKeyError, InvalidConnection
    """
    # Here, because listing must not wait for pydantic.
    from pfconn_jupyter.connections.typeless import reopened

    why, hint = blocking(version, place, access.vault)
    if why:
        raise StoreDamaged(f"{version.meta.name} in {access.vault.name} cannot be used. {why}", hint)
    meta = version.meta
    with key_backup.named(access.vault.name):
        content = values.decoded(_value(secret, version), version.format, place, meta.type, meta.configs)
    return reopened(content.type, content.configs, content.secrets).bind(record_of(version, place, access.vault))


def _value(secret: KeyVaultSecret, version: Stored) -> Secret:
    # A file or a shell leaves a line end at a key, which no header can carry. Ours have none (see `build`).
    return Secret((secret.value or "").strip() if version.format == RAW else secret.value or "")


def _known(access: Access, place: Place, version: Stored) -> Stored:
    """Return a version of a listing; if others wrote it, with the metadata of the one before."""
    return next(iter(versions(access, place, place.fold)), version) if version.outside else version


def _split(access: Access, found: list[tuple[Place, ConnectionRecord]]) -> Listing:
    mine = ("", owner_of(access.asked()))
    return Listing(
        [record for place, record in found if place.owner in mine],
        [record for place, record in found if place.owner not in mine],
    )


def _sorted(parts: Iterator[Listing] | list[Listing]) -> Listing:
    records, others = Listing([], [])
    for part in parts:
        records += part.records
        others += part.others
    for each in (records, others):
        each.sort(key=lambda r: (r.name.lower(), r.scope))
    return Listing(records, others)
