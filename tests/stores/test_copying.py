"""Copies: nothing is overwritten, a failure does not end the run, an interruption is accounted for."""

from __future__ import annotations

import time

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter import errors
from pfconn_jupyter.stores import copying
from pfconn_jupyter.stores.waiting import told_to

KEY = "k3y-0123456789"


@pytest.fixture
def source():
    api = pfconn.connections("local:")
    for n in range(12):
        api.create("custom", f"c{n:02}", configs={"n": str(n)}, secrets={"k": f"{KEY}{n}"})
    return api


@pytest.fixture
def target(tmp_path):
    return pfconn.connections(f"local:{tmp_path}/target.db")


def statuses(found):
    return {c.name: c.status for c in found}


def test_values_arrive_whole_and_the_answer_is_in_the_order_of_the_list(source, target):
    found = source.copy("c*", to=target, scope="private")
    assert [c.name for c in found] == [r.name for r in source.list()]
    assert set(statuses(found).values()) == {"copied"}
    assert target.get("c07").secrets["k"].reveal() == f"{KEY}7"


def test_a_second_run_changes_nothing(source, target):
    source.copy("c*", to=target, scope="private")
    revs = [r.rev for r in target.list()]
    assert set(statuses(source.copy("c*", to=target, scope="private")).values()) == {"same"}
    assert [r.rev for r in target.list()] == revs


def test_another_connection_of_that_name_is_not_overwritten(source, target):
    target.create("openai", "c03", api_key=KEY)
    found = source.copy("c*", to=target, scope="private")
    assert statuses(found)["c03"] == "exists"
    assert sum(s == "copied" for s in statuses(found).values()) == 11
    assert target.get("c03").TYPE == "openai"


def test_one_gets_another_name(source, target):
    source.copy("c01", to=target, scope="private", new_name="renamed")
    assert [r.name for r in target.list()] == ["renamed"]
    with pytest.raises(errors.UsageProblem):
        source.copy("c*", to=target, scope="private", new_name="renamed")


def test_one_that_cannot_be_read_does_not_end_the_run(source, target, monkeypatch):
    get = source.store.get

    def broken(name, scope):
        if name == "c05":
            raise errors.StoreDamaged("c05 is damaged.", "Restore it.")
        return get(name, scope)

    monkeypatch.setattr(source.store, "get", broken)
    found = source.copy("c*", to=target, scope="private")
    assert statuses(found)["c05"] == "failed"
    assert len(target.list()) == 11


def test_after_an_interruption_the_account_is_true(source, target):
    count = 0

    def interrupt(_):
        nonlocal count
        count += 1
        if count == 3:
            raise KeyboardInterrupt

    found = source.copy("c*", to=target, scope="private", on_done=interrupt)
    there = {r.name for r in target.list()}
    assert {c.name for c in found if c.status == "copied"} == there
    assert {c.name for c in found if c.status == "not done"} == {r.name for r in source.list()} - there


def test_a_scope_the_target_has_not_is_refused_before_anything_is_read(source, target):
    with pytest.raises(errors.NotSupported, match="shared"):
        source.copy("c*", to=target, scope="shared")
    with pytest.raises(errors.ConnectionNotFound):
        source.copy("nosuch", to=target, scope="private")


def throttled(target, monkeypatch, times, wait=None):
    """Let the target refuse the first so many writes of each name."""
    put, left = target.store.put, {}

    def refuse(name, *args, **options):
        left[name] = left.get(name, times) - 1
        if left[name] >= 0:
            raise errors.StoreThrottled("too many", "Wait.", wait)
        return put(name, *args, **options)

    monkeypatch.setattr(target.store, "put", refuse)


def test_a_throttled_target_is_waited_for_and_that_is_told_once(source, target, monkeypatch):
    monkeypatch.setattr(copying, "WAITS", (0.01, 0.02))
    throttled(target, monkeypatch, times=2)
    said = []
    with told_to(said.append):
        found = source.copy("c*", to=target, scope="private")
    assert set(statuses(found).values()) == {"copied"}
    assert len(said) == 1


@pytest.mark.filterwarnings("ignore::pfconn_jupyter.errors.PfconnWarning")
@pytest.mark.parametrize(("times", "wait"), [(9, None), (1, 300.0)], ids=["too often", "too long"])
def test_what_does_not_end_is_told(source, target, monkeypatch, times, wait):
    monkeypatch.setattr(copying, "WAITS", (0.01, 0.02))
    throttled(target, monkeypatch, times, wait)
    (found,) = source.copy("c01", to=target, scope="private")
    assert (found.status, found.detail) == ("failed", "too many")


@pytest.mark.filterwarnings("ignore::pfconn_jupyter.errors.PfconnWarning")
def test_a_ctrl_c_ends_the_waiting(source, target, monkeypatch):
    throttled(target, monkeypatch, times=9)
    real = copying.wait

    def interrupt(running, return_when):
        monkeypatch.setattr(copying, "wait", real)
        raise KeyboardInterrupt

    monkeypatch.setattr(copying, "wait", interrupt)
    began = time.monotonic()
    assert set(statuses(source.copy("c*", to=target, scope="private")).values()) == {"not done"}
    assert time.monotonic() - began < 3, "the first wait alone is five seconds"
