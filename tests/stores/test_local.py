"""What the local store does beyond the contract: its file, its listing, its sealing."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from contextlib import closing
from secrets import token_hex

import pytest

from hunter import assert_clean
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.errors import PfconnError, SealingKeyError, StoreDamaged
from pfconn_jupyter.stores import key_places, keys
from pfconn_jupyter.stores.local import LocalStore
from pfconn_jupyter.stores.store import ANY
from pfconn_jupyter.testing.samples import KEY, NEXT_KEY, custom, openai

PRIVATE = "private"


@pytest.fixture
def store(pfconn_home):
    return LocalStore()


@pytest.fixture
def sql(pfconn_home):
    """Change the file behind the store's back."""

    def run(statement, *values):
        with closing(sqlite3.connect(pfconn_home / "connections.db")) as database, database:
            return database.execute(statement, values).fetchall()

    return run


def put(store, name, key=KEY, expect=ANY, **fields):
    return store.put(name, openai(key, **fields), scope=PRIVATE, expect=expect)


# --- files


def test_reading_makes_nothing(store, pfconn_home):
    assert store.list() == []
    assert store.deleted() == []
    with pytest.raises(PfconnError):
        store.get("a", PRIVATE)
    assert len(store.protection()) > 20
    assert not pfconn_home.exists()


def test_only_the_user_can_enter_and_read(store, pfconn_home, tmp_path):
    old = os.umask(0)
    try:
        put(store, "a")
        put(LocalStore(tmp_path / "deep" / "er" / "team.db"), "a")
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in pfconn_home.iterdir()}
    assert modes["connections.db"] == 0o600
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(pfconn_home.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "deep" / "er").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "deep" / "er" / "team.db").stat().st_mode) == 0o600


def test_a_file_opened_to_others_is_closed_at_the_next_write(store, pfconn_home):
    put(store, "a")
    (pfconn_home / "connections.db").chmod(0o666)
    put(store, "a")
    assert stat.S_IMODE((pfconn_home / "connections.db").stat().st_mode) == 0o600


def test_it_keeps_a_rollback_journal_and_leaves_none(store, pfconn_home, sql):
    put(store, "a")
    assert sql("PRAGMA journal_mode") == [("delete",)]
    assert sql("PRAGMA user_version") == [(1,)]
    assert not [path.name for path in pfconn_home.iterdir() if "-" in path.name and path.suffix != ".key"]


def test_no_key_is_made_where_there_is_no_secret(store):
    from pfconn_jupyter.connections.build import build
    from pfconn_jupyter.connections.registry import connection_type

    fields = {"api_base": "https://contoso.openai.azure.com", "auth_mode": "meid_token"}
    store.put("entra", build(connection_type("azure_openai"), fields), scope=PRIVATE)
    assert store.get("entra", PRIVATE).auth == "meid_token"
    assert key_places.keys_in_files() == []


# --- secrets on disk


@pytest.mark.parametrize(
    "secret", [token_hex(20), "Пароль-" + token_hex(8), "a'b\"c\\d %&=+/ " + token_hex(8)], ids="abc"
)
def test_no_file_ever_holds_a_secret(store, pfconn_home, secret):
    later = token_hex(20)

    def nothing():
        for text in (secret, later):
            assert_clean(text, pfconn_home)

    store.put("hunted", custom({"where": "here"}, {"token": secret}), scope=PRIVATE)
    nothing()
    first = store.list()[0].rev
    store.put("hunted", custom({"where": "there"}, {"token": later}), scope=PRIVATE, expect=ANY)
    nothing()
    store.rollback("hunted", PRIVATE, first)
    nothing()
    store.delete("hunted", PRIVATE)
    store.purge("hunted", PRIVATE)
    nothing()


