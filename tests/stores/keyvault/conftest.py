"""A Key Vault emulator, and the store on it as different people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pfconn_jupyter.stores.keyvault.access import connect
from pfconn_jupyter.stores.keyvault.store import KeyVaultStore
from pfconn_jupyter.stores.keyvault.vault import vault_of
from pfconn_jupyter.testing.keyvault import KeyVaultEmulator

Open = Callable[..., KeyVaultStore]


@pytest.fixture
def emulator() -> Iterator[KeyVaultEmulator]:
    with KeyVaultEmulator() as running:
        yield running


@pytest.fixture
def open_as(emulator: KeyVaultEmulator) -> Iterator[Open]:
    """Return a function that opens the store as an identity, each time with a client of its own."""
    opened = []

    def open_(name: str = "alice", **options) -> KeyVaultStore:
        access = connect(vault_of(emulator.url), emulator.credential(name), **{**emulator.client_options(), **options})
        opened.append(access.client)
        return KeyVaultStore(access)

    yield open_
    for client in opened:
        client.close()


@pytest.fixture
def store(open_as: Open) -> KeyVaultStore:
    return open_as("alice")
