"""An emulator with a clock of its own, the SDK's client, and requests without the SDK."""

from __future__ import annotations

import pytest
import requests

from pfconn_jupyter.testing.keyvault import KeyVaultEmulator
from pfconn_jupyter.testing.keyvault.clock import Clock

LATEST = "2026-04-01"


_UNMODIFIED = """
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient
with DefaultAzureCredential() as credential, SecretClient("https://contoso.vault.azure.net", credential) as client:
    client.set_secret("from-the-child", "1")
    print(*(s.name for s in client.list_properties_of_secrets()))
"""


@pytest.fixture
def unmodified():
    """Return a program that knows nothing of an emulator."""
    return _UNMODIFIED


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keyvault(clock):
    with KeyVaultEmulator(clock=clock) as emulator:
        yield emulator


@pytest.fixture
def client(keyvault):
    """Return the unmodified client; it does not retry, so that a test sees what it was answered."""
    return keyvault.client(retry_total=0)


@pytest.fixture
def ask(keyvault):
    """Return a way to ask without the SDK: ``ask("GET", "/secrets", identity="alice")``."""
    with requests.Session() as session:
        session.trust_env = False

        def ask(method, path, *, identity="alice", token=None, version=LATEST, **options):
            given = token or (identity and keyvault.credential(identity).get_token("https://vault.azure.net").token)
            headers = {"Authorization": f"Bearer {given}"} if given else {}
            return session.request(
                method,
                path if path.startswith("https") else f"{keyvault.url}{path}",
                params={"api-version": version} if version else None,
                headers=headers,
                proxies={"https": keyvault.proxy},
                verify=keyvault.ca_file,
                **options,
            )

        yield ask
