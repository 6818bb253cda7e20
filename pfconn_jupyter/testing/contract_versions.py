"""The contract of a store: nothing that was written is lost until it is purged."""
# ruff: noqa: D102  # a test's name says it

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import AmbiguousName, ConnectionChanged, ConnectionExists, ConnectionNotFound
from pfconn_jupyter.stores.store import ANY, NEW
from pfconn_jupyter.testing.samples import KEY, NEXT_KEY, openai

if TYPE_CHECKING:
    from pfconn_jupyter.connections.record import Scope
    from pfconn_jupyter.stores.store import Store


class VersionTests:
    """Part of `StoreContract`: expectations, history, rollback."""

    def test_what_was_never_there_has_no_history(self, store: Store, scope: Scope) -> None:
        with pytest.raises(ConnectionNotFound):
            store.history("nothing", scope)
        store.put("one", openai(), scope=scope)
        assert KEY not in repr(store.history("one", scope))

    def test_an_update_keeps_what_was(self, store: Store, scope: Scope) -> None:
        first = store.put("a", openai(), scope=scope)
        second = store.put("a", openai(NEXT_KEY, model="m"), scope=scope, expect=first.rev)
        assert second.rev != first.rev
        # A store that keeps no such date says so, instead of telling another one.
        assert second.created in (first.created, None)
        assert store.get("a", scope).secrets["api_key"] == Secret(NEXT_KEY)
        newest, oldest = store.history("a", scope)
        assert (newest.rev, newest.prev, newest.current) == (second.rev, first.rev, True)
        assert (oldest.rev, oldest.prev, oldest.current) == (first.rev, "", False)
        assert newest.configs == {"model": "m"}

    def test_who_wrote_too_late_left_no_version(self, store: Store, other_store: Store, scope: Scope) -> None:
        read = store.put("a", openai(), scope=scope)
        written = other_store.put("a", openai(NEXT_KEY), scope=scope, expect=read.rev)
        with pytest.raises(ConnectionChanged):
            store.put("a", openai("sk-too-late-0123456789"), scope=scope, expect=read.rev)
        assert [v.rev for v in store.history("a", scope)] == [written.rev, read.rev]

    def test_rollback_makes_a_new_version(self, store: Store, scope: Scope) -> None:
        first = store.put("a", openai(), scope=scope)
        second = store.put("a", openai(NEXT_KEY, model="m"), scope=scope, expect=ANY)
        third = store.rollback("a", scope, first.rev)
        assert third.rev not in (first.rev, second.rev)
        found = store.get("a", scope)
        assert (found.secrets["api_key"], found.configs) == (Secret(KEY), {})
        assert [v.rev for v in store.history("a", scope)] == [third.rev, second.rev, first.rev]

    def test_rollback_takes_a_prefix_of_one_version(self, store: Store, scope: Scope) -> None:
        revs = [store.put("a", openai(model=f"m{n}"), scope=scope, expect=ANY).rev for n in range(17)]
        # Seventeen revs of hexadecimal digits: two begin alike.
        shared = next(rev[0] for n, rev in enumerate(revs) if rev[0] in {other[0] for other in revs[:n]})
        with pytest.raises(AmbiguousName):
            store.rollback("a", scope, shared)
        for missing in ("", "no-such-version"):
            with pytest.raises(ConnectionNotFound):
                store.rollback("a", scope, missing)
        alone = next(revs[3][:n] for n in range(1, 99) if sum(r.startswith(revs[3][:n]) for r in revs) == 1)
        assert store.rollback("a", scope, alone).configs == {"model": "m3"}


class DeletionTests:
    """Part of `StoreContract`: delete, restore, purge."""

    def test_nothing_was_deleted_at_first(self, store: Store, scope: Scope) -> None:
        assert store.deleted() == []
        for ask in (store.restore, store.purge):
            with pytest.raises(ConnectionNotFound):
                ask("nothing", scope)

    def test_delete_can_be_undone(self, store: Store, other_store: Store, scope: Scope) -> None:
        record = store.put("my_conn", openai(model="m"), scope=scope)
        assert store.delete("my-conn", scope).name == "my_conn"
        assert other_store.list() == []
        (gone,) = other_store.deleted()
        assert gone.name == "my_conn"
        assert gone.deleted is not None
        for ask in (other_store.get, other_store.delete, other_store.history):
            with pytest.raises(ConnectionNotFound):
                ask("my_conn", scope)
        restored = other_store.restore("my_conn", scope)
        assert restored.deleted is None
        assert store.deleted() == []
        found = store.get("my_conn", scope)
        assert (found.secrets["api_key"], found.configs) == (Secret(KEY), record.configs)

    def test_the_name_of_a_deleted_one_stays_taken(self, store: Store, scope: Scope) -> None:
        rev = store.put("my_conn", openai(), scope=scope).rev
        store.delete("my_conn", scope)
        for expect in (NEW, ANY):
            with pytest.raises(ConnectionExists) as refused:
                store.put("my-conn", openai(), scope=scope, expect=expect)
            assert "restore" in refused.value.hint
            assert "purge" in refused.value.hint
        with pytest.raises(ConnectionNotFound):
            store.put("my_conn", openai(), scope=scope, expect=rev)

    def test_purge_is_for_ever_and_only_for_the_deleted(self, store: Store, scope: Scope) -> None:
        store.put("a", openai(), scope=scope)
        store.put("a", openai(NEXT_KEY), scope=scope, expect=ANY)
        with pytest.raises(ConnectionNotFound):
            store.purge("a", scope)
        with pytest.raises(ConnectionNotFound):
            store.restore("a", scope)
        store.delete("a", scope)
        store.purge("a", scope)
        assert store.deleted() == []
        with pytest.raises(ConnectionNotFound):
            store.restore("a", scope)
        fresh = store.put("a", openai(), scope=scope, expect=NEW)
        assert [v.rev for v in store.history("a", scope)] == [fresh.rev]
