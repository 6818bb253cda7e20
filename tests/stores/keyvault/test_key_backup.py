"""The sealing key follows the person to the next machine, and nobody else."""

from __future__ import annotations

import pytest

from hunter import assert_clean
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import SealingKeyError
from pfconn_jupyter.stores import key_places
from pfconn_jupyter.testing.samples import KEY, openai
from refusals import refusal

PASSPHRASE = Secret("correct horse battery staple")


@pytest.fixture
def backed_up(emulator, store):
    store.put("mine", openai(), scope="private")
    store.backup_key(PASSPHRASE)
    return f"pfconn-k-{store._access.owner()}"


def test_it_opens_on_the_next_machine(backed_up, open_as, monkeypatch, tmp_path):
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "elsewhere"))
    elsewhere = open_as("alice")
    taken = elsewhere.unlock_key(PASSPHRASE)
    assert (taken.already_there, taken.current) == (False, True)
    assert elsewhere.get("mine", "private").secrets["api_key"].reveal() == KEY
    assert elsewhere.unlock_key(PASSPHRASE).already_there


def test_it_is_no_connection_and_holds_no_key(emulator, store, backed_up):
    assert [r.name for r in store.list()] == ["mine"]
    key = key_places.find(key_places.read_marker().current, None).as_text().reveal()
    version = emulator.vault.get(backed_up)[1]
    assert_clean(key, version.value, repr(version.tags))
    assert_clean(PASSPHRASE.reveal(), version.value, repr(version.tags))


@pytest.mark.parametrize("change", ["passphrase", "person", "content"])
def test_it_opens_with_its_passphrase_for_its_person_only(emulator, open_as, backed_up, pfconn_home, change):
    pfconn_home.rename(pfconn_home.with_name("elsewhere"))
    if change == "content":
        emulator.written_by_others(backed_up, '{"format": "x"}')
    who = open_as("bob" if change == "person" else "alice")
    given = Secret("another passphrase") if change == "passphrase" else PASSPHRASE
    refused = refusal(SealingKeyError, lambda: who.unlock_key(given))
    assert "%pfconn key backup" in refused.hint
    assert not (pfconn_home / "sealing.json").exists()


def test_without_a_key_there_is_nothing_to_keep(store):
    refusal(SealingKeyError, lambda: store.backup_key(PASSPHRASE), match="no key yet")
    store.put("mine", openai(), scope="private")
    refusal(SealingKeyError, lambda: store.backup_key(Secret("short")), match="too short")
