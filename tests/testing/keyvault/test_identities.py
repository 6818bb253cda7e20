"""Challenge, tokens, permissions: who is let in, and in which words one is not."""

from __future__ import annotations

import base64
import json

import pytest
from azure.core.exceptions import ClientAuthenticationError

from pfconn_jupyter.testing.keyvault import KeyVaultEmulator
from pfconn_jupyter.testing.keyvault.identities import TENANT


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_without_a_token_there_is_a_challenge(ask):
    answer = ask("GET", "/secrets", identity="")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="https://vault.azure.net"'
    )
    assert answer.json()["error"]["code"] == "Unauthorized"
    assert answer.json()["error"]["message"].startswith("AKV10000: Request is missing a Bearer or PoP token.")


def test_the_client_is_challenged_once_and_asks_for_the_right_token(keyvault, client, monkeypatch):
    asked = []
    given = keyvault.credential().get_token
    credential = client._client._config.authentication_policy._credential
    monkeypatch.setattr(
        credential, "get_token", lambda *scopes, **options: asked.append((scopes, options)) or given(*scopes)
    )
    client.set_secret("a", "1")
    client.get_secret("a")
    assert asked == [(("https://vault.azure.net/.default",), {"claims": None, "tenant_id": TENANT, "enable_cae": True})]
    assert keyvault.requests.counts == {"challenge": 1, "set": 1, "get": 1}


def test_a_token_names_who_and_which_tenant(keyvault):
    alice, app, machine = (
        keyvault.identity("alice"),
        keyvault.identity("app", kind="service_principal"),
        keyvault.identity("vm", kind="managed_identity"),
    )
    found = [
        claims(keyvault.credential(one.name).get_token("https://vault.azure.net/.default").token)
        for one in (alice, app, machine)
    ]
    assert [c["tid"] for c in found] == [TENANT] * 3
    assert [c["oid"] for c in found] == [alice.oid, app.oid, machine.oid]
    assert len({c["oid"] for c in found}) == 3
    assert [c.get("idtyp") for c in found] == [None, "app", "app"]
    assert found[0]["upn"] == "alice@contoso.com"
    assert all(c["aud"] == "https://vault.azure.net" and c["exp"] > c["iat"] for c in found)


def test_ids_are_the_same_in_every_run():
    one, other = KeyVaultEmulator().identity("alice"), KeyVaultEmulator().identity("alice")
    assert (one.oid, one.appid) == (other.oid, other.appid)
    assert KeyVaultEmulator(tenant="another").identity("alice").oid != one.oid


def test_a_token_that_is_expired_foreign_or_for_something_else_is_refused(keyvault, ask):
    alice = keyvault.identity("alice")
    wrong = {
        "AKV10001": keyvault.tokens.mint(alice, expires_in=-1)[0],
        "AKV10022": keyvault.tokens.mint(alice, "https://management.azure.com")[0],
        "AKV10032": keyvault.tokens.mint(keyvault.identity("eve", tenant="another"))[0],
        "AKV10046": KeyVaultEmulator().credential().get_token("https://vault.azure.net").token,
    }
    for code, token in wrong.items():
        answer = ask("GET", "/secrets", token=token)
        assert answer.status_code == 401
        assert answer.json()["error"]["message"].startswith(code)
    for broken in ("x", "x.y.z", "ü"):
        assert ask("GET", "/secrets", token=broken.encode().decode("latin-1")).status_code == 401


def test_an_expired_token_is_an_authentication_error_of_the_sdk(keyvault):
    keyvault.identity("late", lifetime=-10)
    with pytest.raises(ClientAuthenticationError):
        keyvault.client("late").get_secret("a")
    assert set(keyvault.requests.counts) == {"challenge"}