def test_after_a_purge_not_even_the_sealed_values_remain(store, pfconn_home, sql):
    put(store, "stays")
    store.put("goes", custom({"where": "somewhere-" + "x" * 9000}, {"token": "t" * 9000}), scope=PRIVATE)
    ((sealed,),) = sql("SELECT sealed FROM versions WHERE fold = 'goes'")
    remains = [json.loads(sealed)["token"][n : n + 40].encode() for n in (0, 4000, 11000)]
    file = pfconn_home / "connections.db"
    assert all(part in file.read_bytes() for part in remains)
    store.delete("goes", PRIVATE)
    store.purge("goes", PRIVATE)
    assert not any(part in file.read_bytes() for part in [*remains, b"somewhere-"])
    assert store.get("stays", PRIVATE)


# --- changed behind its back


def test_a_ciphertext_moved_to_another_connection_does_not_open(store, sql):
    put(store, "mine", KEY)
    put(store, "bait", NEXT_KEY, base_url="https://bait.example")
    sql("UPDATE versions SET sealed = (SELECT sealed FROM versions WHERE fold = 'mine') WHERE fold = 'bait'")
    with pytest.raises(StoreDamaged, match="changed outside pfconn") as refused:
        store.get("bait", PRIVATE)
    assert_clean(KEY, str(refused.value))
    assert store.get("mine", PRIVATE).secrets["api_key"].reveal() == KEY
    assert [r.name for r in store.list()] == ["bait", "mine"]


def test_a_ciphertext_moved_to_another_store_does_not_open(store, tmp_path, pfconn_home):
    put(store, "a")
    other = LocalStore(tmp_path / "other.db")
    put(other, "a", NEXT_KEY)
    with closing(sqlite3.connect(tmp_path / "other.db")) as database, database:
        database.execute("ATTACH ? AS own", (str(pfconn_home / "connections.db"),))
        database.execute("UPDATE versions SET sealed = (SELECT sealed FROM own.versions)")
    with pytest.raises(StoreDamaged):
        other.get("a", PRIVATE)


CHANGES = {
    "endpoint": """UPDATE versions SET configs = '{"base_url": "https://evil.example"}'""",
    "a config more": """UPDATE versions SET configs = '{"base_url": "https://good.example", "model": "m"}'""",
    "no endpoint": "UPDATE versions SET configs = '{}'",
    "type": "UPDATE versions SET type = 'custom'",
    "name": "UPDATE versions SET fold = 'b'; UPDATE connections SET fold = 'b'",
    "store": "UPDATE store SET id = 'another'",
    "field": """UPDATE versions SET sealed = replace(sealed, 'api_key', 'organization')""",
    "no seal": """UPDATE versions SET sealed = '{"api_key": "plain"}'""",
}


@pytest.mark.parametrize("what", list(CHANGES))
def test_what_was_changed_outside_is_not_used(store, sql, what):
    rev = put(store, "a", base_url="https://good.example").rev
    for statement in CHANGES[what].split(";"):
        sql(statement)
    name = "b" if what == "name" else "a"
    with pytest.raises(StoreDamaged):
        store.get(name, PRIVATE)
    with pytest.raises(StoreDamaged):
        store.rollback(name, PRIVATE, rev)
    assert len(store.list()) == 1


BROKEN = {
    "type of a plug-in": ("UPDATE versions SET type = 'plugin_type' WHERE fold = 'b'", "plugin_type"),
    "configs": ("UPDATE versions SET configs = '{' WHERE fold = 'b'", "configs"),
    "configs no object": ("UPDATE versions SET configs = '[1]' WHERE fold = 'b'", "configs"),
    "configs no text": ("UPDATE versions SET configs = x'00ff' WHERE fold = 'b'", "configs"),
    "configs no utf-8": ("UPDATE versions SET configs = CAST(x'7bff' AS TEXT) WHERE fold = 'b'", "configs"),
    "configs numbers": ("""UPDATE versions SET configs = '{"a": 1}' WHERE fold = 'b'""", "configs"),
    "dates": ("UPDATE versions SET written = 'yesterday' WHERE fold = 'b'", "dates"),
    "far dates": ("UPDATE connections SET created = 999999999999999 WHERE fold = 'b'", "dates"),
    "version gone": ("DELETE FROM versions WHERE fold = 'b'", "removed"),
    "key": ("UPDATE versions SET key_id = '0badc0de' WHERE fold = 'b'", "0badc0de"),
}


