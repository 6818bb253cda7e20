"""Connections in an Azure Key Vault: shared ones for all who can read it, private ones sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import check_name
from pfconn_jupyter.errors import NotSupported
from pfconn_jupyter.stores import expectations, keys, local_values
from pfconn_jupyter.stores.custody import custody
from pfconn_jupyter.stores.keyvault import allowed, bulk, deletion, key_backup, reading, writing
from pfconn_jupyter.stores.keyvault.access import access_to
from pfconn_jupyter.stores.keyvault.items import items
from pfconn_jupyter.stores.keyvault.layout import RAW, place_named, place_of
from pfconn_jupyter.stores.keyvault.records import record_of, version_of
from pfconn_jupyter.stores.keyvault.vault import WORKSPACE, vault_of
from pfconn_jupyter.stores.keyvault.workspace_vault import vault_of_workspace
from pfconn_jupyter.stores.local import default_file
from pfconn_jupyter.stores.local_database import Database
from pfconn_jupyter.stores.store import NEW, Store
from pfconn_jupyter.stores.to_write import to_write
from pfconn_jupyter.stores.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Records, Scope, Versions
    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.identity import Identity
    from pfconn_jupyter.stores.key_transfer import ImportedKey
    from pfconn_jupyter.stores.keyvault.access import Access
    from pfconn_jupyter.stores.keyvault.layout import Place
    from pfconn_jupyter.stores.keyvault.versions import Stored
    from pfconn_jupyter.stores.sealing import SealingKey
    from pfconn_jupyter.stores.store import Listing

    # For annotations in a class that has a method called `list`.
    Existing = list[Stored]


def open_keyvault(rest: str) -> Store:
    """Return the store of ``keyvault:rest``: a vault's name or URL, which sends nothing, or ``@workspace``."""
    if rest.strip().lower() == WORKSPACE:
        return KeyVaultStore(access_to(vault_of_workspace(find_workspace())))
    return KeyVaultStore(access_to(vault_of(rest)))


