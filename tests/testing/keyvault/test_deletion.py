"""Soft delete and its lag, recovery, purge, retention, backups."""

from __future__ import annotations

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

from pfconn_jupyter.testing.keyvault import KeyVaultEmulator

DAY = 86_400


@pytest.fixture
def slow(keyvault):
    keyvault.vault.lag = 5.0
    return keyvault


def inner(refused):
    return refused.value.error.innererror["code"]


def test_a_deleted_secret_is_listed_among_the_deleted_without_value(client, ask):
    made = client.set_secret("a", "the-value", tags={"x": "1"})
    answer = ask("DELETE", "/secrets/A")
    assert "the-value" not in answer.text
    assert answer.json()["recoveryId"] == "https://contoso.vault.azure.net/deletedsecrets/a"
    assert answer.json()["id"] == made.id
    assert list(client.list_properties_of_secrets()) == []
    (gone,) = client.list_deleted_secrets()
    assert (gone.name, gone.properties.tags) == ("a", {"x": "1"})
    assert (gone.scheduled_purge_date - gone.deleted_date).days == 90
    assert client.get_deleted_secret("a").properties.version == made.properties.version
    with pytest.raises(ResourceNotFoundError):
        client.get_secret("a")
    assert list(client.list_properties_of_secret_versions("a")) == []


def test_the_name_of_a_deleted_secret_stays_taken(client):
    client.set_secret("a", "1")
    client.begin_delete_secret("a")
    with pytest.raises(ResourceExistsError) as refused:
        client.set_secret("A", "2")
    assert inner(refused) == "ObjectIsDeletedButRecoverable"


def test_recovery_brings_all_versions_back(client, ask):
    client.set_secret("a", "1")
    client.set_secret("a", "2")
    client.begin_delete_secret("a")
    answer = ask("POST", "/deletedsecrets/a/recover")
    assert "value" not in answer.json()
    assert client.get_secret("a").value == "2"
    assert len(list(client.list_properties_of_secret_versions("a"))) == 2
    assert list(client.list_deleted_secrets()) == []


def test_a_purged_secret_is_gone_and_its_name_is_free(client):
    client.set_secret("a", "1")
    client.begin_delete_secret("a")
    client.purge_deleted_secret("a")
    assert list(client.list_deleted_secrets()) == []
    client.set_secret("a", "2")
    assert len(list(client.list_properties_of_secret_versions("a"))) == 1


def test_what_is_not_deleted_is_neither_recovered_nor_purged(client):
    client.set_secret("a", "1")
    for call in (client.begin_recover_deleted_secret, client.purge_deleted_secret, client.get_deleted_secret):
        for name in ("a", "nothing"):
            with pytest.raises(ResourceNotFoundError):
                call(name)
    with pytest.raises(ResourceNotFoundError):
        client.begin_delete_secret("nothing")


def test_a_deletion_takes_a_while_to_show(slow, client, clock):
    client.set_secret("a", "1")
    client.begin_delete_secret("a")
    with pytest.raises(ResourceNotFoundError):
        client.get_secret("a")
    with pytest.raises(ResourceNotFoundError):
        client.get_deleted_secret("a")
    assert list(client.list_deleted_secrets()) == []
    for call in (lambda: client.set_secret("a", "2"), lambda: client.purge_deleted_secret("a")):
        with pytest.raises(ResourceExistsError) as refused:
            call()
        assert inner(refused) == "ObjectIsBeingDeleted"
    clock.advance(5)
    assert client.get_deleted_secret("a").name == "a"


def test_a_recovery_takes_a_while_to_show(slow, client, clock):
    client.set_secret("a", "1")
    client.begin_delete_secret("a")
    clock.advance(5)
    client.begin_recover_deleted_secret("a")
    with pytest.raises(ResourceNotFoundError):
        client.get_secret("a")
    with pytest.raises(ResourceExistsError) as refused:
        client.set_secret("a", "2")
    assert inner(refused) == "ObjectIsBeingRecovered"
    clock.advance(5)
    assert client.get_secret("a").value == "1"