@pytest.mark.parametrize("what", list(BROKEN))
def test_a_record_that_cannot_be_read_is_listed_and_hides_none(store, sql, what):
    for name in ("a", "b", "c"):
        put(store, name)
    statement, word = BROKEN[what]
    sql(statement)
    records = store.list()
    assert [r.name for r in records] == ["a", "b", "c"]
    assert [bool(r.problem) for r in records] == [False, True, False]
    assert word in records[1].problem
    store.delete("b", PRIVATE)
    store.purge("b", PRIVATE)
    assert [r.name for r in store.list()] == ["a", "c"]


def test_a_type_that_is_not_known_here_opens_plainly_and_says_so(store, sql):
    put(store, "a")
    key = keys.key_to_open(key_places.keys_in_files()[0])
    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.stores.sealing import bound_to, seal

    ((store_id,),) = sql("SELECT id FROM store")
    parts = {"store": store_id, "scope": PRIVATE, "name": "a", "type": "plugin", "field": "api_key", "configs": {}}
    sealed = json.dumps({"api_key": seal(Secret(KEY), key, bound_to(**parts))})
    sql("UPDATE versions SET type = 'plugin', sealed = ?", sealed)
    found = store.get("a", PRIVATE)
    assert (found.TYPE, found.stored_type, found.secrets["api_key"].reveal()) == ("custom", "plugin", KEY)
    assert "plugin is not known here" in found.typeless
    assert store.list()[0].problem == found.typeless


# --- keys


def test_with_the_key_lost_all_but_opening_works(store):
    put(store, "a")
    path = key_places.key_file(key_places.keys_in_files()[0])
    content = path.read_bytes()
    path.unlink()
    (record,) = store.list()
    assert "key import" in record.problem
    for ask in (lambda: store.get("a", PRIVATE), lambda: put(store, "a"), lambda: put(store, "b")):
        with pytest.raises(SealingKeyError):
            ask()
    assert [r.name for r in store.list()] == ["a"]
    store.history("a", PRIVATE)
    store.delete("a", PRIVATE)
    store.restore("a", PRIVATE)
    path.write_bytes(content)
    path.chmod(0o600)
    assert store.list()[0].problem == ""
    assert store.get("a", PRIVATE).secrets["api_key"].reveal() == KEY


def test_under_a_new_key_the_old_stay_listed_and_the_new_opens(store):
    put(store, "old")
    old = key_places.key_file(key_places.keys_in_files()[0])
    old.unlink()
    keys.new_key()
    put(store, "new", NEXT_KEY)
    assert [(r.name, bool(r.problem)) for r in store.list()] == [("new", False), ("old", True)]
    assert store.get("new", PRIVATE).secrets["api_key"].reveal() == NEXT_KEY
    with pytest.raises(SealingKeyError):
        store.get("old", PRIVATE)


def test_marker_and_key_both_lost_no_key_is_made(store, tmp_path):
    put(store, "a")
    key_places.key_file(key_places.keys_in_files()[0]).unlink()
    key_places.marker_file().unlink()
    for each in (store, LocalStore(tmp_path / "other.db")):  # the default store's values count there, too
        with pytest.raises(SealingKeyError):
            put(each, "b")
    assert key_places.keys_in_files() == []


# --- details


def test_owner_stays_and_rollback_keeps_its_expiry(store, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ada")
    put(store, "a")
    monkeypatch.setenv("LOGNAME", "grace")
    put(store, "a")
    assert store.list()[0].owner == "ada"
    assert [v.by for v in store.history("a", PRIVATE)] == ["grace", "ada"]


def test_a_change_in_between_says_who_is_first(store):
    read = put(store, "a")
    put(store, "a")
    with pytest.raises(PfconnError, match="changed in the local store since it was read") as refused:
        put(store, "a", expect=read.rev)
    assert "%pfconn history a" in refused.value.hint


def test_records_are_whole(store):
    record = put(store, "a", model="m")
    assert isinstance(record, ConnectionRecord)
    assert record.configs_complete
    assert record.store == "local:"
    assert dict(store.scopes) == {PRIVATE: "Only me"}
