"""What Azure Resource Manager refuses, and what a network may do, is told with what to do; no value is in it."""

from __future__ import annotations

import json
import logging

import pytest

from hunter import assert_clean, hunt
from pfconn_jupyter import identity
from pfconn_jupyter.api import Connections
from pfconn_jupyter.errors import (
    AccessDenied,
    AmbiguousName,
    ConnectionChanged,
    ConnectionExists,
    ConnectionNotFound,
    InvalidConnection,
    NotSupported,
    StoreDamaged,
    StoreUnavailable,
)
from pfconn_jupyter.stores.azureml.store import AzureMLStore
from pfconn_jupyter.stores.azureml.workspace_connections import WorkspaceConnections
from pfconn_jupyter.stores.keyvault.resource_manager import Manager
from pfconn_jupyter.stores.store import ANY
from pfconn_jupyter.stores.waiting import told_to
from pfconn_jupyter.stores.workspace import Workspace as Named
from pfconn_jupyter.testing.samples import openai
from refusals import refusal
from standins.arm import GROUP, ID, NAME, SUBSCRIPTION
from standins.workspace_samples import KEY, SAMPLES

READER = "Azure Machine Learning Workspace Connection Secrets Reader"


def put(store, name="one"):
    return store.put(name, openai(KEY), scope="shared", expect=ANY)


@pytest.mark.parametrize(
    ("may", "ask", "role"),
    [
        (("list", "get"), lambda store: store.get("one", "shared"), READER),
        ((), lambda store: store.list(), "Reader"),
        (("list", "get", "listsecrets"), put, "AzureML Data Scientist"),
        (("list", "get", "listsecrets"), lambda store: store.delete("one", "shared"), "AzureML Data Scientist"),
    ],
)
def test_a_missing_role_is_named_with_a_request_to_send(workspace, open_as, may, ask, role):
    workspace.put("one", SAMPLES["openai-key"].properties)
    bob = workspace.identity("bob", may)
    store = open_as("bob")
    error = refusal(AccessDenied, lambda: ask(store))
    assert "bob@contoso.com (person) may not" in error.problem
    assert f"the role {role} is missing" in error.problem
    assert f'az role assignment create --role "{role}" --assignee-object-id {bob.oid} --scope {ID}.' in error.hint
    assert "%pfconn" not in error.hint


def test_who_may_not_read_values_can_list_and_use_what_needs_none(workspace, open_as):
    workspace.identity("bob", ("list", "get"))
    workspace.put("keyed", SAMPLES["aoai-key"].properties)
    workspace.put("keyless", SAMPLES["aoai-entra"].properties)
    store = open_as("bob")
    assert [r.auth for r in store.list()] == ["key", "meid_token"]
    assert store.get("keyless", "shared").auth == "meid_token"
    assert READER in refusal(AccessDenied, lambda: store.get("keyed", "shared")).problem


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        (Named(SUBSCRIPTION, GROUP, "elsewhere", "the address"), "no workspace elsewhere in the resource group"),
        (Named(SUBSCRIPTION, "rg-x", NAME, "the address"), "no resource group rg-x"),
        (Named(SUBSCRIPTION.replace("6", "7"), GROUP, NAME, "the address"), "no subscription"),
    ],
)
def test_a_workspace_that_is_not_there(open_as, named, problem):
    store = open_as(named=named)
    for ask in (
        store.list,
        lambda: store.get("one", "shared"),
        lambda: put(store),
        lambda: store.delete("one", "shared"),
    ):
        error = refusal(StoreUnavailable, ask)
        assert problem in error.problem
        assert "the address names" in error.problem


@pytest.mark.parametrize("operation", ["list", "listsecrets", "put", "delete"])
@pytest.mark.parametrize(
    "refused",
    [
        (401, "ExpiredAuthenticationToken", {}, "does not accept the sign-in of alice@contoso.com", "%pfconn login"),
        (429, "TooManyRequests", {"Retry_After": "317"}, "too many requests", "Wait 317 s"),
        (409, "ScopeLocked", {}, "ScopeLocked", "lock"),
        (400, "ValidationError", {}, "HTTP 400, ValidationError", "studio"),
        (302, "Moved", {"Location": "https://portal.example"}, "HTTP 302", "Repeat"),
        (418, "Teapot", {}, "HTTP 418, Teapot", "Repeat"),
    ],
)
def test_refusals_of_each_operation(workspace, store, operation, refused):
    status, code, headers, problem, hint = refused
    workspace.put("one", SAMPLES["openai-key"].properties)
    workspace.fail_next(operation, status, code, **headers)
    asks = {
        "list": store.list,
        "listsecrets": lambda: store.get("one", "shared"),
        "put": lambda: put(store),
        "delete": lambda: store.delete("one", "shared"),
    }
    kind = AccessDenied if status in (401, 409) else StoreUnavailable
    error = refusal(kind, asks[operation])
    assert problem in error.problem
    assert hint in error.hint
    assert_clean(KEY, error)


