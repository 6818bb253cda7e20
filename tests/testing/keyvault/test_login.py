"""login.microsoftonline.com of the emulator, through its proxy, for azure.identity as it is."""

from __future__ import annotations

import threading
import time

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, DefaultAzureCredential, DeviceCodeCredential
from azure.keyvault.secrets import SecretClient

from pfconn_jupyter.testing.keyvault.identities import TENANT

VAULT = "https://vault.azure.net/.default"


@pytest.fixture
def way(keyvault):
    """Return the options with which a credential finds the emulator."""
    return {"proxies": {"https": keyvault.proxy}, "connection_verify": keyvault.ca_file, "retry_total": 0}


def test_a_process_signs_in_as_a_service_principal_by_the_environment(keyvault, monkeypatch):
    keyvault.identity("app", ("get", "list"))
    for name, value in keyvault.secret_environment("app").items():
        monkeypatch.setenv(name, value)
    with DefaultAzureCredential() as credential, SecretClient(keyvault.url, credential) as client:
        assert list(client.list_properties_of_secrets()) == []
    assert type(credential._successful_credential).__name__ == "EnvironmentCredential"
    assert keyvault.requests.log[-1].identity == "app"
    # MSAL asks once in a process what hosts there are.
    assert keyvault.requests["discovery"] in (1, 2)
    assert {k: n for k, n in keyvault.requests.counts.items() if k != "discovery"} == {
        "challenge": 1,
        "token": 1,
        "list": 1,
    }
    assert keyvault.requests.total == 2


@pytest.mark.parametrize(
    ("client", "secret", "code"),
    [
        ("", "wrong", "AADSTS7000215"),
        ("11111111-0000-4000-8000-2d7cd011db47", "", "AADSTS700016"),
    ],
)
def test_what_is_wrong_is_said_as_entra_id_says_it(keyvault, way, client, secret, code):
    app = keyvault.identity("app", kind="service_principal")
    with (
        ClientSecretCredential(TENANT, client or app.appid, secret or app.client_secret, **way) as credential,
        pytest.raises(ClientAuthenticationError, match=code),
    ):
        credential.get_token(VAULT)


def test_a_secret_expires(keyvault, way):
    app = keyvault.identity("app", kind="service_principal")
    app.secret_expired = True
    with (
        ClientSecretCredential(TENANT, app.appid, app.client_secret, **way) as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS7000222"),
    ):
        credential.get_token(VAULT)


def test_a_person_has_no_secret(keyvault, way):
    person = keyvault.identity("alice")
    with (
        ClientSecretCredential(TENANT, person.appid, person.client_secret, **way) as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS700016"),
    ):
        credential.get_token(VAULT)


def shown_by(way, codes):
    return DeviceCodeCredential(
        prompt_callback=lambda link, code, _: codes.append((link, code)), additionally_allowed_tenants=["*"], **way
    )


def test_a_person_signs_in_by_a_device_code_and_is_known_in_the_vault(keyvault, way, ask):
    codes = []

    def use():
        while not codes:
            time.sleep(0.02)
        keyvault.use_code(codes[0][1], "bob")

    threading.Thread(target=use).start()
    with shown_by(way, codes) as credential:
        record = credential.authenticate(scopes=[VAULT])
        assert (record.username, record.tenant_id) == ("bob@contoso.com", TENANT)
        assert ask("GET", "/secrets", token=credential.get_token(VAULT, tenant_id=TENANT).token).status_code == 200
    assert keyvault.requests.log[-1].identity == "bob"
    assert len(codes) == 1, "the vault's tenant is asked without a second code"


def test_a_person_declines(keyvault, way):
    codes = []

    def use():
        while not codes:
            time.sleep(0.02)
        keyvault.use_code(codes[0][1], "bob", decline=True)

    threading.Thread(target=use).start()
    with shown_by(way, codes) as credential, pytest.raises(ClientAuthenticationError, match="declined"):
        credential.authenticate(scopes=[VAULT])
    with pytest.raises(KeyError):
        keyvault.use_code("N0SUCHCODE")


def test_an_unknown_tenant(keyvault, way):
    with (
        ClientSecretCredential("no-such.example", "c", "s", **way) as credential,
        pytest.raises(ClientAuthenticationError),
    ):
        credential.get_token(VAULT)
