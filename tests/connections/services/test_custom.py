"""Custom connections: a test is what their configs say it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connections.services.situations import KEY, PORTAL, Case
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import InvalidConnection
from standins.service import Reply, Service

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection

HEADER = {"test_header": "x-key"}


def made(url: str, **configs: str) -> Connection:
    return build(connection_type("custom"), {"configs": {"test_url": url, **configs}, "secrets": {"key": KEY}})


@pytest.mark.parametrize(
    "case",
    [
        Case("200", Reply(200, b"pong"), "ok", "secret accepted", fields=HEADER),
        Case("no header, so no secret is sent", Reply(200), "ok", "no secret was sent: set configs.test_header"),
        Case("204 where 200 is expected", Reply(204), "misconfigured", "HTTP 204", "configs.test_status=204", HEADER),
        Case("204 as expected", Reply(204), "ok", "secret accepted", fields={**HEADER, "test_status": "204"}),
        Case("one of several", Reply(404), "ok", "secret accepted", fields={**HEADER, "test_status": "200, 404"}),
        Case("200 where 204 is expected", Reply(200), "misconfigured", "HTTP 200", "Compare", {"test_status": "204"}),
        Case("the secret is refused", Reply(401), "denied", "HTTP 401", "compare test_header", HEADER),
        Case("nothing at the address", Reply(404), "not_found", "HTTP 404", "Compare test_url", HEADER),
        Case("a web page", PORTAL, "ok", "a web page answered: is it the service's", fields=HEADER),
        Case(
            "the words", Reply(200, b"<b>All is WELL</b>"), "ok", "accepted", fields={**HEADER, "test_words": "is well"}
        ),
        Case(
            "not the words", PORTAL, "misconfigured", "captive portal", "Sign in", {**HEADER, "test_words": "is well"}
        ),
    ],
    ids=str,
)
def test_the_service(service: Service, case: Case) -> None:
    service.on("/ping", case.reply)
    found = check(made(f"{service.url}/ping", **case.fields))
    case.holds(found)
    assert not ("web page" in found.detail and "accepted" in found.detail), "a sign-in page proves no secret"
    assert service.received[0].headers.get("x-key") == (KEY if "test_header" in case.fields else None)


def test_words_that_are_there_answer_the_question(service: Service) -> None:
    service.on("/ping", PORTAL)
    assert "web page" not in check(made(f"{service.url}/ping", test_words="Hotel")).detail


@pytest.mark.parametrize("status", ["ok", "2xx", "99", "600", "200;204", "²00", "-200"])
def test_a_status_that_is_none(status: str) -> None:
    with pytest.raises(InvalidConnection, match="test_status: is not an HTTP status") as caught:
        made("https://x.example/ping", test_status=status)
    assert "200, 204" in caught.value.hint


@pytest.mark.parametrize("status", ["", " ", "200", "200,", " 200 , 204 "])
def test_statuses_may_be_written_loosely(status: str) -> None:
    (probe,) = made("https://x.example/ping", test_status=status).probes()
    accept: Any = probe.accept
    assert 200 in accept
