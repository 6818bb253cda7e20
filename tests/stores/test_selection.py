"""What was chosen of a store, and an account of it that does not change afterwards."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter import errors
from pfconn_jupyter.stores.selection import choose
from pfconn_jupyter.stores.store import Listing

KEY = "k3y-0123456789"


@pytest.fixture
def store(monkeypatch):
    """Return a store whose listing comes in three parts."""
    api = pfconn.connections("local:")
    for name in ("b-two", "a_one", "c", "d", "A-three", "e"):
        api.create(
            "openai" if name != "d" else "custom",
            name,
            **({"secrets": {"k": KEY}} if name == "d" else {"api_key": KEY}),
        )
    records = {r.name: r for r in api.store.list()}

    def parts():
        for names in (("b-two", "c"), ("a_one", "d"), ("A-three", "e")):
            yield Listing([records[name] for name in names], [])

    monkeypatch.setattr(api.store, "parts", parts)
    return api.store


def names(records):
    return [r.name for r in records]


def test_one_pattern_is_met_while_the_store_is_listed(store):
    chosen = choose(store, ["A-*"], ())
    assert chosen.everything is None
    values = chosen.values()
    assert next(values)[0].name == "A-three"
    assert names(chosen._listed) == ["A-three"]
    assert list(values) == []
    assert names(chosen.everything.records) == ["a_one", "A-three", "b-two", "c", "d", "e"]


def test_all_and_by_type(store):
    everyone = choose(store, [], ())
    assert {r.name for r, _ in everyone.values()} == {"b-two", "a_one", "c", "d", "A-three", "e"}
    assert names(everyone.listed()) == ["a_one", "A-three", "b-two", "c", "d", "e"]
    assert [r.name for r, _ in choose(store, [], (), type="custom").values()] == ["d"]


def test_several_patterns_are_looked_for_first(store):
    with pytest.raises(errors.ConnectionNotFound, match="nosuch"):
        choose(store, ["c", "nosuch"], ())
    chosen = choose(store, ["c", "*", "A-ONE"], ())
    assert names(chosen.listed()) == ["a_one", "A-three", "b-two", "c", "d", "e"]
    assert sorted(r.name for r, _ in chosen.values()) == sorted(names(chosen.listed()))


def test_what_comes_after_the_account_does_not_change_it(store):
    chosen = choose(store, [], ())
    values = chosen.values()
    next(values)
    before = chosen.listed()
    rest = [record.name for record, _ in values]
    assert rest == ["c"]
    assert names(chosen.listed()) == names(before) == ["b-two", "c"]
    assert chosen.everything is None
