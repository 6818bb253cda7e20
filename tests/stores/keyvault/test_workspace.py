"""keyvault:@workspace: which workspace this is, and its vault as Azure Resource Manager tells it."""

from __future__ import annotations

import json
import logging

import pytest
import trustme

from hunter import assert_clean, hunt
from pfconn_jupyter import identity
from pfconn_jupyter.errors import AccessDenied, StoreUnavailable
from pfconn_jupyter.stores.address import open_store
from pfconn_jupyter.stores.keyvault import workspace_vault
from pfconn_jupyter.stores.keyvault.workspace_vault import vault_of_workspace
from pfconn_jupyter.stores.workspace import Workspace, find_workspace, workspace_here
from refusals import refusal as raised
from standins import arm
from standins.arm import CONFIG, GROUP, ID, NAME, SUBSCRIPTION
from standins.entra import OBJECT_ID, TENANT, access_token
from standins.service import Reply, Service, half, reset

HERE = Workspace(SUBSCRIPTION, GROUP, NAME, "config.json")
NAMES = ("AZUREML_ARM_SUBSCRIPTION", "AZUREML_ARM_RESOURCEGROUP", "AZUREML_ARM_WORKSPACE_NAME")


class Ana:
    """Gives one token for anything."""

    def get_token(self, *scopes, **options):
        from azure.core.credentials import AccessToken

        self.scopes = scopes
        return AccessToken(access_token(), 4102444800)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(workspace_vault, "_known", {})


@pytest.fixture
def ca_file(tmp_path):
    return tmp_path / "ca" / "ca.pem"


@pytest.fixture
def manager(ca_file):
    """Return Azure Resource Manager on this machine."""
    authority = trustme.CA()
    ca_file.parent.mkdir()
    authority.cert_pem.write_to_path(str(ca_file))
    with Service(authority.issue_cert("127.0.0.1")) as service:
        yield service.on(ID, arm.workspace())


@pytest.fixture
def ask(manager, ca_file):
    return lambda: vault_of_workspace(HERE, Ana(), manager.url, connection_verify=str(ca_file))


def put(path, config):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(config if isinstance(config, str) else json.dumps(config), encoding="utf-8-sig")


@pytest.mark.parametrize("file", ["config.json", ".azureml/config.json"])
def test_the_nearest_file_names_the_workspace(tmp_path, monkeypatch, file):
    put(tmp_path / file, CONFIG)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert find_workspace() == Workspace(SUBSCRIPTION, GROUP, NAME, str(tmp_path / file)) == workspace_here()
    assert find_workspace().id == ID
    put(below / "config.json", {**CONFIG, "workspace_name": "nearer"})
    assert find_workspace().name == "nearer"


@pytest.mark.parametrize("foreign", [{"model_type": "bert"}, [], "[1, 2]", {}])
def test_other_files_of_that_name_are_passed_by(tmp_path, monkeypatch, foreign):
    put(tmp_path / "config.json", CONFIG)
    put(tmp_path / "model" / "config.json", foreign)
    assert find_workspace(tmp_path / "model").name == NAME


def test_a_folder_and_a_file_that_is_not_ours_are_passed_by(tmp_path):
    (tmp_path / "x" / "config.json").mkdir(parents=True)
    put(tmp_path / "config.json", CONFIG)
    assert find_workspace(tmp_path / "x").name == NAME


def test_a_compute_names_it_where_no_file_does(tmp_path, monkeypatch):
    for name, value in zip(NAMES, (SUBSCRIPTION, GROUP, NAME), strict=True):
        monkeypatch.setenv(name, value)
    assert find_workspace() == Workspace(SUBSCRIPTION, GROUP, NAME, "the environment")
    put(tmp_path / "config.json", {**CONFIG, "workspace_name": "of-the-file"})
    assert find_workspace().name == "of-the-file"


def test_where_it_looked_is_told(tmp_path):
    assert workspace_here() is None
    error = raised(StoreUnavailable, lambda: open_store("keyvault:@workspace"))
    assert all(name in error.problem for name in (*NAMES, "config.json", ".azureml", str(tmp_path)))
    assert "keyvault:NAME" in error.hint


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ('{"subscription_id": "6b1f', "no JSON"),
        ("[" * 100_000, "no JSON"),
        ({"subscription_id": SUBSCRIPTION}, "resource_group is missing"),
        ({**CONFIG, "subscription_id": "<your-subscription>"}, "subscription_id is not well-formed"),
        ({**CONFIG, "resource_group": "a/../b"}, "resource_group is not well-formed"),
        ({**CONFIG, "workspace_name": 7}, "workspace_name is not well-formed"),
        ({**CONFIG, "workspace_name": "w?x=1"}, "workspace_name is not well-formed"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_not_passed_by(tmp_path, monkeypatch, config, problem):
    put(tmp_path / "config.json", config)
    for name in NAMES:
        monkeypatch.setenv(name, "x")
    error = raised(StoreUnavailable, find_workspace, problem)
    assert str(tmp_path / "config.json") in error.problem
    assert workspace_here() is None


def test_a_compute_that_says_half_is_told(monkeypatch):
    monkeypatch.setenv("AZUREML_ARM_SUBSCRIPTION", SUBSCRIPTION)
    assert "AZUREML_ARM_RESOURCEGROUP is missing" in raised(StoreUnavailable, find_workspace).problem


def test_a_deleted_folder_is_no_error(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert workspace_here() is None


def test_the_vault_of_the_workspace_is_asked_for_once(manager, ca_file):
    ana = Ana()
    for _ in range(2):
        vault = vault_of_workspace(HERE, ana, manager.url, connection_verify=str(ca_file))
        assert vault.address == "keyvault:contoso"
    (request,) = manager.received
    assert (request.method, request.path, request.query) == ("GET", ID, {"api-version": ["2025-12-01"]})
    assert request.headers["authorization"] == f"Bearer {access_token()}"
    assert ana.scopes == (f"{manager.url}/.default",)
    assert vault_of_workspace(HERE, Ana(), manager.url, connection_verify=str(ca_file)) == vault
    assert len(manager.received) == 2, "another credential may see another vault, or none"


def test_the_address_is_then_the_vaults_own(manager, ca_file, tmp_path, monkeypatch):
    put(tmp_path / "config.json", CONFIG)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca_file))
    monkeypatch.setitem(identity.MANAGERS, "login.microsoftonline.com", manager.url)
    ana = Ana()
    identity.use(ana)
    try:
        for text in ("keyvault:@workspace", " KEYVAULT: @Workspace "):
            store = open_store(text)
            assert (store.address, store.title) == ("keyvault:contoso", "contoso")
        assert open_store("keyvault:contoso")._access is store._access
    finally:
        identity.sign_out()
    assert len(manager.received) == 1


