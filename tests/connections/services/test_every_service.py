"""The contract of a test, for every type: what any network may do, and where the key may go."""

from __future__ import annotations

import pickle
import time
from typing import TYPE_CHECKING, Any

import pytest

from connections.services.situations import (
    COMMON,
    KEY,
    MOST_TAKEN,
    SLOW,
    Case,
)
from hunter import assert_clean, hunt
from pfconn_jupyter import identity
from pfconn_jupyter.checks import runner, sending
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.registry import TYPES, all_types
from pfconn_jupyter.notebook import tables
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    import trustme

    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.connection import Connection

    Make = Callable[..., Connection]

KEYLESS = [cls.TYPE for cls in all_types() if "auth_mode" in cls.model_fields]
TOKEN = "entra-token-4Kd82mPq71"


def as_shown(outcome: Outcome) -> list[object]:
    """Return all forms in which an outcome may leave a notebook."""
    frame = tables.outcomes([outcome], "")
    return [
        outcome,
        repr(frame),
        frame._repr_html_(),
        frame.to_csv(),
        frame.to_json(date_format="iso"),
        pickle.dumps(frame),
    ]


def sent(service: Service, what: str = KEY) -> list[bool]:
    """Tell of each request whether it held the secret."""
    return [bool(hunt(what, repr(request))) for request in service.received]


@pytest.mark.parametrize("word", TYPES)
def test_every_type_has_a_test(connect: Make, word: str) -> None:
    assert list(connect(word, "http://127.0.0.1:9").probes())


@pytest.mark.parametrize("case", COMMON, ids=str)
@pytest.mark.parametrize("word", TYPES)
def test_what_any_network_may_do(service: Service, connect: Make, debug_log: list[str], word: str, case: Case) -> None:
    service.on(Service.ANY, case.reply)
    outcome = check(connect(word, service.url))
    case.holds(outcome)
    assert all(sent(service)), "the control: the key was sent"
    assert_clean(KEY, *as_shown(outcome), "\n".join(debug_log))


@pytest.mark.parametrize("word", TYPES)
def test_slow(service: Service, connect: Make, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setattr(sending, "BUDGET", 0.2)
    monkeypatch.setattr(runner, "_GRACE", 1.0)
    service.on(Service.ANY, SLOW.reply)
    started = time.monotonic()
    SLOW.holds(check(connect(word, service.url)))
    assert time.monotonic() - started < 3, "a slow service does not hold up a notebook"


@pytest.mark.parametrize("word", TYPES)
def test_a_hundred_megabytes_are_not_taken(service: Service, connect: Make, word: str) -> None:
    written = []

    def send(handler: Any) -> None:
        handler.send_response(401)
        handler.send_header("Content-Length", str(100_000_000))
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x" * 1_000_000)
            written.append(1_000_000)

    service.on(Service.ANY, send)
    assert check(connect(word, service.url)).status == "denied"
    assert sum(written) < MOST_TAKEN


@pytest.mark.parametrize("word", TYPES)
def test_a_redirect_to_another_host(service: Service, connect: Make, word: str) -> None:
    with Service().on(Service.ANY, Reply(200, {})) as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        service.on(Service.ANY, lambda handler: Reply(307, b"", {"Location": elsewhere + handler.path})(handler))
        outcome = check(connect(word, service.url))
        assert outcome.status == "misconfigured"
        assert "redirect to localhost; not followed" in outcome.detail
        assert other.received == []
        assert_clean(KEY, *as_shown(outcome))


@pytest.mark.parametrize("word", TYPES)
def test_a_certificate_for_another_name(authority: trustme.CA, connect: Make, word: str) -> None:
    with Service(authority.issue_cert("other.example")).on(Service.ANY, Reply(200, {})) as impostor:
        outcome = check(connect(word, impostor.url))
        assert outcome.status == "tls"
        assert "another name; nothing was sent" in outcome.detail
        assert impostor.received == []


@pytest.mark.parametrize("word", TYPES)
def test_nobody_listens(connect: Make, word: str) -> None:
    with Service() as gone:
        pass
    outcome = check(connect(word, gone.url))
    assert outcome.status == "unreachable"
    assert "refuses connections" in outcome.detail
    assert outcome.hint


@pytest.mark.parametrize("http", [200, 400, 401, 403, 404, 429, 500])
@pytest.mark.parametrize("word", TYPES)
def test_a_service_that_echoes_the_key(
    service: Service, connect: Make, debug_log: list[str], word: str, http: int
) -> None:
    body = {"error": {"message": f"what about {KEY}, {KEY[:9]} and {KEY[-9:]}"}, "api_key": KEY}
    service.on(Service.ANY, Reply(http, body, {"x-request-id": KEY}))
    outcome = check(connect(word, service.url))
    assert all(sent(service))
    assert_clean(KEY, *as_shown(outcome), "\n".join(debug_log))


@pytest.mark.parametrize("http", [400, 401, 402, 403, 404, 405, 409, 410, 422, 429, 500, 503])
@pytest.mark.parametrize("word", TYPES)
def test_every_refusal_says_what_to_do(service: Service, connect: Make, word: str, http: int) -> None:
    service.on(Service.ANY, Reply(http))
    outcome = check(connect(word, service.url))
    assert outcome.status not in ("ok", "not_checked")
    assert outcome.http == http
    assert outcome.hint.endswith(".")


@pytest.mark.parametrize("word", KEYLESS)
def test_without_a_key_a_token_is_sent(
    service: Service, connect: Make, debug_log: list[str], monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    scopes = []
    monkeypatch.setattr(identity, "token_text", lambda scope: scopes.append(scope) or TOKEN)
    service.on(Service.ANY, Reply(401, {"error": {"message": f"no role for {TOKEN}"}}))
    connection = connect(word, service.url, auth_mode="meid_token")
    outcome = check(connection)
    assert outcome.status == "denied"
    assert scopes == [type(connection).TOKEN_SCOPE]
    assert scopes[0].endswith(".azure.com/.default")
    assert {r.headers["authorization"] for r in service.received} == {f"Bearer {TOKEN}"}
    assert all(type(connection).KEY_HEADER.lower() not in r.headers for r in service.received)
    assert_clean(TOKEN, *as_shown(outcome), "\n".join(debug_log))


@pytest.mark.parametrize("cloud", ["azure.com", "azure.us", "azure.cn"])
@pytest.mark.parametrize("word", KEYLESS)
def test_a_token_is_of_the_endpoints_cloud(connect: Make, word: str, cloud: str) -> None:
    connection: Any = connect(word, f"https://contoso.example.{cloud}", auth_mode="meid_token")
    for probe in connection.probes():
        assert probe.headers["Authorization"].scope == connection.TOKEN_SCOPE.replace("azure.com", cloud)


def test_the_hunt_finds_what_a_leaky_type_would_show(service: Service, connect: Make, debug_log: list[str]) -> None:
    import logging
    from dataclasses import replace

    service.on(Service.ANY, Reply(401))
    outcome = replace(check(connect("openai", service.url)), detail=f"refused {KEY}")
    logging.getLogger("leaky").debug("sent %s", KEY)
    assert all(hunt(KEY, shown) for shown in as_shown(outcome)), "the control: each form would show it"
    assert hunt(KEY, "\n".join(debug_log))
