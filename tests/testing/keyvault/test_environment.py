"""The product unchanged, by its environment alone; the shell; the proxy and the identity endpoint."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress

import pytest
import requests
from azure.core.exceptions import ServiceRequestError
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient

from pfconn_jupyter.testing.keyvault import KeyVaultEmulator


def test_an_unmodified_program_signs_in_and_finds_the_vault(keyvault, unmodified):
    keyvault.written_by_others("a", "1")
    environment = {**os.environ, **keyvault.environment("bob")}
    command = [sys.executable, "-c", unmodified]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert run.stdout.split() == ["a", "from-the-child"]
    assert {seen.identity for seen in keyvault.requests.log if seen.operation != "challenge"} == {"bob"}
    assert keyvault.requests.counts == {"token": 1, "challenge": 1, "set": 1, "list": 1}


def test_a_notebook_signs_in_and_has_its_own_environment_back(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    before = dict(os.environ)
    with KeyVaultEmulator() as vault:
        vault.sign_in("alice")
        vault.sign_in("bob")
        with DefaultAzureCredential() as credential, SecretClient(vault.url, credential) as client:
            client.set_secret("a", "1")
        assert vault.requests.log[-1].identity == "bob"
    assert dict(os.environ) == before


def test_its_address_on_this_machine_works_too(keyvault):
    for number in range(30):
        keyvault.written_by_others(f"s{number}", "v")
    with SecretClient(
        keyvault.address, keyvault.credential(), verify_challenge_resource=False, connection_verify=keyvault.ca_file
    ) as client:
        assert len(list(client.list_properties_of_secrets())) == 30
        assert client.get_secret("s1").id.startswith(keyvault.address)


def test_who_does_not_know_the_ca_does_not_talk_to_it(keyvault):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(keyvault.address, timeout=5)


def test_the_proxy_leads_to_the_vaults_and_nowhere_else(keyvault):
    keyvault.add_vault("Fabrikam")
    assert keyvault.client(vault="fabrikam").set_secret("a", "1").id.startswith("https://fabrikam.vault.azure.net/")
    assert list(keyvault.client().list_properties_of_secrets()) == []
    with pytest.raises(ServiceRequestError):
        keyvault.client(vault="unknown", retry_total=0).get_secret("a")
    for elsewhere in (
        "https://example.com",
        "https://contoso.vault.azure.net:8443",
        "https://contoso.vault.azure.net.evil",
    ):
        with pytest.raises(requests.exceptions.ProxyError):
            requests.get(elsewhere, proxies={"https": keyvault.proxy}, verify=keyvault.ca_file, timeout=5)


@pytest.mark.parametrize(("cloud", "domain"), [("china", "vault.azure.cn"), ("government", "vault.usgovcloudapi.net")])
def test_other_clouds_have_other_names(cloud, domain):
    with KeyVaultEmulator(cloud=cloud) as keyvault:
        keyvault.sign_in()
        with DefaultAzureCredential() as credential, SecretClient(f"https://contoso.{domain}", credential) as client:
            assert client.set_secret("a", "1").id.startswith(f"https://contoso.{domain}/secrets/a/")


def token(keyvault, header="alice", **query):
    where = keyvault.environment("alice")["IDENTITY_ENDPOINT"]
    given = {"api-version": "2019-08-01", "resource": "https://vault.azure.net", **query}
    return requests.get(where, params=given, headers={"X-IDENTITY-HEADER": header} if header else {}, timeout=5)


def test_the_identity_endpoint_speaks_as_app_service_does(keyvault):
    vm = keyvault.identity("vm", kind="managed_identity")
    answer = token(keyvault, "vm").json()
    assert set(answer) == {"access_token", "client_id", "expires_on", "resource", "token_type"}
    assert (answer["token_type"], answer["client_id"]) == ("Bearer", vm.appid)
    assert int(answer["expires_on"]) > time.time()
    assert token(keyvault, "alice", client_id=vm.appid).json()["client_id"] == vm.appid
    assert token(keyvault, "").status_code == 401
    for wrong in (token(keyvault, "nobody"), token(keyvault, client_id="0"), token(keyvault, resource="")):
        assert wrong.status_code == 400
        assert wrong.json()["statusCode"] == 400


def test_after_the_end_nothing_is_left(keyvault):
    keyvault.client().set_secret("a", "1")
    port = int(keyvault.proxy.rpartition(":")[2])
    ca_file = keyvault.ca_file
    with socket.create_connection(("127.0.0.1", port)) as idle:
        keyvault.stop()
        # A reset says the same.
        with suppress(ConnectionResetError):
            assert idle.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    assert not os.path.exists(ca_file)  # noqa: PTH110
    with pytest.raises(RuntimeError, match="does not run"):
        keyvault.environment()
    keyvault.start()
    assert keyvault.client().get_secret("a").value == "1"


@pytest.mark.parametrize(
    "sent", [b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", b"\x16\x03garbage" * 99]
)
def test_nonsense_ends_the_connection_only(keyvault, sent):
    port = int(keyvault.proxy.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection, suppress(OSError):
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass
    keyvault.client().set_secret("a", "1")
