"""The sealing key follows the person: wrapped under a passphrase, in the vault."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import ConnectionNotFound, KeyringUnavailable, SealingKeyError
from pfconn_jupyter.stores import key_transfer
from pfconn_jupyter.stores.keyvault.layout import key_backup_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.stores.key_transfer import ImportedKey
    from pfconn_jupyter.stores.keyvault.access import Access

CONTENT_TYPE = "application/vnd.pfconn.key+json"
_WHAT = "the backup of your key"


@contextmanager
def named(vault: str) -> Iterator[None]:
    """Let an error about a key that is not here name the backup that may be in ``vault``."""
    try:
        yield
    except KeyringUnavailable:
        raise
    except SealingKeyError as error:
        hint = f"If you backed it up in {vault}: %pfconn key unlock. Else {error.hint[:1].lower()}{error.hint[1:]}"
        raise SealingKeyError(error.problem, hint) from None


def backup(access: Access, passphrase: Secret) -> str:
    """Keep the current key in the vault; return its id. A backup that is there stays as an earlier version.

    Raises
    ------
    SealingKeyError
        There is no key, or the passphrase is too short.
    AccessDenied, StoreUnavailable
    """
    key_id, wrapped = key_transfer.wrapped_key(passphrase)
    name = key_backup_name(access.owner())
    tags = {"pfconn": "1", "by": access.who().name[:256]}
    access.call(
        "set",
        _WHAT,
        lambda: access.client.set_secret(name, wrapped, content_type=CONTENT_TYPE, tags=tags).name,
        name,
    )
    return key_id


def unlock(access: Access, passphrase: Secret) -> ImportedKey:
    """Take over the key that `backup` kept.

    Raises
    ------
    SealingKeyError
        There is no backup, or the passphrase is wrong.
    AccessDenied, StoreUnavailable
    """
    name = key_backup_name(access.owner())
    try:
        wrapped = access.call("get", _WHAT, lambda: access.client.get_secret(name).value or "", name)
    except ConnectionNotFound:
        hint = "On a machine that can open your connections: %pfconn key backup. Then repeat here."
        raise SealingKeyError(f"{access.vault.name} has no backup of your key.", hint) from None
    return key_transfer.take_over(wrapped.encode(), passphrase, f"{name} in {access.vault.name}", "%pfconn key backup")