class KeyVaultStore(Store):
    """The connections of one vault."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self.vault = access.vault
        self.address = access.vault.address
        self.title = access.vault.name
        self.scopes = {"shared": f"Everyone who can read {self.title}", "private": "Only me"}

    def who(self) -> Identity:
        """Return who is asking, as the vault's tenant knows them."""
        return self._access.who()

    def list(self) -> Records:
        """See `Store`; exactly one request for each 25 secrets in the vault."""
        return self.listing().records

    def others(self) -> Records:
        """See `Store`; costs what `list` costs."""
        return self.listing().others

    def listing(self) -> Listing:
        """Return `list` and `others` of one pass."""
        return reading.listing(self._access)

    def parts(self) -> Iterator[Listing]:
        """See `Store`; one request each."""
        return reading.pages(self._access)

    def try_reading(self) -> str:
        """See `Store`; one request, and no value is read."""
        return allowed.try_reading(self._access)

    def deleted(self) -> Records:
        """See `Store`; one request for each 25 deleted secrets."""
        return reading.deleted(self._access).records

    def get(self, name: str, scope: Scope) -> Connection:
        """See `Store`; one request, two if the value was rotated outside."""
        return reading.read(self._access, self._place(name, scope), name)

    def values(self, records: Iterable[ConnectionRecord] | None = None) -> bulk.Values:
        """Yield each record with its connection, or with the error, as they come; all by default.

        Values are read several at a time, while the vault is still being listed.
        """
        everything = (record for page in self.parts() for record in page.records)
        return bulk.values(self.value, everything if records is None else records)

    def put(
        self, name: str, connection: Connection, *, scope: Scope, expires: datetime | None = None, expect: str = NEW
    ) -> ConnectionRecord:
        """See `Store`; three requests: a look at the versions, the write, and a look at who else wrote."""
        place = self._place(check_name(name), scope)
        with to_write():
            before = reading.versions(self._access, place, name)
            current = record_of(before[0], place, self.vault) if before else None
            expectations.check(current, name, expect, self.title)
            return self._write(writing.Draft(place, name, connection, expires, before))

    def delete(self, name: str, scope: Scope) -> ConnectionRecord:
        """See `Store`; one request."""
        return deletion.delete(self._access, self._place(name, scope), name)

    def restore(self, name: str, scope: Scope) -> ConnectionRecord:
        """See `Store`; two requests, more while the vault takes its seconds."""
        return deletion.restore(self._access, self._place(name, scope), name)

    def purge(self, name: str, scope: Scope) -> None:
        """See `Store`; one request."""
        deletion.purge(self._access, self._place(name, scope), name)

    def history(self, name: str, scope: Scope) -> Versions:
        """See `Store`; one request for each 25 versions, no value."""
        found = self._versions(self._place(name, scope), name)
        return [version_of(version, current=number == 0) for number, version in enumerate(found)]

    def rollback(self, name: str, scope: Scope, rev: str) -> ConnectionRecord:
        """See `Store`; four requests."""
        place = self._place(name, scope)
        with to_write():
            before = self._versions(place, name)
            history = [version_of(version, current=False) for version in before]
            wanted = expectations.one_version(name, rev, history)
            version = next(v for v in before if v.rev == wanted)
            connection = reading.read_version(self._access, place, version, name)
            return self._write(writing.Draft(place, name, connection, version.expires, before))

    def repair(self, name: str, scope: Scope) -> ConnectionRecord:
        """Give a connection its metadata again, after others wrote it or its tags; three requests.

        Raises
        ------
        ConnectionNotFound, StoreDamaged
        """
        place = self._place(name, scope)
        with to_write():
            return writing.repair(self._access, place, self._versions(place, name))

    def backup_key(self, passphrase: Secret) -> str:
        """Keep the sealing key in the vault, wrapped under ``passphrase``; return its id. See `key_backup`."""
        return key_backup.backup(self._access, passphrase)

    def unlock_key(self, passphrase: Secret) -> ImportedKey:
        """Take over the key that `backup_key` kept. See `key_backup`."""
        return key_backup.unlock(self._access, passphrase)

    def reference(self, name: str, scope: Scope) -> str:
        """Return the URL of the raw secret of a shared connection, for any app; one request, no value."""
        place = self._place(name, scope)
        current = self._versions(place, name)[0]
        if current.format != RAW:
            why = (
                "it is private, and sealed"
                if scope == "private"
                else "it is kept with its other values, not as the key alone"
            )
            raise NotSupported(
                f"No other program can read the secret of {name} in {self.title}: {why}.",
                "A shared connection of a type with one key can be read: create that, or keep the key as a secret.",
            )
        return f"{self.vault.url.rstrip('/')}/secrets/{place.secret_name}"

    def protection(self) -> str:
        """See `Store`."""
        kept = custody()
        where = {"keyring": "in the system keyring", "file": f"in {kept.location}"}.get(kept.where, "not made yet")
        return (
            f"Shared connections can be read by everyone who can read secrets of {self.title}; who may write there "
            "can also change the endpoint. Private ones are sealed before they are sent, and open only with your "
            f"key ({where}): others see their names and configs, never their values."
        )

    def _write(self, draft: writing.Draft) -> ConnectionRecord:
        def key() -> SealingKey:
            with key_backup.named(self.title):
                return keys.key_to_seal(self._sealed_ids)

        return writing.write(self._access, draft, key)

    def _versions(self, place: Place, name: str) -> Existing:
        if found := reading.versions(self._access, place, name):
            return found
        raise deletion.not_found(self._access, place, name)

    def _place(self, name: str, scope: Scope) -> Place:
        if scope not in self.scopes:
            hint = "It keeps shared and private ones: --shared, --private."
            raise NotSupported(f"{self.title} has no {scope} connections.", hint)
        return place_of(self.vault.url, name, self._access.owner() if scope == "private" else "")

    def _sealed_ids(self) -> Iterator[str]:
        """Yield the key ids of this user's sealed values: in this vault, and in the local store."""
        owner = self._access.owner()
        for page in items(self._access):
            for properties in page:
                place = place_named(self.vault.url, properties.name)
                if place and place.owner == owner and properties.enabled is not False:
                    yield from reading.sealed_ids(self._access, place)
        yield from local_values.sealed_ids(Database(default_file()))
