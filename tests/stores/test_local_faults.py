"""The local store in a bad world: busy, killed, cut, foreign, full, protected."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from pfconn_jupyter.errors import ConnectionChanged, ConnectionExists, StoreDamaged, StoreUnavailable
from pfconn_jupyter.stores import keys, local_database
from pfconn_jupyter.stores.local import LocalStore
from pfconn_jupyter.stores.store import ANY
from pfconn_jupyter.testing.samples import KEY, custom, openai

PRIVATE = "private"
WRITER = """
import sys
from pfconn_jupyter.stores.local import LocalStore
from pfconn_jupyter.testing.samples import openai
store, who, count = LocalStore(), sys.argv[1], int(sys.argv[2])
for n in range(count):
    store.put(f"{who}-{n}", openai(), scope="private")
    store.put("both", openai(), scope="private", expect="any")
    print(n, flush=True)
"""


def put(store, name, expect=ANY):
    return store.put(name, openai(), scope=PRIVATE, expect=expect)


@pytest.fixture
def file(pfconn_home):
    return pfconn_home / "connections.db"


@pytest.fixture
def store(pfconn_home):
    return LocalStore()


# --- several processes, several threads


def test_processes_that_write_at_once_lose_nothing(store, pfconn_home):
    # Started on nothing: they also race for the file and for the key.
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, who, "25"], stdout=subprocess.PIPE, text=True)
        for who in ("one", "two", "three")
    ]
    for process in started:
        process.communicate(timeout=100)
    assert [process.returncode for process in started] == [0, 0, 0]
    names = {record.name for record in store.list()}
    assert names == {"both"} | {f"{who}-{n}" for who in ("one", "two", "three") for n in range(25)}
    assert not [r for r in store.list() if r.problem]
    versions = store.history("both", PRIVATE)
    assert len(versions) == 75
    assert [v.prev for v in versions] == [v.rev for v in versions[1:]] + [""]
    assert all(store.get(name, PRIVATE).secrets["api_key"].reveal() == KEY for name in names)
    assert len(list(pfconn_home.glob("sealing-*.key"))) == 1


@pytest.mark.parametrize("expect", ["new", "rev"])
def test_who_is_second_is_told_even_if_both_looked_first(store, monkeypatch, expect):
    rev = put(store, "a").rev if expect == "rev" else "new"
    ask_for_key = keys.key_to_seal

    def another_is_faster(sealed_ids):
        # Between the look and the write, where a keyring may take seconds.
        monkeypatch.setattr(keys, "key_to_seal", ask_for_key)
        put(LocalStore(), "a", rev)
        return ask_for_key(sealed_ids)

    monkeypatch.setattr(keys, "key_to_seal", another_is_faster)
    with pytest.raises(ConnectionExists if expect == "new" else ConnectionChanged):
        put(store, "a", rev)
    assert len(store.history("a", PRIVATE)) == (1 if expect == "new" else 2)


def test_threads_share_a_store(store):
    failures = []

    def work(who):
        try:
            for n in range(10):
                put(store, f"{who}-{n}")
                store.get(f"{who}-{n}", PRIVATE)
        except Exception as error:  # noqa: BLE001  # told in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(store.list()) == 40


def test_a_process_killed_while_it_writes_leaves_a_store(store, pfconn_home):
    done = 0
    for turn in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, f"turn{turn}", "100000"], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3):
            assert process.stdout.readline()
        time.sleep(0.013 * turn)
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate(timeout=30)
        assert process.returncode == -signal.SIGKILL
        done += 3 + len(rest.split())
        records = store.list()
        # What it said was written is there; at most the one it was at, too.
        assert done <= len(records) - 1 <= done + turn + 1
        assert not [r for r in records if r.problem]
        assert all(store.get(r.name, PRIVATE) for r in records)
        put(store, "both")
    with closing(sqlite3.connect(pfconn_home / "connections.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_busy_file_is_told(store, file, monkeypatch):
    put(store, "a")
    monkeypatch.setattr(local_database, "BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="Another process is writing") as refused:
            put(store, "b")
        assert str(file) in refused.value.problem
        assert [r.name for r in store.list()] == ["a"]
        other.execute("ROLLBACK")
    put(store, "b")


# --- files that are not ours, or no longer


def foreign(path, application_id=0):
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"PRAGMA application_id = {application_id}")
        database.execute("CREATE TABLE theirs (x)")
        database.execute("INSERT INTO theirs VALUES (1)")


BAD = {
    "another program's": (foreign, "another program"),
    "another program's, marked": (lambda path: foreign(path, 77), "another program"),
    "random": (lambda path: path.write_bytes(os.urandom(40_000)), "not a database"),
    "text": (lambda path: path.write_text("hello " * 1000), "not a database"),
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
}


@pytest.mark.parametrize("what", list(BAD))
def test_a_file_that_is_not_ours_is_told_and_left_alone(tmp_path, what):
    make, words = BAD[what]
    file = tmp_path / "some.db"
    make(file)
    before = file.read_bytes()
    store = LocalStore(file)
    for ask in (store.list, store.deleted, lambda: store.get("a", PRIVATE), lambda: put(store, "a")):
        with pytest.raises(StoreDamaged, match=words) as refused:
            ask()
        assert str(file) in refused.value.problem
        assert refused.value.hint
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["some.db"]  # and no key was made


def test_every_cut_of_a_file_is_told(store, file):
    for n in range(30):
        put(store, f"name-{n}")
    whole = file.read_bytes()
    cuts = [1, 50, 100, 512, 4095, 4096, *range(5000, len(whole), 3333), *range(8192, len(whole), 4096)]
    for size in [*cuts, len(whole) - 1]:
        file.write_bytes(whole[:size])
        with pytest.raises(StoreDamaged, match=r"connections\.db") as refused:
            store.list()
        assert "Move it away" in refused.value.hint
        with pytest.raises(StoreDamaged):
            put(store, "more")
        assert file.read_bytes() == whole[:size]
    file.write_bytes(whole)
    assert len(store.list()) == 30


def test_a_newer_format_says_update(store, file):
    put(store, "a")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("PRAGMA user_version = 2")
    for ask in (store.list, lambda: put(store, "b")):
        with pytest.raises(StoreDamaged, match="newer") as refused:
            ask()
        assert "Update the package" in refused.value.hint


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(StoreUnavailable, match="is a folder"):
        LocalStore(tmp_path).list()
    (tmp_path / "file").write_text("x")
    for ask in (LocalStore(tmp_path / "file" / "a.db").list, lambda: put(LocalStore(tmp_path / "file" / "a.db"), "a")):
        with pytest.raises(StoreUnavailable, match="a file is where a folder should be"):
            ask()


# --- no room, no right


def test_a_full_disk_is_told_and_nothing_is_lost(store, file, monkeypatch):
    put(store, "a")
    pages = -(-file.stat().st_size // 4096)
    large = custom({}, {"token": "t1" * 10_000})
    with monkeypatch.context() as full:
        # SQLite's own SQLITE_FULL, from its own limit.
        full.setattr(local_database, "PRAGMAS", (*local_database.PRAGMAS, f"max_page_count = {pages + 1}"))
        with pytest.raises(StoreUnavailable, match="disk is full") as refused:
            store.put("b", large, scope=PRIVATE)
    assert str(file) in refused.value.problem
    assert [r.name for r in store.list()] == ["a"]
    store.put("b", large, scope=PRIVATE)
    assert [store.get(name, PRIVATE).name for name in ("a", "b")] == ["a", "b"]


@pytest.fixture
def nobody(monkeypatch):
    """Return a folder that others may enter, and become somebody without rights (tests may run as root)."""
    folder = Path(tempfile.mkdtemp(prefix="pfconn-", dir="/tmp"))
    folder.chmod(0o777)
    root = os.geteuid() == 0

    def become():
        if root:
            os.seteuid(65534)

    monkeypatch.setenv("PFCONN_HOME", str(folder / "home"))
    become()
    yield folder
    if root:
        os.seteuid(0)
    for each in [folder, *folder.rglob("*")]:
        each.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_protected_folder_can_be_read_and_says_so_when_written(nobody):
    store, home = LocalStore(), nobody / "home"
    put(store, "a")
    home.chmod(0o500)
    assert store.get("a", PRIVATE).secrets["api_key"].reveal() == KEY
    assert len(store.list()) == 1
    for ask in (lambda: put(store, "b"), lambda: store.delete("a", PRIVATE)):
        with pytest.raises(StoreUnavailable, match="protected") as refused:
            ask()
        assert str(home) in refused.value.problem
    home.chmod(0o700)
    put(store, "b")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_protected_file_can_be_read_and_says_so_when_written(nobody):
    store, home = LocalStore(), nobody / "home"
    put(store, "a")
    if os.geteuid() == 65534:
        os.seteuid(0)
        (home / "connections.db").chmod(0o444)
        os.chown(home / "connections.db", 0, 0)  # so that we cannot open it to ourselves again
        os.seteuid(65534)
    else:
        (home / "connections.db").chmod(0o400)
    assert len(store.list()) == 1
    with pytest.raises(StoreUnavailable, match="protected"):
        store.delete("a", PRIVATE)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_what_cannot_be_looked_at_is_not_called_empty(nobody):
    store, home = LocalStore(), nobody / "home"
    put(store, "a")
    home.chmod(0o000)
    with pytest.raises(StoreUnavailable, match="protected"):
        store.list()
    home.chmod(0o700)
    (home / "connections.db").chmod(0o000)
    with pytest.raises(StoreUnavailable, match="protected"):
        store.list()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_folder_that_cannot_be_made_is_told(nobody):
    nobody_s = nobody / "closed"
    nobody_s.mkdir(mode=0o500)
    store = LocalStore(nobody_s / "new" / "a.db")
    assert store.list() == []
    with pytest.raises(StoreUnavailable, match="protected") as refused:
        put(store, "a")
    assert "PFCONN_HOME" in refused.value.hint
    with pytest.raises(StoreUnavailable, match="protected"):
        put(LocalStore(nobody_s / "a.db"), "a")
    assert list(nobody_s.iterdir()) == []