def test_a_short_wait_is_kept_and_told(workspace, store):
    workspace.put("one", SAMPLES["openai-key"].properties)
    said = []
    with told_to(said.append):
        for operation in ("list", "listsecrets", "put"):
            workspace.fail_next(operation, 429, "TooManyRequests", Retry_After="1")
        store.get("one", "shared")
        put(store)
    assert said == ["Azure Resource Manager asks to wait 1 s (too many requests); going on then."] * 3


@pytest.mark.parametrize("operation", ["list", "listsecrets", "put"])
def test_an_error_of_the_service_is_tried_again_and_then_told(workspace, store, operation):
    asks = {"list": store.list, "listsecrets": lambda: store.get("one", "shared"), "put": lambda: put(store)}
    workspace.put("one", SAMPLES["openai-key"].properties)
    workspace.fail_next(operation, 503, "ServerBusy")
    asks[operation]()
    for _ in range(4):
        workspace.fail_next(operation, 503, "ServerBusy")
    error = refusal(StoreUnavailable, asks[operation])
    assert "HTTP 503, ServerBusy" in error.problem
    assert "status.azure.com" in error.hint


def test_an_answer_that_is_lost_is_no_lost_write(workspace, store):
    for _ in range(9):
        workspace.fail_next("put")
    error = refusal(StoreUnavailable, lambda: put(store))
    assert "cut" in error.problem
    assert "may have been carried out" in error.hint
    assert_clean(KEY, error)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"value": {}}', b'{"value": [', b"null"])
def test_an_answer_that_is_none(workspace, store, body):
    workspace.answer_next("list", body)
    error = refusal(StoreUnavailable, store.list)
    assert "cannot be read" in error.problem


@pytest.mark.parametrize(
    "link", ["https://management.azure.com.evil.example/x", "http://management.azure.com/x", "//evil.example/x", "x"]
)
def test_a_list_that_leads_elsewhere_is_not_followed(workspace, store, link):
    workspace.page, workspace.links = 1, link
    for name in ("one", "two"):
        workspace.put(name, SAMPLES["openai-key"].properties)
    error = refusal(StoreUnavailable, store.list)
    assert "another address" in error.problem
    assert len(workspace.requests) == 1


def test_a_list_that_leads_back_ends(workspace, store):
    workspace.page = 1
    workspace.links = f"{ID}/connections?api-version=2025-12-01&$skipToken=1"
    for name in ("one", "two", "six"):
        workspace.put(name, SAMPLES["openai-key"].properties)
    assert "does not end" in refusal(StoreUnavailable, store.list).problem


def test_nobody_is_signed_in_and_no_network():
    from azure.identity import CredentialUnavailableError

    class Nobody:
        def get_token(self, *scopes, **options):
            raise CredentialUnavailableError("no way")

    manager = Manager(Nobody(), "https://management.invalid")
    store = AzureMLStore(WorkspaceConnections(manager, Named(SUBSCRIPTION, GROUP, NAME)))
    error = refusal(AccessDenied, store.list)
    assert "nobody is signed in" in error.problem
    assert "%pfconn login" in error.hint
    manager.close()


def test_a_host_that_is_not_there_is_told_of_the_network(workspace):
    manager = Manager(workspace.credential(), "https://management.invalid")
    store = AzureMLStore(WorkspaceConnections(manager, Named(SUBSCRIPTION, GROUP, NAME)))
    error = refusal(StoreUnavailable, store.list)
    assert "management.invalid" in error.problem
    assert "vault" not in str(error)
    manager.close()


def test_a_name_is_there_once_whoever_may_use_it(store):
    store.put("my_conn", openai(), scope="shared")
    for expect in ("new", ANY):
        error = refusal(ConnectionExists, lambda e=expect: store.put("my-conn", openai(), scope="restricted", expect=e))
        assert "my_conn exists already in ml-team, shared" in error.problem
        assert "%pfconn update my_conn --shared" in error.hint
    with pytest.raises(ConnectionNotFound):
        store.get("my_conn", "restricted")
    with pytest.raises(ConnectionNotFound):
        store.delete("my_conn", "restricted")


def test_private_is_refused_in_words_that_say_where(store):
    for ask in (
        lambda: store.put("one", openai(), scope="private"),
        lambda: Connections(store).create("openai", "one", scope="private", api_key=KEY),
    ):
        error = refusal(NotSupported, ask)
        assert "ml-team has no private connections" in error.problem
        assert "restricted" in error.hint
        assert_clean(KEY, error)
    assert "its creator only" in store.scopes["restricted"]


def test_two_that_others_made_alike_are_told_apart_by_the_letter(workspace, store):
    for name in ("my_conn", "my-conn"):
        workspace.put(name, {**SAMPLES["custom-plain"].properties, "metadata": {"who": name}})
    assert [r.name for r in store.list()] == ["my-conn", "my_conn"]
    assert store.get("my_conn", "shared").configs == {"who": "my_conn"}
    assert Connections(store).record("my-conn").configs == {"who": "my-conn"}
    error = refusal(AmbiguousName, lambda: store.get("MY.CONN", "shared"))
    assert "my_conn" in error.problem
    assert "my-conn" in error.problem


def test_who_wrote_meanwhile_is_told_even_where_only_the_key_changed(workspace, store):
    workspace.put("one", SAMPLES["openai-key"].properties)
    (read,) = store.find("one")
    workspace.put("one", {**SAMPLES["openai-key"].properties, "credentials": {"key": "rotated-by-another"}})
    error = refusal(ConnectionChanged, lambda: store.put("one", read, scope="shared", expect=read.record.rev))
    assert "%pfconn show one" in error.hint
    assert "history" not in error.hint


def test_a_key_that_is_not_there_is_told(workspace, store):
    workspace.put("one", {**SAMPLES["aoai-key"].properties, "credentials": None})
    error = refusal(StoreDamaged, lambda: store.get("one", "shared"))
    assert "gives no value for the key of one" in error.problem


def test_a_key_is_in_no_log_no_error_and_no_address(workspace, store, caplog):
    caplog.set_level(logging.DEBUG)
    connections = Connections(store)
    connections.create("openai", "one", scope="shared", api_key=KEY)
    connections.get("one")
    connections.update("one", model="m")
    broken = {**SAMPLES["aoai-key"].properties, "target": "not an address", "credentials": {"key": KEY}}
    workspace.put("bad", broken)
    errors = [refusal(InvalidConnection, lambda: connections.get("bad"))]
    for operation, ask in (
        ("put", lambda: connections.update("one", model="x")),
        ("listsecrets", lambda: connections.get("one")),
    ):
        workspace.fail_next(operation, 418, "Teapot")
        errors.append(refusal(StoreUnavailable, ask))
        workspace.answer_next(operation, json.dumps({"credentials": {"key": KEY}}).encode())
        errors.append(refusal(StoreUnavailable, ask))
        workspace.answer_next(operation, f'{{"properties": {{"credentials": {{"key": "{KEY}"'.encode())
        errors.append(refusal(StoreUnavailable, ask))
    for _ in range(9):
        workspace.fail_next("put")
    errors.append(refusal(StoreUnavailable, lambda: connections.update("one", model="y")))
    assert hunt(KEY, b"".join(request.body for request in workspace.requests)), "the control: it was sent"
    assert hunt("listsecrets", caplog.text), "the control: requests were logged"
    targets = "\n".join(request.target for request in workspace.requests)
    assert_clean(KEY, caplog.text, targets, repr(store.list()), *errors)


def test_the_token_is_in_no_log_and_no_error(workspace, open_as, caplog):
    caplog.set_level(logging.DEBUG)
    workspace.identity("bob", ())
    error = refusal(AccessDenied, open_as("bob").list)
    token = workspace.requests[-1].headers["authorization"].removeprefix("Bearer ")
    assert_clean(token, caplog.text, error)


def test_other_clouds_have_other_managers(monkeypatch):
    for authority, address in identity.MANAGERS.items():
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", f"https://{authority}/")
        manager = Manager(object())
        assert manager.url == address
        manager.close()
