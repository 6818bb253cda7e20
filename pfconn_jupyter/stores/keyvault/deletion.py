"""Delete, restore, purge: Key Vault's own, which take some seconds to show."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from pfconn_jupyter.errors import ConnectionNotFound, PfconnError
from pfconn_jupyter.stores import expectations
from pfconn_jupyter.stores.keyvault.reading import versions
from pfconn_jupyter.stores.keyvault.records import record_of
from pfconn_jupyter.stores.keyvault.refusals import Busy
from pfconn_jupyter.stores.keyvault.versions import stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.keyvault.secrets import DeletedSecret

    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.stores.keyvault.access import Access
    from pfconn_jupyter.stores.keyvault.layout import Place
    from pfconn_jupyter.stores.keyvault.versions import Stored

T = TypeVar("T")
SETTLES = 20.0
"""Seconds that a deletion or recovery may take to show; the real service was seen to take 4 to 6."""
_PAUSE = 0.5


def delete(access: Access, place: Place, name: str) -> ConnectionRecord:
    """Delete a connection; one request, and no waiting until the vault has finished."""
    secret = place.secret_name
    try:
        gone = access.call("delete", name, lambda: access.client.begin_delete_secret(secret).result(), secret)
    except ConnectionNotFound:
        raise not_found(access, place, name) from None
    access.deleting[secret] = time.monotonic()
    return _record(access, place, gone)


def restore(access: Access, place: Place, name: str) -> ConnectionRecord:
    """Undo `delete`; two requests, more while the vault takes its seconds."""
    secret = place.secret_name

    def recover() -> Stored:
        poller = access.call("recover", name, lambda: access.client.begin_recover_deleted_secret(secret), secret)
        return stored(poller.result(), place)

    back = _settled(access, place, name, recover)
    # Whoever restores it wants to use it: until it shows it cannot be read.
    until = time.monotonic() + SETTLES
    while not (found := versions(access, place, name)) and time.monotonic() < until:
        time.sleep(_PAUSE)
    return record_of(found[0] if found else back, place, access.vault)


def purge(access: Access, place: Place, name: str) -> None:
    """Remove a deleted connection for ever; one request."""
    secret = place.secret_name
    _settled(
        access,
        place,
        name,
        lambda: access.call("purge", name, lambda: access.client.purge_deleted_secret(secret), secret),
    )


def not_found(access: Access, place: Place, name: str) -> ConnectionNotFound:
    """Return the error for a name that is not there; says so if it was deleted."""
    secret = place.secret_name
    try:
        gone = access.call("get", name, lambda: access.client.get_deleted_secret(secret), secret)
    except PfconnError:
        return expectations.not_found(name, access.vault.name)
    return expectations.not_found(name, access.vault.name, _record(access, place, gone))


def _settled(access: Access, place: Place, name: str, ask: Callable[[], T]) -> T:
    """Return ``ask()``, asked again while the vault has not finished what was done before."""
    secret = place.secret_name
    start = time.monotonic()
    # What this process has just deleted is unknown for a moment on both sides.
    unknown_until = access.deleting.get(secret, start - SETTLES) + SETTLES
    while True:
        try:
            done = ask()
        except Busy:
            if time.monotonic() > start + SETTLES:
                raise
        except ConnectionNotFound:
            if time.monotonic() > unknown_until:
                raise _not_deleted(access, place, name) from None
        else:
            access.deleting.pop(secret, None)
            return done
        time.sleep(_PAUSE)


def _not_deleted(access: Access, place: Place, name: str) -> ConnectionNotFound:
    try:
        found = versions(access, place, name)
    except PfconnError:
        found = []
    record = record_of(found[0], place, access.vault) if found else None
    return expectations.not_deleted(name, access.vault.name, record)


def _record(access: Access, place: Place, gone: DeletedSecret) -> ConnectionRecord:
    version = stored(gone.properties, place)
    return record_of(version, place, access.vault, gone.deleted_date or version.created)
