"""A key is made once; a lost, wrong or readable one is told, and never replaced silently."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from secrets import token_hex

import pytest

from hunter import assert_clean
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import SealingKeyError, StoreUnavailable
from pfconn_jupyter.stores import files, key_places, keys
from pfconn_jupyter.stores.custody import custody
from pfconn_jupyter.stores.key_transfer import export_key, import_key

PASSPHRASE = Secret("correct horse battery")


def nothing_sealed():
    return []


@pytest.fixture
def key(pfconn_home):
    return keys.key_to_seal(nothing_sealed)


def test_one_key_is_made_and_stays(key, pfconn_home):
    assert keys.key_to_seal(nothing_sealed).id == key.id
    assert keys.key_to_open(key.id).as_text() == key.as_text()
    path = key_places.key_file(key.id)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(pfconn_home.stat().st_mode) == 0o700
    assert sorted(p.name for p in pfconn_home.iterdir()) == [path.name, "sealing.json", "sealing.lock"]
    assert_clean(key.as_text().reveal(), (pfconn_home / "sealing.json").read_bytes())


def test_a_lost_key_is_not_replaced(key, pfconn_home):
    key_places.key_file(key.id).unlink()
    for ask in (lambda: keys.key_to_seal(nothing_sealed), lambda: keys.key_to_open(key.id)):
        with pytest.raises(SealingKeyError) as refused:
            ask()
        assert key.id in refused.value.problem
        for way in ("%pfconn key import FILE", "%pfconn key new"):
            assert way in refused.value.hint
    assert key_places.keys_in_files() == []


def test_sealed_values_alone_keep_a_key_from_being_made(pfconn_home):
    with pytest.raises(SealingKeyError, match="0badc0de"):
        keys.key_to_seal(lambda: ["0badc0de"])
    assert key_places.keys_in_files() == []
    assert not key_places.marker_file().exists()


def test_a_lost_marker_is_written_again(key):
    key_places.marker_file().unlink()
    assert keys.key_to_seal(nothing_sealed).id == key.id
    assert key_places.read_marker().current == key.id


def test_a_damaged_marker_is_told_and_its_hint_works(key):
    key_places.marker_file().write_text("{")
    with pytest.raises(SealingKeyError, match="damaged") as refused:
        keys.key_to_seal(nothing_sealed)
    assert "Delete it" in refused.value.hint
    assert "damaged" in custody().problem
    assert keys.known_ids() == {key.id}
    key_places.marker_file().unlink()
    assert keys.key_to_seal(nothing_sealed).id == key.id


@pytest.mark.parametrize("content", ["", "garbage", "A" * 43 + "="])
def test_a_replaced_key_is_noticed(key, content):
    key_places.key_file(key.id).write_text(content)
    with pytest.raises(SealingKeyError, match=f"{key.id}: it was changed or replaced"):
        keys.key_to_seal(nothing_sealed)
    assert key_places.key_file(key.id).read_text() == content


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(key, mode):
    path = key_places.key_file(key.id)
    path.chmod(mode)
    with pytest.raises(SealingKeyError, match="Others can read") as refused:
        keys.key_to_open(key.id)
    assert f"chmod 600 '{path}'" in refused.value.hint
    assert "chmod 600" in custody().problem
    path.chmod(0o600)
    assert keys.key_to_open(key.id).id == key.id


def test_a_new_key_leaves_the_old_one(key):
    second = keys.new_key()
    assert second != key.id
    assert keys.key_to_seal(nothing_sealed).id == second
    assert keys.key_to_open(key.id).id == key.id
    assert keys.known_ids() == {key.id, second}


MAKE = "from pfconn_jupyter.stores import keys; print(keys.key_to_seal(list).id)"


def test_processes_that_need_a_key_at_once_make_one(pfconn_home):
    started = [subprocess.Popen([sys.executable, "-c", MAKE], stdout=subprocess.PIPE, text=True) for _ in range(6)]
    ids = {process.communicate(timeout=60)[0].strip() for process in started}
    assert [process.returncode for process in started] == [0] * 6
    assert len(ids) == 1
    assert key_places.keys_in_files() == list(ids)


def test_a_process_that_holds_the_keys_is_told(pfconn_home, monkeypatch):
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.1)
    with keys.locked(), pytest.raises(StoreUnavailable, match="Another process"):
        keys.new_key()
    assert keys.new_key() in keys.known_ids()


# --- custody


def test_custody_says_where_the_key_is_and_what_that_is_worth(pfconn_home):
    none = custody()
    assert (none.where, none.key_id, none.problem) == ("none", "", "")
    assert not pfconn_home.exists()
    key = keys.key_to_seal(nothing_sealed)
    there = custody()
    assert (there.where, there.key_id, there.problem) == ("file", key.id, "")
    assert there.location == str(key_places.key_file(key.id))
    assert "runs code as you" in there.not_protects
    key_places.key_file(key.id).unlink()
    lost = custody()
    assert (lost.where, lost.key_id) == ("file", key.id)
    assert "missing" in lost.problem
    assert "key import" in lost.problem


# --- export, import


def test_a_key_travels(key, tmp_path, monkeypatch):
    file = tmp_path / "my.key"
    assert export_key(file, PASSPHRASE) == key.id
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert_clean(key.as_text().reveal(), file)
    assert_clean(PASSPHRASE.reveal(), file)
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "other machine"))
    done = import_key(file, PASSPHRASE)
    assert (done.key_id, done.already_there, done.current) == (key.id, False, True)
    assert keys.key_to_seal(nothing_sealed).as_text() == key.as_text()
    assert import_key(file, PASSPHRASE).already_there


def test_an_imported_key_does_not_replace_a_usable_one(key, tmp_path, monkeypatch):
    file = tmp_path / "my.key"
    export_key(file, PASSPHRASE)
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "other machine"))
    own = keys.key_to_seal(nothing_sealed)
    assert not import_key(file, PASSPHRASE).current
    assert keys.key_to_seal(nothing_sealed).id == own.id
    assert keys.key_to_open(key.id).as_text() == key.as_text()


def test_an_import_brings_a_lost_key_back(key, tmp_path):
    export_key(tmp_path / "my.key", PASSPHRASE)
    key_places.key_file(key.id).unlink()
    assert import_key(tmp_path / "my.key", PASSPHRASE).current
    assert keys.key_to_seal(nothing_sealed).as_text() == key.as_text()


def test_an_import_does_not_write_over_a_damaged_key(key, tmp_path):
    export_key(tmp_path / "my.key", PASSPHRASE)
    path = key_places.key_file(key.id)
    path.write_text("damaged")
    with pytest.raises(SealingKeyError, match="changed or replaced") as refused:
        import_key(tmp_path / "my.key", PASSPHRASE)
    assert "Move it away" in refused.value.hint
    assert path.read_text() == "damaged"
    path.rename(tmp_path / "away")
    assert import_key(tmp_path / "my.key", PASSPHRASE).current


def test_an_export_overwrites_nothing(key, tmp_path):
    (tmp_path / "my.key").write_text("mine")
    with pytest.raises(SealingKeyError, match="not overwritten"):
        export_key(tmp_path / "my.key", PASSPHRASE)
    assert (tmp_path / "my.key").read_text() == "mine"
    with pytest.raises(SealingKeyError, match="too short"):
        export_key(tmp_path / "new.key", Secret("short"))
    assert not (tmp_path / "new.key").exists()


def test_without_a_key_there_is_nothing_to_export(pfconn_home, tmp_path):
    with pytest.raises(SealingKeyError, match="no key yet"):
        export_key(tmp_path / "my.key", PASSPHRASE)
    assert not pfconn_home.exists()


def test_a_wrong_passphrase_is_told_without_it(key, tmp_path):
    export_key(tmp_path / "my.key", PASSPHRASE)
    wrong = Secret(token_hex(16))  # no literal: a traceback shows the source line
    with pytest.raises(SealingKeyError, match="passphrase is wrong") as refused:
        import_key(tmp_path / "my.key", wrong)
    assert_clean(wrong.reveal(), refused.value)
    assert_clean(key.as_text().reveal(), refused.value)


@pytest.mark.parametrize("change", [{"key_id": "00000000"}, {"salt": "AAAA"}, {"scrypt": {"n": 2**14, "r": 8, "p": 1}}])
def test_a_changed_export_does_not_open(key, tmp_path, change):
    file = tmp_path / "my.key"
    export_key(file, PASSPHRASE)
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(SealingKeyError, match="was changed"):
        import_key(file, PASSPHRASE)


def with_cost(n):
    cost = {"n": n, "r": 8, "p": 1}
    return json.dumps({"format": "pfconn sealing key 1", "key_id": "x", "scrypt": cost, "salt": "", "key": ""})


NO_EXPORTS = [b"", b"{}", b"[]", b"\xff\xfe\x00", b'{"format": "other"}', with_cost(2**30).encode(), b"A" * 99_999]


@pytest.mark.parametrize("content", NO_EXPORTS)
def test_what_is_no_export_is_told(pfconn_home, tmp_path, content):
    (tmp_path / "some.file").write_bytes(content)
    with pytest.raises(SealingKeyError, match="holds no exported key"):
        import_key(tmp_path / "some.file", PASSPHRASE)


def test_impossible_and_missing_exports_are_told(pfconn_home, tmp_path):
    (tmp_path / "odd.key").write_text(with_cost(1000))
    with pytest.raises(SealingKeyError):
        import_key(tmp_path / "odd.key", PASSPHRASE)
    with pytest.raises(SealingKeyError, match="is not there"):
        import_key(tmp_path / "none.key", PASSPHRASE)
    assert not pfconn_home.exists()
