"""Two who write at once, and answers that get lost: everything is kept, and it is told as it is."""

from __future__ import annotations

import logging
import threading

import pytest

from hunter import assert_clean
from pfconn_jupyter.errors import (
    ConnectionChanged,
    ConnectionExists,
    ConnectionNotFound,
    PfconnWarning,
    StoreUnavailable,
)
from pfconn_jupyter.stores.keyvault import deletion
from pfconn_jupyter.stores.store import ANY
from pfconn_jupyter.testing.samples import KEY, NEXT_KEY, openai
from refusals import refusal

OURS = "sk-ours-0123456789abcdef"


@pytest.fixture
def first(store):
    return store.put("a", openai(), scope="shared")


def test_another_writes_between_our_look_and_our_write(emulator, store, first):
    def bob_writes():
        tags = {**emulator.vault.get("pfconn-s-a")[1].tags, "rev": "bob111", "prev": first.rev, "by": "bob@contoso.com"}
        emulator.written_by_others("pfconn-s-a", NEXT_KEY, tags=tags, content_type="application/vnd.pfconn.raw")

    emulator.before_next("set", bob_writes)
    changed = openai(OURS)
    refused = refusal(ConnectionChanged, lambda: store.put("a", changed, scope="shared", expect=first.rev))
    assert "bob@contoso.com" in refused.problem
    assert "yours is current" in refused.problem
    assert "%pfconn rollback a bob111" in refused.hint
    assert_clean(OURS, refused)
    assert {v.rev for v in store.history("a", "shared")} >= {"bob111", first.rev}
    assert store.get("a", "shared").secrets["api_key"].reveal() == OURS
    store.rollback("a", "shared", "bob111")
    assert store.get("a", "shared").secrets["api_key"].reveal() == NEXT_KEY


def test_a_rotation_meanwhile_is_told_too(emulator, store, first):
    emulator.before_next("set", lambda: emulator.written_by_others("pfconn-s-a", NEXT_KEY))
    refused = refusal(ConnectionChanged, lambda: store.put("a", openai(OURS), scope="shared", expect=first.rev))
    assert "outside pfconn" in refused.problem


def test_another_writes_after_us_and_is_current(emulator, store, first):
    def later():
        tags = {**emulator.vault.get("pfconn-s-a")[1].tags, "rev": "bob111", "prev": first.rev, "by": "bob@contoso.com"}
        emulator.written_by_others("pfconn-s-a", NEXT_KEY, tags=tags, content_type="application/vnd.pfconn.raw")

    # The first look passes, the second one comes after bob.
    emulator.before_next("versions", lambda: emulator.before_next("versions", later))
    refused = refusal(ConnectionChanged, lambda: store.put("a", openai(OURS), scope="shared", expect=first.rev))
    assert "theirs is current" in refused.problem
    assert "%pfconn rollback a " in refused.hint
    assert "bob111" not in refused.hint


def test_who_writes_after_us_knowing_it_is_no_conflict(emulator, store, open_as, first):
    bob = open_as("bob")

    def later():
        now = bob.get("a", "shared").record
        bob.put("a", openai(NEXT_KEY), scope="shared", expect=now.rev)

    emulator.before_next("versions", lambda: emulator.before_next("versions", later))
    store.put("a", openai(OURS), scope="shared", expect=first.rev)
    assert len(store.history("a", "shared")) == 3


