"""Every error of azure.core and every code of the service has words that say what to do."""

from __future__ import annotations

import inspect
import json
import socket
import ssl
from dataclasses import replace
from types import SimpleNamespace

import pytest
import requests.exceptions
import urllib3.exceptions
from azure.core import exceptions as azure

from hunter import assert_clean
from pfconn_jupyter.errors import AccessDenied, ConnectionExists, ConnectionNotFound, PfconnError, StoreUnavailable
from pfconn_jupyter.identity import Identity
from pfconn_jupyter.stores.keyvault.doing import Doing
from pfconn_jupyter.stores.keyvault.errors import WORDS, calling, in_words
from pfconn_jupyter.stores.keyvault.vault import vault_of
from pfconn_jupyter.testing.samples import KEY
from refusals import refusal

CLASSES = [
    cls
    for name, cls in inspect.getmembers(azure, inspect.isclass)
    if issubclass(cls, Exception) and cls.__module__ == azure.__name__
]
ALICE = Identity("tenant-1", "oid-1", "alice@contoso.com", "person")
VAULT = vault_of("contoso")


def doing(operation="get"):
    return Doing(operation, VAULT, ALICE, "my_conn", "pfconn-s-my-conn")


def answer(status, code="", inner="", message="", *, headers=None, spelling="innererror"):
    """Return what the SDK raises for an answer of the service."""
    body = {"error": {"code": code, "message": f"{message} {KEY}", **({spelling: {"code": inner}} if inner else {})}}
    kind = {401: azure.ClientAuthenticationError, 404: azure.ResourceNotFoundError, 409: azure.ResourceExistsError}
    error = kind.get(status, azure.HttpResponseError)(message=f"secret {KEY}")
    error.status_code, error.reason = status, "x"
    error.response = SimpleNamespace(headers=headers or {}, json=lambda: json.loads(json.dumps(body)))
    return error


def fails(error, operation="get"):
    def ask():
        raise error

    return refusal(PfconnError, lambda: calling(lambda: doing(operation), ask))


def test_the_list_of_classes_is_not_empty():
    assert len(CLASSES) >= 18


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_every_class_has_words(cls):
    assert cls.__name__ in WORDS
    made = cls.__new__(cls)
    Exception.__init__(made, KEY)
    made.message = f"secret {KEY}"
    told = fails(made)
    assert told.problem
    assert told.hint
    assert told.__context__ is None
    assert told.__cause__ is None
    assert_clean(KEY, told)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (answer(401, message="AKV10001: expired"), AccessDenied, "expired"),
        (answer(401, message="AKV10032: Invalid issuer."), AccessDenied, "%pfconn login --tenant"),
        (answer(401, message="AKV10000"), AccessDenied, "alice@contoso.com"),
        (answer(403, "Forbidden", "ForbiddenByRbac"), AccessDenied, "--assignee-object-id oid-1"),
        (answer(403, "Forbidden", "ForbiddenByRbac", spelling="innerError"), AccessDenied, "Key Vault Secrets User"),
        (answer(403, "Forbidden", "AccessDenied"), AccessDenied, "set-policy --name contoso --object-id oid-1"),
        (answer(403, "Forbidden", "ForbiddenByFirewall", "Client address: 203.0.113.7\n"), AccessDenied, "203.0.113.7"),
        (answer(403, "Forbidden", "ForbiddenByPolicy"), AccessDenied, "policy"),
        (answer(403, "Forbidden", "SecretDisabled"), PfconnError, "--enabled true"),
        (answer(403), AccessDenied, "no role assignment allows it"),
        (answer(404, "SecretNotFound"), ConnectionNotFound, "my_conn"),
        (answer(409, "Conflict", "ObjectIsDeletedButRecoverable"), ConnectionExists, "%pfconn restore my_conn"),
        (answer(409, "Conflict", "ObjectIsBeingDeleted"), StoreUnavailable, "still being deleted"),
        (answer(409, "Conflict", "ObjectIsBeingRecovered"), StoreUnavailable, "still being restored"),
        (answer(409, "Conflict"), ConnectionExists, "my_conn"),
        (answer(429, "Throttled", headers={"Retry-After": "7"}), StoreUnavailable, "Wait 7 s"),
        (answer(429, "Throttled"), StoreUnavailable, "throttled"),
        (answer(400, "BadParameter"), StoreUnavailable, "BadParameter"),
        (answer(500), StoreUnavailable, "HTTP 500"),
        (answer(503), StoreUnavailable, "status.azure.com"),
        (answer(302), StoreUnavailable, "led elsewhere"),
    ],
)
def test_what_the_service_refuses(error, kind, words):
    told = fails(error)
    assert isinstance(told, kind)
    assert words in str(told)
    assert_clean(KEY, told)


