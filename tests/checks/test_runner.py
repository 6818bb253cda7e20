"""One check against a real stand-in and a scripted one: what is sent, and what is made of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import urllib3

from pfconn_jupyter.checks import runner, sending
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.registry import connection_type
from standins.service import Reply, Service, drip, endless, half, reset

if TYPE_CHECKING:
    from collections.abc import Callable

    from standins.aimock import Aimock

    Make = Callable[[str], Connection]

V1, CLASSIC, OPENAI = "/openai/v1/models", "/openai/models", "/v1/models"
# The older one gives all of a body or none: a drip is a timeout there, half a body not the service's.
MODERN = pytest.mark.skipif(urllib3.__version__.startswith("1."), reason="urllib3 1.26 reads no partial bodies")
MODELS = Reply(200, {"data": []}, {"x-request-id": "r-17"})


@pytest.mark.parametrize(("word", "field", "path"), [("azure_openai", "api_base", ""), ("openai", "base_url", "/v1")])
def test_aimock_takes_the_right_key_only(aimock: Aimock, word: str, field: str, path: str) -> None:
    fields = {field: aimock.url + path, "api_key": aimock.key}
    good = check(build(connection_type(word), fields))
    assert (good.status, good.http, good.hint) == ("ok", 200, "")
    assert good.detail.startswith("key accepted; ")
    assert good.latency_ms is not None
    bad = check(build(connection_type(word), fields | {"api_key": "another-key-12345"}))
    assert (bad.status, bad.http) == ("denied", 401)
    assert bad.hint


def test_aimock_without_a_key(aimock: Aimock) -> None:
    custom = {"configs": {"test_url": f"{aimock.url}/v1/models"}, "secrets": {"key": aimock.key}}
    assert check(build(connection_type("custom"), custom)).status == "denied"
    custom["configs"]["test_header"] = "Authorization: Bearer"
    assert check(build(connection_type("custom"), custom)).status == "ok"


def test_the_outcome_names_the_connection_and_the_request(service: Service, azure: Make) -> None:
    service.on(V1, MODELS)
    unsaved = check(azure(service.url))
    assert (unsaved.name, unsaved.scope, unsaved.type, unsaved.request_id) == ("", "", "azure_openai", "r-17")
    assert unsaved.checked.tzinfo is not None
    saved = check(azure(service.url).bind(ConnectionRecord("mine", "azure_openai", "shared", "local:")))
    assert (saved.name, saved.scope) == ("mine", "shared")


def test_an_unknown_v1_path_leads_to_the_classic_one(service: Service, azure: Make, secret: str) -> None:
    service.on(CLASSIC, MODELS)
    assert check(azure(service.url)).status == "ok"
    assert [r.path for r in service.received] == [V1, CLASSIC]
    assert service.received[1].query == {"api-version": ["2024-10-21"]}
    assert {r.headers["api-key"] for r in service.received} == {secret}


def test_a_refusal_on_the_v1_path_decides(service: Service, azure: Make) -> None:
    service.on(V1, Reply(401, {"error": {"message": "no"}}))
    assert check(azure(service.url)).status == "denied"
    assert len(service.received) == 1


def test_both_paths_unknown(service: Service, azure: Make) -> None:
    assert check(azure(service.url)).status == "misconfigured"


def test_the_key_that_a_service_echoes_stays_out(service: Service, openai: Make, secret: str) -> None:
    echo = {"error": {"message": f"Incorrect API key provided: {secret}."}}
    service.on(OPENAI, Reply(401, echo, {"x-request-id": secret}))
    outcome = check(openai(service.url))
    assert outcome.status == "denied"
    assert secret not in repr(outcome)
    assert "Incorrect API key provided: " in outcome.detail


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("reply", "status", "in_detail"),
    [
        (Reply(500), "server_error", "HTTP 500"),
        (Reply(200, delay=8), "timeout", "in time"),
        pytest.param(drip(), "timeout", "broke off", marks=MODERN),
        pytest.param(drip(401), "denied", "HTTP 401", marks=MODERN),
        pytest.param(half, "unreachable", "broke off", marks=MODERN),
        (reset, "unreachable", "closed the connection"),
        (endless, "misconfigured", "something else"),
        (Reply(200, b'{"data": ['), "misconfigured", "something else"),
        (Reply(200, b"<html>Sign in", {"Content-Type": "text/html"}), "misconfigured", "captive portal"),
    ],
    ids=["500", "slow", "drip", "drip 401", "half", "reset", "100 MB", "not JSON", "captive portal"],
)
def test_faults(service: Service, azure: Make, reply: Any, status: str, in_detail: str) -> None:
    service.on(V1, reply)
    started = time.monotonic()
    outcome = check(azure(service.url))
    assert time.monotonic() - started < sending.BUDGET + runner._GRACE + 3
    assert (outcome.status, bool(outcome.hint)) == (status, True)
    assert in_detail in outcome.detail


def test_of_a_long_answer_only_the_beginning_is_taken(service: Service, azure: Make) -> None:
    taken: list[int] = []

    def misbehave(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000000")
        handler.end_headers()
        handler.wfile.write(b'{"data": [')
        try:
            while sum(taken) < 100_000_000:
                taken.append(handler.connection.send(b" " * 65536))
        except OSError:
            taken.append(0)

    service.on(V1, misbehave)
    assert check(azure(service.url)).status == "ok"
    deadline = time.monotonic() + 5
    while taken[-1:] != [0] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert taken[-1] == 0, "we hung up"
    # What was not read waits in the buffers of the two ends.
    assert sum(taken) < 20_000_000


@pytest.mark.usefixtures("impatient")
def test_headers_that_drip_do_not_hold_up_a_notebook(service: Service, azure: Make) -> None:
    def misbehave(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
        while True:
            handler.wfile.write(b"y")
            time.sleep(0.05)

    service.on(V1, misbehave)
    started = time.monotonic()
    assert check(azure(service.url)).status == "timeout"
    assert time.monotonic() - started < sending.BUDGET + runner._GRACE + 3


def test_one_dropped_connection_is_chance(service: Service, azure: Make) -> None:
    service.on(V1, reset, MODELS)
    assert check(azure(service.url)).status == "ok"
    assert len(service.received) == 2


def test_two_dropped_connections_are_an_answer(service: Service, azure: Make) -> None:
    service.on(V1, reset, reset, MODELS)
    assert check(azure(service.url)).status == "unreachable"
    assert len(service.received) == 2


def test_an_answer_that_broke_off_is_not_asked_for_again(service: Service, azure: Make) -> None:
    service.on(V1, half, MODELS)
    check(azure(service.url))
    assert len(service.received) == 1
