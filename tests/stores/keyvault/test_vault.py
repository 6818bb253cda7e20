"""Every way to name a vault means one address; what names none is told why."""

from __future__ import annotations

import pytest

from pfconn_jupyter.errors import StoreUnavailable
from pfconn_jupyter.stores.address import open_store
from pfconn_jupyter.stores.keyvault.vault import vault_of

SAME = [
    "keyvault:contoso-kv",
    "KEYVAULT:Contoso-KV",
    " keyvault: contoso-kv ",
    "https://contoso-kv.vault.azure.net",
    "https://Contoso-KV.vault.azure.net/",
    "https://contoso-kv.vault.azure.net:443",
    "contoso-kv.vault.azure.net",
    "keyvault:https://contoso-kv.vault.azure.net/",
]


@pytest.mark.parametrize("text", SAME)
def test_a_vault_has_one_address(text):
    store = open_store(text)
    assert (store.address, store.title) == ("keyvault:contoso-kv", "contoso-kv")
    assert store.vault.url == "https://contoso-kv.vault.azure.net"
    assert next(iter(store.scopes.items())) == ("shared", "Everyone who can read contoso-kv")


@pytest.mark.parametrize(
    ("ending", "authority"),
    [("vault.azure.cn", "login.chinacloudapi.cn"), ("vault.usgovcloudapi.net", "login.microsoftonline.us")],
)
def test_other_clouds(ending, authority, monkeypatch):
    store = open_store(f"https://contoso.{ending}/")
    assert store.address == f"https://contoso.{ending}"
    assert store.vault.authority == authority
    assert store.vault.token_scope == f"https://{ending}/.default"
    assert open_store(store.address).address == store.address
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", f"https://{authority}/")
    assert vault_of("contoso").address == f"https://contoso.{ending}"


@pytest.mark.parametrize(
    "text",
    [
        "keyvault:",
        "keyvault:a",
        "keyvault:1contoso",
        "keyvault:con--toso",
        "keyvault:contoso-",
        "keyvault:con_toso",
        "keyvault:contosocontosocontosocontoso",
        "http://contoso.vault.azure.net",
        "https://contoso.vault.azure.net.evil.example",
        "https://contoso.evil.vault.azure.net",
        "https://contoso.vault.azure.net/secrets/x",
        "https://contoso.vault.azure.net:8443",
        "https://user@contoso.vault.azure.net",
        "https://contoso.vault.azure.net?x=1",
        "https://[.vault.azure.net",
        "keyvault:contoso.example.com",
    ],
)
def test_what_is_no_vault_is_told(text):
    with pytest.raises(StoreUnavailable) as refused:
        open_store(text)
    assert "keyvault:contoso-kv" in refused.value.hint


def test_opening_sends_nothing_and_checks_stay_on(monkeypatch):
    store = open_store("keyvault:contoso")
    assert open_store("https://contoso.vault.azure.net")._access is store._access
    policy = next(
        p for p in store._access.client._client._client._pipeline._impl_policies if "Challenge" in type(p).__name__
    )
    assert policy._verify_challenge_resource is True