@pytest.mark.parametrize(
    ("authority", "ending", "manager_of"),
    [
        ("login.chinacloudapi.cn", "vault.azure.cn", "management.chinacloudapi.cn"),
        ("login.microsoftonline.us", "vault.usgovcloudapi.net", "management.usgovcloudapi.net"),
    ],
)
def test_other_clouds(ask, monkeypatch, authority, ending, manager_of):
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", authority)
    assert ask().url == f"https://contoso.{ending}"
    assert identity.resource_manager() == f"https://{manager_of}"


def test_without_the_role_there_is_a_request_to_send(manager, ask):
    manager.on(ID, arm.refused(403, "AuthorizationFailed"))
    error = raised(AccessDenied, ask)
    assert "ana@contoso.com (person) may not read the workspace ml-team: the role Reader is missing" in error.problem
    assert f"az role assignment create --role Reader --assignee-object-id {OBJECT_ID} --scope {ID}" in error.hint
    assert "keyvault:NAME" in error.hint


def test_another_tenant_is_named(manager, ask):
    challenge = {"WWW-Authenticate": f'Bearer authorization_uri="https://login.windows.net/{TENANT}", error="x"'}
    manager.on(ID, arm.refused(401, "InvalidAuthenticationTokenTenant", **challenge))
    assert f"%pfconn login --tenant {TENANT}" in raised(AccessDenied, ask).hint


@pytest.mark.parametrize(
    ("reply", "problem", "hint"),
    [
        (arm.refused(404, "ResourceNotFound"), "no workspace ml-team in the resource group rg-ml.team_1", "portal"),
        (arm.refused(404, "ResourceGroupNotFound"), "no resource group rg-ml.team_1", "portal"),
        (arm.refused(404, "SubscriptionNotFound"), f"no subscription {SUBSCRIPTION}", "portal"),
        (arm.refused(429, "TooManyRequests", **{"Retry-After": "17"}), "too many requests", "Wait 17 s"),
        (arm.refused(503, "ServerBusy"), "HTTP 503, ServerBusy", "status.azure.com"),
        (Reply(302, b"", {"Location": "https://portal.example"}), "HTTP 302", "Repeat"),
        (Reply(200, b"<html>"), "names no Key Vault", "keyvault:NAME"),
        (arm.workspace(None), "names no Key Vault", "keyvault:NAME"),
        (arm.workspace("https://evil.example/contoso"), "names no Key Vault", "keyvault:NAME"),
        (reset, "cut", "Repeat"),
        (half, "", "Repeat"),
    ],
)
def test_refusals_are_told(manager, ask, reply, problem, hint):
    manager.on(ID, reply)
    error = raised(StoreUnavailable, ask)
    assert problem in error.problem
    assert hint in error.hint
    assert workspace_vault._known == {}


def test_a_foreign_certificate_gets_no_token(manager, ca_file):
    trustme.CA().cert_pem.write_to_path(str(ca_file))
    error = raised(
        StoreUnavailable, lambda: vault_of_workspace(HERE, Ana(), manager.url, connection_verify=str(ca_file))
    )
    assert "certificate" in error.problem
    assert manager.received == []


def test_no_way_there_is_told_of_the_network():
    error = raised(StoreUnavailable, lambda: vault_of_workspace(HERE, Ana(), "https://management.invalid"))
    assert "management.invalid" in error.problem
    assert "network" in error.hint
    assert "vault's name" not in error.hint


def test_nobody_signed_in_is_told():
    from azure.identity import CredentialUnavailableError

    class Nobody:
        def get_token(self, *scopes, **options):
            raise CredentialUnavailableError("no way out of a hundred")

    error = raised(AccessDenied, lambda: vault_of_workspace(HERE, Nobody(), "https://management.invalid"))
    assert "nobody is signed in" in error.problem
    assert "%pfconn login" in error.hint


def test_the_token_is_in_no_log_and_no_error(manager, ask, caplog):
    caplog.set_level(logging.DEBUG)
    manager.on(ID, arm.refused(403, "AuthorizationFailed"))
    error = raised(AccessDenied, ask)
    assert hunt("MachineLearningServices", caplog.text), "the log of the requests was looked at"
    assert_clean(access_token(), caplog.text, error)


@pytest.mark.parametrize("text", ["keyvault:@", "keyvault:@workspaces", "keyvault:@W/x"])
def test_other_words_with_at_name_no_vault(text):
    assert "@workspace" in raised(StoreUnavailable, lambda: open_store(text)).problem