def test_many_writers_at_once_lose_nothing(store, open_as, first):
    told = []

    def write(number):
        mine = open_as(f"writer{number}")
        try:
            mine.put("a", openai(f"sk-writer-{number}-0123456789"), scope="shared", expect=first.rev)
            told.append("written")
        except ConnectionChanged as error:
            told.append("conflict" if "kept" in error.problem else "refused")

    threads = [threading.Thread(target=write, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 6
    # Whoever was not refused has a version; at most one may believe to have been alone.
    assert len(store.history("a", "shared")) == 1 + told.count("written") + told.count("conflict")
    assert told.count("written") <= 1


def test_two_create_one_name_at_the_same_time(emulator, store, open_as):
    bob = open_as("bob")
    emulator.before_next("set", lambda: bob.put("new", openai(NEXT_KEY), scope="shared"))
    refused = refusal(ConnectionChanged, lambda: store.put("new", openai(OURS), scope="shared"))
    assert "new was also created by bob@contoso.com at " in refused.problem
    assert "Both versions are kept in contoso; yours is current." in refused.problem
    his = store.history("new", "shared")[-1]
    assert his.by == "bob@contoso.com"
    assert f"%pfconn rollback new {his.rev}" in refused.hint
    assert_clean(OURS, refused)
    store.rollback("new", "shared", his.rev)
    assert store.get("new", "shared").secrets["api_key"].reveal() == NEXT_KEY


def test_who_created_first_is_told_too_if_the_other_is_current(emulator, store):
    def bob_writes_not_knowing():
        tags = {"pfconn": "1", "name": "new", "type": "openai", "by": "bob@contoso.com", "rev": "bob111"}
        emulator.written_by_others("pfconn-s-new", NEXT_KEY, tags=tags, content_type="application/vnd.pfconn.raw")

    # The first look passes, the second one comes after bob.
    emulator.before_next("versions", lambda: emulator.before_next("versions", bob_writes_not_knowing))
    refused = refusal(ConnectionChanged, lambda: store.put("new", openai(OURS), scope="shared"))
    assert "was also created by bob@contoso.com" in refused.problem
    assert "theirs is current" in refused.problem


def test_many_creators_at_once_lose_nothing(store, open_as):
    told = []

    def create(number):
        try:
            open_as(f"writer{number}").put("new", openai(f"sk-writer-{number}-0123456789"), scope="shared")
            told.append("created")
        except ConnectionChanged:
            told.append("conflict")
        except ConnectionExists:
            told.append("exists")

    threads = [threading.Thread(target=create, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 6
    assert len(store.history("new", "shared")) == told.count("created") + told.count("conflict")
    assert told.count("created") <= 1


def test_a_look_that_fails_after_the_write_is_told_and_is_no_failure(emulator, open_as, first):
    store = open_as("alice", retry_total=0)
    emulator.fail_next("call", operation="versions")  # the look before passes
    emulator.fail_next("reset", operation="versions")
    with pytest.warns(PfconnWarning, match="a is stored. Whether somebody else wrote at the same time"):
        record = store.put("a", openai(OURS), scope="shared", expect=first.rev)
    assert store.history("a", "shared")[0].rev == record.rev


@pytest.mark.parametrize("expect", ["new", "rev"])
def test_a_lost_answer_to_a_write_that_arrived(emulator, store, first, expect):
    name = "b" if expect == "new" else "a"
    emulator.fail_next("lost", operation="set")
    record = store.put(name, openai(OURS), scope="shared", expect="new" if expect == "new" else first.rev)
    # The SDK sent it a second time: told as one.
    assert store.get(name, "shared").secrets["api_key"].reveal() == OURS
    assert store.get(name, "shared").record.rev == record.rev == store.history(name, "shared")[0].rev


def test_all_answers_lost_and_yet_written(emulator, open_as, first):
    store = open_as("alice", retry_total=0)
    store.list()
    emulator.fail_next("lost", operation="set")
    record = store.put("a", openai(OURS), scope="shared", expect=first.rev)
    assert [v.rev for v in store.history("a", "shared")] == [record.rev, first.rev]


def test_a_write_that_did_not_arrive_says_so(emulator, open_as, first):
    store = open_as("alice", retry_total=0)
    store.list()
    emulator.fail_next("reset", operation="set")
    refused = refusal(StoreUnavailable, lambda: store.put("a", openai(OURS), scope="shared", expect=first.rev))
    assert "was not stored" in refused.problem
    assert [v.rev for v in store.history("a", "shared")] == [first.rev]


def test_a_write_of_which_nothing_is_known_says_so(emulator, open_as, first):
    store = open_as("alice", retry_total=0)
    store.list()
    emulator.fail_next("lost", operation="set")
    emulator.fail_next("call", operation="versions")  # the look before passes
    emulator.fail_next("reset", operation="versions", times=5)
    refused = refusal(StoreUnavailable, lambda: store.put("a", openai(OURS), scope="shared", expect=ANY))
    assert "may have been carried out" in refused.hint


@pytest.mark.parametrize("how", ["reset", "truncated", "lost", "status"])
@pytest.mark.parametrize("operation", ["list", "get", "versions", "set", "delete", "recover", "list_deleted"])
def test_one_fault_never_leaves_half_a_thing(emulator, store, caplog, how, operation):
    caplog.set_level(logging.DEBUG)
    emulator.fail_next(how, operation=operation)
    steps = {
        "put": lambda: store.put("a", openai(), scope="shared", expect=ANY),
        "list": store.list,
        "get": lambda: store.get("a", "shared"),
        "delete": lambda: store.delete("a", "shared"),
        "deleted": store.deleted,
        "restore": lambda: store.restore("a", "shared"),
    }
    for step in steps.values():
        # ConnectionNotFound: deleted all the same, restored all the same.
        try:
            step()
        except (StoreUnavailable, ConnectionChanged, ConnectionNotFound) as error:
            assert_clean(KEY, error.with_traceback(error.__traceback__.tb_next))
    emulator.faults.clear()
    found = store.list() or [store.restore("a", "shared")]
    assert [r.problem for r in found] == [""]
    assert store.get("a", "shared").secrets["api_key"].reveal() == KEY
    assert_clean(KEY, caplog.text)


def test_a_deletion_that_takes_its_time(emulator, store, first, monkeypatch):
    monkeypatch.setattr(deletion, "_PAUSE", 0.05)
    emulator.vault.lag = 0.4
    store.delete("a", "shared")
    refused = refusal(StoreUnavailable, lambda: store.put("a", openai(), scope="shared"))
    assert "still being deleted" in refused.problem
    assert store.restore("a", "shared").rev == first.rev
    assert store.get("a", "shared").record.rev == first.rev
    store.delete("a", "shared")
    store.purge("a", "shared")


def test_a_deleted_name_is_told_with_the_way_back(store, first):
    store.delete("a", "shared")
    refused = refusal(ConnectionExists, lambda: store.put("a", openai(), scope="shared"))
    assert "%pfconn restore a" in refused.hint