def test_the_pollers_of_the_sdk_wait_for_what_they_wait_for(slow, client, clock, monkeypatch):
    slept = []
    transport = client._client._client._pipeline._transport
    monkeypatch.setattr(transport, "sleep", lambda seconds: slept.append(seconds) or clock.advance(seconds))
    client.set_secret("a", "1")
    client.begin_delete_secret("a").wait()
    assert client.get_deleted_secret("a").name == "a"
    client.begin_recover_deleted_secret("a").wait()
    assert client.get_secret("a").value == "1"
    assert slept == [2, 2, 2] * 2


def test_a_purge_takes_a_while_to_free_the_name(slow, client, clock):
    client.set_secret("a", "1")
    client.begin_delete_secret("a")
    clock.advance(5)
    client.purge_deleted_secret("a")
    with pytest.raises(ResourceNotFoundError):
        client.get_deleted_secret("a")
    with pytest.raises(ResourceExistsError):
        client.set_secret("a", "2")
    clock.advance(5)
    client.set_secret("a", "2")


def test_the_deleted_purge_themselves_when_retention_ends(client, clock):
    client.set_secret("a", "1")
    client.begin_delete_secret("a")
    clock.advance(90 * DAY - 1)
    assert len(list(client.list_deleted_secrets())) == 1
    clock.advance(1)
    assert list(client.list_deleted_secrets()) == []
    client.set_secret("a", "2")


def test_under_purge_protection_nobody_purges(clock):
    with KeyVaultEmulator(purge_protection=True, retention_days=7, clock=clock) as keyvault:
        client = keyvault.client()
        made = client.set_secret("a", "1").properties
        assert (made.recovery_level, made.recoverable_days) == ("CustomizedRecoverable", 7)
        client.begin_delete_secret("a")
        with pytest.raises(HttpResponseError) as refused:
            client.purge_deleted_secret("a")
        assert (refused.value.status_code, inner(refused)) == (403, "ForbiddenByPolicy")
        client.begin_recover_deleted_secret("a")
        assert client.get_secret("a").value == "1"


def test_many_deleted_come_in_pages(keyvault, client):
    for number in range(30):
        keyvault.written_by_others(f"s{number}", "v")
        keyvault.vault.delete(f"s{number}")
    pages = [list(page) for page in client.list_deleted_secrets().by_page()]
    assert [len(page) for page in pages] == [25, 5]


def test_a_backup_holds_all_versions_sealed(client):
    for value in ("the-value", "2"):
        client.set_secret("a", value, tags={"v": value})
    backup = client.backup_secret("a")
    assert b"the-value" not in backup
    with pytest.raises(ResourceExistsError):
        client.restore_secret_backup(backup)
    client.begin_delete_secret("a")
    with pytest.raises(ResourceExistsError) as refused:
        client.restore_secret_backup(backup)
    assert inner(refused) == "ObjectIsDeletedButRecoverable"
    client.purge_deleted_secret("a")
    assert client.restore_secret_backup(backup).tags == {"v": "2"}
    assert client.get_secret("a").value == "2"
    assert len(list(client.list_properties_of_secret_versions("a"))) == 2


def test_a_backup_goes_to_another_vault_but_no_forgery_does(keyvault, client):
    keyvault.add_vault("fabrikam")
    client.set_secret("a", "1")
    elsewhere = keyvault.client(vault="fabrikam")
    elsewhere.restore_secret_backup(client.backup_secret("a"))
    assert elsewhere.get_secret("a").id.startswith("https://fabrikam.vault.azure.net/secrets/a/")
    with pytest.raises(HttpResponseError) as refused:
        elsewhere.restore_secret_backup(b"forged")
    assert refused.value.status_code == 400
