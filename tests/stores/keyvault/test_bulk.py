"""Many values come at once, each with its record; what cannot be read does not keep the others."""

from __future__ import annotations

import threading
import time

import pytest

from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.errors import PfconnError
from pfconn_jupyter.stores.keyvault import bulk
from pfconn_jupyter.testing.keyvault.limits import Wish
from pfconn_jupyter.testing.samples import KEY, openai

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


def test_a_listing_that_fails_is_raised():
    def pages():
        yield []
        raise PfconnError("gone", "x")

    def read(name, scope):
        raise AssertionError

    with pytest.raises(PfconnError, match="gone"):
        list(bulk.values(read, pages()))
    assert threading.active_count() < 50