@pytest.mark.parametrize("operation", ["get", "list", "set"])
def test_who_wants_to_write_is_asked_for_the_role_that_writes(operation):
    forbidden = answer(403, "Forbidden", "ForbiddenByRbac")
    told = in_words(forbidden, replace(doing(operation), to_write=True))
    assert "may not write" in told.problem
    assert "Key Vault Secrets Officer" in told.hint
    assert "Secrets User" not in told.hint
    policy = in_words(answer(403, "Forbidden", "AccessDenied"), replace(doing(operation), to_write=True))
    assert policy.hint.endswith("--secret-permissions get list set delete recover")


def test_a_policy_for_reading_is_not_asked_to_take_what_is_there():
    told = fails(answer(403, "Forbidden", "AccessDenied"), "list")
    assert told.hint.endswith("--secret-permissions get list")


def test_a_condition_of_the_role_is_thought_of():
    told = fails(answer(403, "Forbidden", "ForbiddenByRbac"))
    assert told.problem.endswith("no role assignment allows it, or the condition of it leaves out pfconn-s-my-conn.")
    assert "missing" not in str(told)


def test_the_scope_of_a_role_is_the_one_the_service_names():
    scope = "/subscriptions/11-22/resourceGroups/team.rg/providers/Microsoft.KeyVault/vaults/contoso"
    told = fails(answer(403, "Forbidden", "ForbiddenByRbac", f"Resource: '{scope.lower()}/secrets/x'"), "set")
    assert f"--scope {scope.lower()}." in told.hint
    assert "Key Vault Secrets Officer" in told.hint


def wrapped(inner):
    pool = urllib3.HTTPSConnectionPool("contoso.vault.azure.net")
    cause = requests.exceptions.ConnectionError(urllib3.exceptions.MaxRetryError(pool, f"/secrets/{KEY}", inner))
    return azure.ServiceRequestError(cause, error=cause)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (wrapped(urllib3.exceptions.NameResolutionError("contoso", None, socket.gaierror(-2, "no"))), "no host"),
        (wrapped(urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("self-signed"))), "REQUESTS_CA_BUNDLE"),
        (wrapped(urllib3.exceptions.ProxyError("x", OSError("Tunnel connection failed: 407"))), "sign-in"),
        (wrapped(urllib3.exceptions.ProxyError("x", OSError("502"))), "NO_PROXY"),
        (wrapped(urllib3.exceptions.ConnectTimeoutError("x")), "in time"),
        (wrapped(ConnectionRefusedError()), "no way"),
        (azure.ServiceResponseError("x", error=ConnectionResetError()), "cut"),
        (azure.ServiceResponseTimeoutError("x"), "in time"),
        (azure.ClientAuthenticationError("additionally_allowed_tenants"), "another tenant"),
        (azure.ClientAuthenticationError("AADSTS700082: The refresh token has expired"), "expired"),
        (azure.ClientAuthenticationError("DefaultAzureCredential failed"), "az login"),
        (
            ValueError("The challenge resource 'x' does not match the requested domain."),
            "does not answer as a Key Vault",
        ),
        (json.JSONDecodeError("x", KEY, 0), "cannot be read"),
    ],
)
def test_what_the_network_and_the_sign_in_refuse(error, words):
    told = fails(error)
    assert words in str(told)
    assert_clean(KEY, told)


def test_a_missing_bundle_is_named(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/file.pem")
    assert "/no/such/file.pem" not in str(told := fails(OSError("x")))
    assert "REQUESTS_CA_BUNDLE" in told.problem


def test_a_cut_write_says_that_it_may_have_been_done():
    assert "may have been carried out" in in_words(azure.ServiceResponseError("x"), doing("set")).hint
    assert in_words(azure.ServiceResponseError("x"), doing("get")).hint == "Repeat."


def test_our_own_errors_pass():
    ours = ConnectionNotFound("a", "b")
    assert fails(ours) is ours


def test_the_real_thing_without_a_network(open_as):
    store = open_as("alice", proxies={"https": "http://127.0.0.1:9"}, retry_total=0)
    assert "proxy" in refusal(StoreUnavailable, store.list).problem
