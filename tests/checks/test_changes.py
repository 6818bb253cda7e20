"""A connection that was changed lately: the outcome says when and by whom, and which objects are old."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from pfconn_jupyter.api import Connections
from pfconn_jupyter.checks import changes
from pfconn_jupyter.checks.outcome import Outcome
from pfconn_jupyter.connections.record import ConnectionRecord, now
from pfconn_jupyter.stores.address import open_store
from standins.service import Reply, Service

MODELS = "/openai/v1/models"
RECORD = ConnectionRecord("mine", "azure_openai", "shared", "keyvault:contoso", owner="ana@contoso.com", rev="2")


def outcome(status: str = "ok", hint: str = "") -> Outcome:
    return Outcome("mine", "azure_openai", status, "said", hint)  # type: ignore[arg-type]


def changed(hours: float, **about: object) -> ConnectionRecord:
    return replace(RECORD, updated=now() - timedelta(hours=hours), **about)


def test_what_works_now_may_not_work_for_who_fetched_it_before() -> None:
    record = changed(0.01)
    hint = changes.told(outcome(), record).hint
    assert f"{record.updated:%H:%M} UTC by ana@contoso.com: objects fetched earlier hold the old key" in hint
    assert "conn.refresh()" in hint


def test_what_fails_since_a_change_says_how_to_go_back() -> None:
    hint = changes.told(outcome("denied", "Get a new key."), changed(0.01)).hint
    assert hint.startswith("Get a new key. Changed ")
    assert "by ana@contoso.com: %pfconn history mine, %pfconn rollback mine." in hint


@pytest.mark.parametrize(
    ("status", "record"),
    [
        ("denied", changed(25)),
        ("ok", changed(25)),
        ("ok", RECORD),
        ("ok", changed(1, created=changed(1).updated)),
        ("timeout", changed(1)),
    ],
    ids=["long ago", "long ago, ok", "unknown", "new", "not about the key"],
)
def test_otherwise_it_is_not_mentioned(status: str, record: ConnectionRecord) -> None:
    assert changes.told(outcome(status, "H."), record).hint == "H."


@pytest.fixture
def api(service: Service) -> Connections:
    service.on(MODELS, Reply(401, {"error": {"message": "no"}}))
    api = Connections(open_store("local:"))
    api.create("azure_openai", "mine", api_base=service.url, api_key="the-first-key-0001")
    return api


def test_an_object_that_is_older_than_the_store_is_told(api: Connections) -> None:
    held = api.get("mine")
    before = api.check(held).hint
    assert "this object" not in before
    api.update("mine", api_key="the-second-key-0002")
    hint = api.check(held).hint
    assert "this object holds the old one" in hint
    assert "conn = conn.refresh()" in hint
    assert "this object" not in api.check(held.refresh()).hint


def test_an_old_object_that_works_is_left_alone(api: Connections, service: Service) -> None:
    held = api.get("mine")
    api.update("mine", api_key="the-second-key-0002")
    service.on(MODELS, Reply(200, {"data": []}))
    assert api.check(held).hint == ""


def test_an_object_whose_connection_is_gone_keeps_its_own_hint(api: Connections) -> None:
    held = api.get("mine")
    api.delete("mine")
    assert "KEY 1 or KEY 2" in api.check(held).hint


def test_a_run_tells_of_a_change(api: Connections) -> None:
    assert "Changed" not in api.test("mine")[0].hint
    # Stores keep whole seconds.
    time.sleep(1.1)
    api.update("mine", api_key="the-second-key-0002")
    assert "%pfconn rollback mine" in api.test("mine")[0].hint
