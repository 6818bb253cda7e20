"""Waits: no more values at once than the service takes, and each wait that it asks for is told."""

from __future__ import annotations

import pytest

from pfconn_jupyter import errors
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.stores.keyvault import pace, retry
from pfconn_jupyter.stores.waiting import tell, told_to

CONNECTION = build(connection_type("openai"), {"api_key": "k3y-0123456789"})


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def test_no_window_lets_more_through_than_its_limit(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(pace.time, "sleep", clock.sleep)
    pacer = pace.Pace(limit=5, window=10, clock=clock)
    begun = []
    for _ in range(23):
        pacer.wait()
        begun.append(clock.now)
        clock.now += 0.1
    assert all(sum(t <= b < t + 10 for b in begun) <= 5 for t in begun)
    assert clock.now < 45


def test_the_vault_s_wait_is_kept_and_told(store, emulator):
    store.list()
    emulator.fail_next(how="status", status=429, retry_after=1, operation="set")
    said = []
    with told_to(said.append):
        store.put("waited", CONNECTION, scope="shared")
    assert said == ["The vault asks to wait 1 s (too many requests); going on then."]
    assert store.get("waited", "shared").secrets == CONNECTION.secrets


def test_a_long_wait_is_not_waited_for_but_told_as_an_error(store, emulator):
    store.list()
    emulator.fail_next(how="status", status=429, retry_after=int(retry.LONGEST_WAIT) + 300, operation="list")
    with told_to(pytest.fail), pytest.raises(errors.StoreUnavailable) as caught:
        store.list()
    assert "330" in str(caught.value)


def test_without_a_listener_it_is_a_warning():
    with pytest.warns(errors.PfconnWarning, match="waits"):
        tell("It waits.")
