"""Many values come at once, each with its record; what cannot be read does not keep the others."""

from __future__ import annotations

import threading
import time

import pytest

from pfconn_jupyter.api import Connections, connections
from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.errors import ConnectionNotFound, PfconnError, StoreUnavailable
from pfconn_jupyter.stores.keyvault import bulk
from pfconn_jupyter.testing.keyvault.limits import Wish
from pfconn_jupyter.testing.samples import KEY, openai
from standins import service as standin

# Processes and real waits: the quick part of the suite leaves it out.
pytestmark = pytest.mark.slow


def fill(store, many):
    for number in range(many):
        store.put(f"c{number:03}", openai(model=f"m{number}"), scope="shared")


def test_all_values_of_a_vault(emulator, store):
    fill(store, 60)
    emulator.vault.update("pfconn-s-c007", "", Wish(enabled=False))
    emulator.requests.reset()
    found = {record.name: value for record, value in store.values()}
    assert len(found) == 60
    assert isinstance(found.pop("c007"), PfconnError)
    assert {value.configs["model"] for value in found.values()} == {f"m{n}" for n in range(60) if n != 7}
    assert all(value.secrets["api_key"].reveal() == KEY for value in found.values())
    assert emulator.requests.counts == {"list": 3, "get": 60}


def test_only_some(emulator, store):
    fill(store, 3)
    wanted = store.list()[:2]
    emulator.requests.reset()
    assert sorted(record.name for record, _ in store.values(wanted)) == ["c000", "c001"]
    assert emulator.requests.counts == {"get": 2}
    assert list(store.values([])) == []


def test_values_are_read_side_by_side_while_the_list_goes_on(emulator, store):
    fill(store, 60)
    list(store.values())  # the connections of the pool
    emulator.service.round_trip = 0.1
    began = time.monotonic()
    assert len(list(store.values())) == 60
    # One after the other: 6.3 s. Three pages, then what is left of 60 by 16.
    assert time.monotonic() - began < 3


def test_who_stops_early_leaves_no_work_behind(emulator, store):
    fill(store, 60)
    emulator.requests.reset()
    values = store.values()
    assert isinstance(next(values)[1], Connection)
    values.close()
    time.sleep(0.2)
    at_rest = emulator.requests.total
    time.sleep(0.2)
    assert emulator.requests.total == at_rest < 60


def test_who_is_slow_does_not_let_secrets_pile_up():
    read = []
    records = [ConnectionRecord(f"c{n}", "openai", "shared", "keyvault:contoso") for n in range(1_000)]
    values = bulk.values(lambda record: read.append(record) or PfconnError("not read", "x"), iter(records))
    next(values)
    time.sleep(0.3)
    assert len(read) <= bulk.AHEAD + 1
    assert 1 + sum(1 for _ in values) == 1_000


def test_a_listing_that_fails_is_raised():
    def records():
        yield ConnectionRecord("a", "openai", "shared", "keyvault:contoso")
        raise PfconnError("gone", "x")

    with pytest.raises(PfconnError, match="gone"):
        list(bulk.values(lambda record: PfconnError("not read", "x"), records()))
    assert threading.active_count() < 50


@pytest.fixture
def service():
    with standin.Service() as running:
        yield running.on("/v1/models", standin.Reply(200, {"object": "list", "data": []}))


def fill_from(store, many, service):
    for number in range(many):
        store.put(f"c{number:03}", openai(base_url=f"{service.url}/v1"), scope="shared")


def test_a_test_of_all_reads_each_value_once_and_lists_once(emulator, store, service):
    fill_from(store, 60, service)
    emulator.vault.update("pfconn-s-c007", "", Wish(enabled=False))
    emulator.requests.reset()
    told = []
    found = Connections(store).test(on_done=told.append)
    assert emulator.requests.counts == {"list": 3, "get": 60}
    assert [o.name for o in found] == [f"c{n:03}" for n in range(60)]
    assert {o.name: o.status for o in found if o.status != "ok"} == {"c007": "not_checked"}
    assert "disabled" in found[7].detail
    assert sorted(told, key=lambda o: o.name) == found
    assert len(service.received) == 59


def test_only_what_is_named_is_read(emulator, store, service):
    fill_from(store, 12, service)
    emulator.requests.reset()
    api = Connections(store)
    assert [o.name for o in api.test("C01*")] == ["c010", "c011"]
    assert emulator.requests.counts == {"list": 1, "get": 2}
    emulator.requests.reset()
    assert [o.name for o in api.test("c003", "c00*", "c003")] == [f"c{n:03}" for n in range(10)]
    assert emulator.requests.counts == {"list": 1, "get": 10}
    assert api.test(type="azure_openai") == []


@pytest.mark.parametrize("names", [("nosuch*",), ("c000", "nosuch*")])
def test_a_name_that_fits_nothing_is_told_and_nothing_is_read(emulator, store, service, tmp_path, names):
    fill_from(store, 3, service)
    emulator.requests.reset()
    api = Connections(store)
    with pytest.raises(ConnectionNotFound, match="nosuch"):
        api.test(*names)
    with pytest.raises(ConnectionNotFound, match="nosuch"):
        api.copy(*names, to=f"local:{tmp_path}/t.db", scope="private")
    assert "get" not in emulator.requests.counts
    assert service.received == []


def interrupting():
    """Return what a person does who presses Ctrl-C once, after the third."""
    told = []

    def on_done(each):
        told.append(each)
        if len(told) == 3:
            raise KeyboardInterrupt

    return on_done


@pytest.mark.parametrize("what", ["test", "copy"])
def test_after_a_ctrl_c_the_account_is_true_also_of_what_was_not_listed(emulator, store, service, tmp_path, what):
    fill_from(store, 130, service)
    emulator.requests.reset()
    # The last pages of the list take their time.
    emulator.before_next("list", lambda: emulator.fail_next("slow", operation="list", seconds=1.5))
    notes = []
    api, target = Connections(store, notes.append), connections(f"local:{tmp_path}/t.db")
    if what == "test":
        found = api.test(on_done=interrupting())
        assert "ok" in {o.status for o in found}
        assert {o.detail for o in found if o.status != "ok"} == {"interrupted"}
    else:
        found = api.copy("*", to=target, scope="private", on_done=interrupting())
        assert {c.name for c in found if c.status == "copied"} == {r.name for r in target.list()}
        assert {c.status for c in found} == {"copied", "not done"}
    assert 0 < len(found) < 130
    assert notes == ["Interrupted while contoso was still being listed: it may hold more than these."]


@pytest.mark.parametrize("what", ["test", "copy"])
def test_a_listing_that_breaks_off_is_an_error_with_a_true_account(emulator, open_as, service, tmp_path, what):
    store = open_as("alice", retry_total=0)
    fill_from(store, 60, service)

    def later():
        time.sleep(0.5)
        emulator.fail_next("status", operation="list", status=503)

    emulator.before_next("list", later)
    target = connections(f"local:{tmp_path}/t.db")
    api = Connections(store)
    with pytest.raises(StoreUnavailable, match="error of its own") as raised:
        api.test() if what == "test" else api.copy("*", to=target, scope="private")
    if what == "copy":
        assert f"{len(target.list())} copied before that stay." in raised.value.problem
        assert {c.status for c in api.copy("*", to=target, scope="private")} == {"copied", "same"}
