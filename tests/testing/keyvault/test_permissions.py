"""Who may do what, and in which words one may not."""

from __future__ import annotations

import pytest
from azure.core.exceptions import HttpResponseError

from pfconn_jupyter.testing.keyvault import KeyVaultEmulator
from pfconn_jupyter.testing.keyvault.identities import PERMISSIONS

NEEDS = {
    "get": lambda client: client.get_secret("a"),
    "list": lambda client: list(client.list_properties_of_secrets()),
    "set": lambda client: client.update_secret_properties("a", tags={}),
    "delete": lambda client: client.begin_delete_secret("a"),
    "recover": lambda client: client.begin_recover_deleted_secret("gone"),
    "purge": lambda client: client.purge_deleted_secret("gone"),
    "backup": lambda client: client.backup_secret("a"),
    "restore": lambda client: client.restore_secret_backup(b"x"),
}


@pytest.fixture
def filled(keyvault):
    keyvault.written_by_others("a", "1")
    keyvault.written_by_others("gone", "1")
    keyvault.vault.delete("gone")
    return keyvault


@pytest.mark.parametrize("needed", PERMISSIONS)
def test_each_operation_needs_its_permission(filled, needed):
    filled.identity("without", tuple(set(PERMISSIONS) - {needed}))
    with pytest.raises(HttpResponseError) as refused:
        NEEDS[needed](filled.client("without"))
    assert (refused.value.status_code, refused.value.error.innererror["code"]) == (403, "ForbiddenByRbac")
    filled.identity("with", (needed,))
    try:
        NEEDS[needed](filled.client("with"))
    except HttpResponseError as error:
        assert error.status_code != 403  # noqa: PT017  restoring needs a backup, too


def test_the_refusal_names_caller_action_and_resource(filled):
    bob = filled.identity("bob", ("Key Vault Reader",))
    with pytest.raises(HttpResponseError) as refused:
        filled.client("bob").get_secret("a")
    words = refused.value.error.message
    for part in (
        bob.oid,
        "Microsoft.KeyVault/vaults/secrets/getSecret/action",
        "vaults/contoso/secrets/a",
        "DeniedWithNoValidRBAC",
    ):
        assert part in words


def test_under_access_policies_the_refusal_is_another():
    with KeyVaultEmulator(access="policy") as keyvault:
        keyvault.identity("bob", ("list",))
        with pytest.raises(HttpResponseError) as refused:
            keyvault.client("bob").get_secret("a")
        assert refused.value.error.innererror["code"] == "AccessDenied"


def test_roles_are_permissions(filled):
    filled.identity("reader", ("Key Vault Secrets User",))
    client = filled.client("reader")
    assert client.get_secret("a").value == "1"
    with pytest.raises(HttpResponseError):
        client.set_secret("a", "2")
    with pytest.raises(ValueError, match="Key Vault Wizard"):
        filled.identity("reader", ("Key Vault Wizard",))


def test_permissions_can_be_given_for_some_secrets_and_do_not_let_list(filled):
    filled.identity("bob", ()).grant("Key Vault Secrets User", name="A*")
    client = filled.client("bob")
    assert client.get_secret("a").value == "1"
    for call in (lambda: client.get_secret("b"), lambda: list(client.list_properties_of_secrets())):
        with pytest.raises(HttpResponseError) as refused:
            call()
        assert refused.value.status_code == 403


def test_permissions_can_be_given_for_one_vault(filled):
    filled.add_vault("fabrikam").set("a", "2")
    filled.identity("bob", ()).grant("get", vault="fabrikam")
    assert filled.client("bob", vault="fabrikam").get_secret("a").value == "2"
    with pytest.raises(HttpResponseError):
        filled.client("bob").get_secret("a")


def test_permissions_change_while_it_runs(filled):
    bob = filled.identity("bob")
    client = filled.client("bob")
    assert client.get_secret("a").value == "1"
    bob.revoke()
    with pytest.raises(HttpResponseError):
        client.get_secret("a")


def test_a_firewall_refuses_whoever_has_a_token(filled, client, ask):
    filled.vault.firewall = True
    with pytest.raises(HttpResponseError) as refused:
        client.get_secret("a")
    assert (refused.value.status_code, refused.value.error.innererror["code"]) == (403, "ForbiddenByFirewall")
    assert ask("GET", "/secrets", identity="").status_code == 401
