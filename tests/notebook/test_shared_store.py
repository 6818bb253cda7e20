"""A team's vault from the notebook: shared and private, colleagues, copies, repairs."""

from __future__ import annotations

import pytest

from hunter import assert_clean
from pfconn_jupyter import identity
from pfconn_jupyter.testing.keyvault import KeyVaultEmulator

KEY = "Zv6-key-in-a-team-vault-0042"
AZURE = "--set api_base=https://c.openai.azure.com --set api_key='${env:MY_KEY}'"


@pytest.fixture
def vault():
    with KeyVaultEmulator() as emulator:
        yield emulator
    identity.credential.cache_clear()


@pytest.fixture
def team(notebook, vault, monkeypatch, tmp_path):
    """Return a function that makes the notebook another person's, with a home of their own."""
    monkeypatch.setenv("MY_KEY", KEY)
    monkeypatch.setenv("PFCONN_STORE", "keyvault:contoso")

    def become(name):
        monkeypatch.setenv("PFCONN_HOME", str(tmp_path / name))
        vault.sign_in(name)
        identity.credential.cache_clear()
        return notebook

    return become


@pytest.fixture
def alice(team):
    notebook = team("alice")
    notebook(f"%pfconn create azure_openai team_aoai --shared {AZURE}")
    notebook(f"%pfconn create azure_openai mine --private {AZURE}")
    return notebook


def test_the_answer_names_store_and_scope(alice):
    assert list(alice("%pfconn list")["scope"]) == ["private", "shared"]
    assert "contoso (keyvault:contoso)" in repr(alice("%pfconn list"))
    assert list(alice("%pfconn list --scope shared")["name"]) == ["team_aoai"]


def test_the_same_name_shared_and_private_must_be_said(alice):
    alice(f"%pfconn create azure_openai mine --shared {AZURE}")
    error = alice.fails("%pfconn get mine")
    assert type(error).__name__ == "AmbiguousName"
    assert "--private or --shared" in str(error)
    assert alice("%pfconn get mine --private").record.scope == "private"


def test_a_colleague_uses_what_is_shared_and_sees_that_the_rest_is_not_theirs(alice, team):
    bob = team("bob")
    assert list(bob("%pfconn list")["name"]) == ["team_aoai"]
    assert "and 1 private of others (--scope all)" in repr(bob("%pfconn list"))
    assert bob("%pfconn get team_aoai").api_key.reveal() == KEY
    assert "alice@contoso.com" in str(bob.fails("%pfconn get mine"))
    said = bob("%pfconn")
    assert "1 private ones of others" in dict(zip(said["what"], said["now"], strict=True))["connections"]
    everything = bob("%pfconn list --scope all")
    assert dict(zip(everything["name"], everything["owner"], strict=True))["mine"] == "alice@contoso.com"


def test_someone_who_may_only_list_can_list_and_show(alice, team, vault):
    vault.identity("carol", ["list"])
    carol = team("carol")
    assert list(carol("%pfconn list")["name"]) == ["team_aoai"]
    assert "https://c.openai.azure.com" in set(carol("%pfconn show team_aoai")["value"])
    refusal = str(carol.fails("%pfconn get team_aoai"))
    assert "Key Vault Secrets User" in refusal


def test_the_key_follows_its_person_to_another_machine(alice, team, monkeypatch, tmp_path):
    monkeypatch.setenv("PHRASE", "correct horse battery")
    alice("%pfconn key backup --passphrase-env PHRASE")
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "second machine"))
    assert "%pfconn key" in str(alice.fails("%pfconn get mine"))
    alice("%pfconn key unlock --passphrase-env PHRASE")
    assert alice("%pfconn get mine").api_key.reveal() == KEY


def test_a_value_from_outside_is_told_and_repaired(alice, vault):
    vault.written_by_others("pfconn-s-team-aoai", "rotated-by-a-function-01")
    assert "repair team_aoai" in repr(alice("%pfconn list"))
    assert alice("%pfconn get team_aoai").api_key.reveal() == "rotated-by-a-function-01"
    alice("%pfconn repair team_aoai")
    assert "problem" not in alice("%pfconn list").columns


def test_copies_need_a_scope_and_carry_values(alice):
    assert "Add --private." in str(alice.fails("%pfconn copy team_aoai --to local:"))
    assert "--shared or --private" in str(alice.fails("%pfconn copy team_aoai --to keyvault:contoso"))
    assert "copied to the local store, private" in repr(alice("%pfconn copy team_aoai --to local: --private"))
    assert "already, equal" in repr(alice("%pfconn copy team_aoai --to local: --private"))
    alice("%pfconn copy mine --as published --to keyvault:contoso --shared")
    assert alice("%pfconn get published --shared").api_key.reveal() == KEY
    assert list(alice("%pfconn copy mine team_aoai --to local: --private")["status"]) == ["copied", "same"]


def test_compare_answers_without_showing(alice, monkeypatch):
    monkeypatch.setenv("OTHER", "another-key-0123456789")
    assert "is the same" in repr(alice("%pfconn compare mine --set api_key='${env:MY_KEY}'"))
    assert "is different" in repr(alice("%pfconn compare mine --set api_key='${env:OTHER}'"))


def test_an_expiry_near_by_is_told_in_list_and_get(alice, capsys):
    alice("%pfconn update mine --expires 10d")
    assert "Soon: mine expires on" in repr(alice("%pfconn list"))
    alice("%pfconn get mine")
    assert "mine expires on" in capsys.readouterr().err


def test_delete_restore_and_purge_in_the_vault(alice):
    alice("%pfconn delete mine --private --yes")
    assert list(alice("%pfconn list --deleted")["name"]) == ["mine"]
    assert "restore mine" in str(alice.fails(f"%pfconn create azure_openai mine --private {AZURE}"))
    alice("%pfconn restore mine --private")
    assert alice("%pfconn get mine").api_key.reveal() == KEY


def test_nothing_of_it_is_on_disk_or_in_the_history(alice, tmp_path):
    alice("%pfconn test mine")
    alice.shell.history_manager.writeout_cache()
    assert_clean(KEY, tmp_path)


def test_test_all_lists_once_and_reads_each_value_once(alice, vault):
    given = "--set base_url=http://127.0.0.1:9/v1 --set api_key='${env:MY_KEY}'"
    for n in range(5):
        alice(f"%pfconn create openai more_{n} --shared {given}")
    alice("%pfconn delete team_aoai --yes")
    alice("%pfconn delete mine --yes")
    vault.requests.reset()
    found = alice("%pfconn test --all")
    assert len(found) == 5
    assert (vault.requests["list"], vault.requests["get"]) == (1, 5)
