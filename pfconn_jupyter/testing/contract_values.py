"""The contract of a store: what is put comes back, under its name."""
# ruff: noqa: D102  # a test's name says it

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import ConnectionChanged, ConnectionExists, ConnectionNotFound, NotSupported
from pfconn_jupyter.stores.store import ANY, NEW
from pfconn_jupyter.testing.samples import DIFFICULT, KEY, NEXT_KEY, custom, openai

if TYPE_CHECKING:
    from pfconn_jupyter.connections.record import Scope
    from pfconn_jupyter.stores.store import Store


class ValueTests:
    """Part of `StoreContract`: put, get, list and names.

    A store that keeps no versions and nothing deleted is tested with these alone (`ValueContract`).
    """

    NAME = "My.conn_1"
    """A name that is kept to the letter; a store with stricter rules says another."""

    def test_it_says_what_it_is(self, store: Store) -> None:
        assert store.title
        assert ":" in store.address
        assert all(store.scopes.values())
        assert len(store.protection()) > 20

    def test_a_scope_it_does_not_have_is_refused(self, store: Store) -> None:
        scopes: set[Scope] = {"private", "shared", "restricted"}
        for foreign in scopes - set(store.scopes):
            with pytest.raises(NotSupported):
                store.put("one", openai(), scope=foreign)

    def test_an_empty_store_has_nothing(self, store: Store, scope: Scope) -> None:
        assert store.list() == []
        assert store.find("nothing") == []
        for ask in (store.get, store.delete):
            with pytest.raises(ConnectionNotFound):
                ask("nothing", scope)

    def test_it_says_whether_values_can_be_read(self, store: Store, scope: Scope) -> None:
        assert store.try_reading()
        store.put(self.NAME, openai(), scope=scope)
        said = store.try_reading()
        assert "can be read" in said or "may be read" in said
        assert KEY not in said

    def test_what_is_put_comes_back(self, store: Store, other_store: Store, scope: Scope) -> None:
        record = store.put(self.NAME, openai(model="gpt-4o-mini"), scope=scope)
        found = other_store.get(self.NAME, scope)
        assert found.secrets == {"api_key": Secret(KEY)}
        assert found.configs == {"model": "gpt-4o-mini"}
        assert found.record == record
        assert other_store.list() == [record]
        assert [(each.record, each.secrets) for each in other_store.find(self.NAME)] == [(record, found.secrets)]
        assert (record.name, record.type, record.scope, record.store) == (self.NAME, "openai", scope, store.address)
        assert record.problem == ""
        assert record.rev

    @pytest.mark.parametrize("auth_mode", ["key", "meid_token"])
    def test_types_come_back_as_they_were(self, store: Store, scope: Scope, auth_mode: str) -> None:
        fields = {"api_base": "https://contoso.openai.azure.com", "auth_mode": auth_mode}
        if auth_mode == "key":
            fields["api_key"] = "0123456789abcdef0123456789abcdef"
        given = build(connection_type("azure_openai"), fields)
        record = store.put("azure", given, scope=scope)
        found = store.get("azure", scope)
        assert type(found) is type(given)
        assert (found.configs, found.secrets) == (given.configs, given.secrets)
        assert (record.auth, record.type) == (auth_mode, "azure_openai")
        assert record.configs == given.configs or not record.configs_complete

    @pytest.mark.parametrize("name", list(DIFFICULT))
    def test_difficult_values_are_kept_to_the_letter(self, store: Store, scope: Scope, name: str) -> None:
        value = DIFFICULT[name]
        given = custom({"plain": value[:200], "Ключ 1": "x"}, {"secret": value, "second": "second-secret"})
        store.put("difficult", given, scope=scope)
        found = store.get("difficult", scope)
        assert found.secrets["secret"].reveal() == value
        assert found.secrets["second"].reveal() == "second-secret"
        assert found.configs == {"plain": value[:200], "Ключ 1": "x"}

    def test_values_come_with_their_records_each_once(self, store: Store, scope: Scope) -> None:
        for name in ("aaa", "bbb", "ccc"):
            store.put(name, openai(f"sk-of-{name}-0123456789"), scope=scope)
        listed = [record for part in store.parts() for record in part.records]
        assert sorted(r.name for r in listed) == [r.name for r in store.list()] == ["aaa", "bbb", "ccc"]
        gone = replace(listed[0], name="gone")
        # A generator, as of a listing that goes on.
        found = {record.name: value for record, value in store.values(r for r in [*listed, gone])}
        assert isinstance(found.pop("gone"), ConnectionNotFound)
        read = {name: value.secrets["api_key"].reveal() for name, value in found.items()}  # type: ignore[union-attr]
        assert read == {name: f"sk-of-{name}-0123456789" for name in ("aaa", "bbb", "ccc")}
        assert len(list(store.values())) == 3

    def test_times_are_utc_and_expiry_is_kept(self, store: Store, scope: Scope) -> None:
        expires = datetime(2031, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
        store.put("one", openai(), scope=scope, expires=expires)
        (record,) = store.list()
        assert record.expires == expires
        assert record.created is not None
        assert record.updated is not None
        for moment in (record.created, record.updated):
            assert moment.utcoffset() == timezone.utc.utcoffset(None)
            assert moment.microsecond == 0

    def test_the_list_is_by_name_and_holds_no_secret(self, store: Store, scope: Scope) -> None:
        for name in ("two", "one", "zero"):
            store.put(name, custom({"where": name}, {"token": KEY}), scope=scope)
        records = store.list()
        assert [r.name for r in records] == ["one", "two", "zero"]
        assert KEY not in repr(records)
        assert KEY not in repr(store.get("one", scope))

    @pytest.mark.parametrize("same", ["my_conn", "my-conn", "MY.Conn"])
    def test_names_that_fold_alike_are_one(self, store: Store, scope: Scope, same: str) -> None:
        store.put("my_conn", openai(), scope=scope)
        with pytest.raises(ConnectionExists) as refused:
            store.put(same, openai(NEXT_KEY), scope=scope, expect=NEW)
        assert "my_conn" in refused.value.problem
        assert store.get(same, scope).secrets["api_key"] == Secret(KEY)
        assert store.put(same, openai(NEXT_KEY), scope=scope, expect=ANY).name == "my_conn"
        assert [r.name for r in store.list()] == ["my_conn"]

    def test_who_read_before_another_wrote_is_told_and_nothing_is_written(
        self, store: Store, other_store: Store, scope: Scope
    ) -> None:
        read = store.put("one", openai(), scope=scope)
        written = other_store.put("one", openai(NEXT_KEY, model="m"), scope=scope, expect=read.rev)
        assert written.rev != read.rev
        with pytest.raises(ConnectionChanged):
            store.put("one", openai("sk-too-late-0123456789"), scope=scope, expect=read.rev)
        assert store.get("one", scope).secrets["api_key"] == Secret(NEXT_KEY)
        assert store.list() == [written]

    def test_an_update_of_nothing_is_told(self, store: Store, scope: Scope) -> None:
        with pytest.raises(ConnectionNotFound):
            store.put("one", openai(), scope=scope, expect="0123")
        assert store.list() == []

    def test_delete_takes_it_off_the_list(self, store: Store, other_store: Store, scope: Scope) -> None:
        store.put("my_conn", openai(model="m"), scope=scope)
        assert store.delete("my-conn", scope).name == "my_conn"
        assert other_store.list() == []
        for ask in (other_store.get, other_store.delete):
            with pytest.raises(ConnectionNotFound):
                ask("my_conn", scope)
