"""A real keyring keeps the key; one that only looks like one, hangs or refuses does not."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.null import Keyring as NullKeyring

from hunter import assert_clean
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import KeyringUnavailable, SealingKeyError
from pfconn_jupyter.stores import key_places, keys, system_keyring
from pfconn_jupyter.stores.custody import custody
from pfconn_jupyter.stores.key_transfer import export_key, import_key


class InMemory(KeyringBackend):
    """As a system's keyring behaves."""

    priority = 5

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


class Hanging(InMemory):
    """As one that waits for somebody to unlock it."""

    def __init__(self):
        super().__init__()
        self.unlocked = threading.Event()

    def get_password(self, service, username):
        self.unlocked.wait(30)
        return super().get_password(service, username)


class Refusing(InMemory):
    """Quotes what it was given, as some do."""

    def set_password(self, service, username, password):
        raise RuntimeError(f"cannot write {password}")


class Forgetting(InMemory):
    def set_password(self, service, username, password):
        pass


def plaintext_keyring():
    """Return one that says it is of keyrings.alt, which need not be installed."""
    return type("PlaintextKeyring", (InMemory,), {"__module__": "keyrings.alt.file"})()


class Chain(ChainerBackend):
    """With members of our choice."""

    backends = ()
    priority = 10


@pytest.fixture
def use(monkeypatch, pfconn_home):
    def use(backend):
        monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
        return backend

    yield use
    system_keyring._waiting.clear()


def files_of(home):
    return sorted(path.name for path in home.iterdir())


def entries(backend):
    return [username for service, username in backend.kept if service == "pfconn_jupyter"]


def test_a_real_keyring_keeps_the_key(use, pfconn_home):
    backend = use(InMemory())
    key = keys.key_to_seal(list)
    assert entries(backend) == [key.id]
    assert files_of(pfconn_home) == ["sealing.json", "sealing.lock"]
    assert_clean(key.as_text().reveal(), pfconn_home)
    assert keys.key_to_seal(list).as_text() == key.as_text()
    there = custody()
    assert (there.where, there.key_id, there.problem) == ("keyring", key.id, "")


def test_a_second_keyring_key_leaves_the_first(use):
    backend = use(InMemory())
    first = keys.key_to_seal(list).id
    second = keys.new_key()
    assert entries(backend) == [first, second]
    assert keys.key_to_open(first).id == first


@pytest.mark.parametrize("unreal", [plaintext_keyring, NullKeyring])
def test_what_only_looks_like_a_keyring_is_not_used(use, unreal):
    backend = use(unreal())
    key = keys.key_to_seal(list)
    assert key_places.key_file(key.id).exists()
    assert not getattr(backend, "kept", {})


def test_of_a_chain_only_real_members_are_used(use, monkeypatch):
    plain, real = plaintext_keyring(), InMemory()
    monkeypatch.setattr(Chain, "backends", [plain, real])
    use(Chain())
    key = keys.key_to_seal(list)
    assert (plain.kept, entries(real)) == ({}, [key.id])
    monkeypatch.setattr(Chain, "backends", [plain])
    assert not system_keyring.is_used()


def test_switched_off_the_key_is_in_a_file(use, monkeypatch):
    backend = use(InMemory())
    monkeypatch.setenv("PFCONN_KEYRING", "off")
    key = keys.key_to_seal(list)
    assert key_places.key_file(key.id).exists()
    assert backend.kept == {}


def test_a_keyring_that_hangs_is_told_in_time_and_hung_on_once(use, monkeypatch, pfconn_home):
    backend = use(Hanging())
    monkeypatch.setattr(system_keyring, "TIMEOUT", 0.2)
    start = time.monotonic()
    for _ in range(20):
        with pytest.raises(KeyringUnavailable) as refused:
            keys.key_to_seal(list)
        assert "PFCONN_KEYRING=off" in refused.value.hint
    assert time.monotonic() - start < 2
    assert not key_places.marker_file().exists()
    assert key_places.keys_in_files() == []
    backend.unlocked.set()
    system_keyring._waiting[0].join(5)
    assert keys.key_to_seal(list).id


def test_a_keyring_that_hangs_does_not_touch_what_is_cheap(use):
    key = keys.key_to_seal(list) if use(InMemory()) else None
    use(Hanging())
    start = time.monotonic()
    assert custody().key_id == key.id
    assert keys.known_ids() == {key.id}
    assert time.monotonic() - start < 1


def test_a_refusal_is_told_without_the_key(use, pfconn_home):
    use(Refusing())
    with pytest.raises(KeyringUnavailable, match="RuntimeError") as refused:
        keys.key_to_seal(list)
    assert "cannot write" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert key_places.keys_in_files() == []
    assert not key_places.marker_file().exists()


def test_a_keyring_that_forgets_is_noticed(use):
    use(Forgetting())
    with pytest.raises(KeyringUnavailable, match="does not give it back"):
        keys.key_to_seal(list)
    assert not key_places.marker_file().exists()


def test_a_key_that_left_the_keyring_is_told(use, monkeypatch):
    backend = use(InMemory())
    key = keys.key_to_seal(list)
    monkeypatch.setenv("PFCONN_KEYRING", "off")
    with pytest.raises(SealingKeyError, match="switches off") as refused:
        keys.key_to_open(key.id)
    assert "Unset PFCONN_KEYRING" in refused.value.hint
    monkeypatch.delenv("PFCONN_KEYRING")
    kept = dict(backend.kept)
    backend.kept.clear()
    with pytest.raises(SealingKeyError, match="the system keyring does not have it"):
        keys.key_to_seal(list)
    backend.kept = {name: Secret("AAAA").reveal() for name in kept}
    with pytest.raises(SealingKeyError, match="changed or replaced"):
        keys.key_to_seal(list)
    backend.kept = kept
    assert keys.key_to_seal(list).id == key.id


def test_a_lost_marker_finds_the_key_of_sealed_values_in_the_keyring(use):
    use(InMemory())
    key = keys.key_to_seal(list)
    key_places.marker_file().unlink()
    assert keys.key_to_seal(lambda: [key.id]).id == key.id
    assert key_places.read_marker().where == {key.id: "keyring"}


def test_export_and_import_move_a_key_out_of_a_keyring(use, monkeypatch, tmp_path):
    use(InMemory())
    key = keys.key_to_seal(list)
    export_key(tmp_path / "my.key", Secret("correct horse battery"))
    monkeypatch.setenv("PFCONN_KEYRING", "off")
    done = import_key(tmp_path / "my.key", Secret("correct horse battery"))
    assert (done.already_there, done.current) == (False, True)
    assert keys.key_to_seal(list).as_text() == key.as_text()
    assert custody().where == "file"


def test_importing_the_stores_asks_for_no_keyring():
    code = "import sys, pfconn_jupyter.stores.local; print({'keyring', 'cryptography', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
