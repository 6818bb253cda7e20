"""Answers of HTTP in general read into verdicts; those of each service stand in tests/connections/services."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest

from pfconn_jupyter.checks.outcome import Verdict
from pfconn_jupyter.checks.reading import read, request_id
from pfconn_jupyter.checks.sending import Answer
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.probe import Probe, Reading
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret

KEY = "sk-proj-Zk7q0We5Rt1Y2u9I4o8P"
PROBE = Probe("https://service.example/models", expect_key="data", leaves_open="no deployment was called")
TOO_MANY = {"error": {"code": "429", "message": "Rate limit is exceeded. Try again in 2 seconds."}}


def answer(http: int, body: Any = b"", **headers: str) -> Answer:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(http, {name.replace("_", "-"): value for name, value in headers.items()}, sent)


def azure_probe() -> Probe:
    made = build(connection_type("azure_openai"), {"api_base": "https://contoso.openai.azure.com", "api_key": KEY})
    return next(iter(made.probes()))


@pytest.mark.parametrize(
    ("http", "status"),
    [
        (201, "misconfigured"),
        (302, "misconfigured"),
        (400, "misconfigured"),
        (401, "denied"),
        (403, "denied"),
        (404, "not_found"),
        (405, "misconfigured"),
        (407, "unreachable"),
        (408, "timeout"),
        (418, "misconfigured"),
        (422, "misconfigured"),
        (429, "throttled"),
        (500, "server_error"),
        (503, "server_error"),
        (504, "timeout"),
    ],
)
def test_http_in_general(http: int, status: str) -> None:
    verdict = read(PROBE, answer(http), [])
    assert verdict.status == status
    assert verdict.detail
    assert verdict.hint, "a failure says what to do"


@pytest.mark.parametrize(
    ("http", "words", "in_hint"),
    [
        (403, "Public access is disabled. Please configure private endpoint.", "private network or VPN"),
        (403, "Access denied due to Virtual Network/Firewall rules.", "private network or VPN"),
        (401, "IDX10222: Lifetime validation failed. The token is not yet valid.", "clock"),
        (401, "IDX10223: Lifetime validation failed. The token is expired.", "clock"),
    ],
)
def test_what_many_services_word_alike(http: int, words: str, in_hint: str) -> None:
    body = {"error": {"message": words}}
    general = Probe("https://service.example/", readings=(Reading(http, "denied", "any other refusal"),))
    assert in_hint in read(general, answer(http, body), []).hint, "before a reading without words"
    own = Probe("https://service.example/", readings=(Reading(http, "denied", "its own", words=words[:20]),))
    assert read(own, answer(http, body), []).hint == "its own", "after one with words"


def test_the_first_reading_that_fits_wins() -> None:
    probe = Probe(
        "https://service.example/",
        readings=(Reading(403, "throttled", "first", words="SLOW down"), Reading(403, "not_found", "second")),
    )
    assert read(probe, answer(403, b"please slow DOWN"), []).hint == "first"
    assert read(probe, answer(403, b"no"), []) == Verdict("not_found", "no", "second")


def test_retry_after_is_told() -> None:
    verdict = read(azure_probe(), answer(429, TOO_MANY, retry_after="17"), [])
    assert "asks to wait 17 s" in verdict.detail
    assert "in 17 s" in verdict.hint


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, "1 s"), (119, "119 s"), (150, "2 minutes"), (7200, "2 hours"), (1296000, "15 days")]
)
def test_a_long_wait_is_told_in_words(seconds: int, said: str) -> None:
    verdict = read(PROBE, answer(429, retry_after=str(seconds)), [])
    assert f"asks to wait {said})" in verdict.detail
    assert f"again in {said}:" in verdict.hint


def test_a_wait_that_is_only_said_in_the_answer_is_told() -> None:
    verdict = read(azure_probe(), answer(429, TOO_MANY), [])
    assert "asks to wait" not in verdict.detail
    assert "again in 2 s" in verdict.hint


def test_the_hint_of_a_service_says_when() -> None:
    probe = Probe("https://x.example/", readings=(Reading(403, "throttled", "Test again in a minute: quota."),))
    assert read(probe, answer(403, retry_after="30"), []).hint == "Test again in 30 s: quota."


def test_retry_after_may_be_a_date_or_nonsense() -> None:
    soon = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=90), usegmt=True)
    assert "asks to wait" in read(PROBE, answer(429, retry_after=soon), []).detail
    for nonsense in ("", "soon", "-3", "9" * 40, "Wed, 99 Foo"):
        assert "asks to wait" not in read(PROBE, answer(429, retry_after=nonsense), []).detail


@pytest.mark.parametrize("body", [b"<html><body>Welcome to Hotel Wifi</body></html>", b" \n<!DOCTYPE html>"])
def test_a_web_page_is_not_the_service(body: bytes) -> None:
    verdict = read(PROBE, answer(200, body), [])
    assert verdict.status == "misconfigured"
    assert "captive portal" in verdict.detail
    assert "web page" in read(PROBE, answer(502, body), []).detail


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"data"', b"\xff\xfe", b'{"other": 1}', b"[" * 50_000])
def test_another_body_is_not_the_service(body: bytes) -> None:
    assert read(PROBE, answer(200, body), []).status == "misconfigured"


def test_a_list_too_long_to_read_is_still_the_service() -> None:
    long = Answer(200, {}, b'{"object": "list", "data": [{"id": "gpt', "capped")
    assert read(PROBE, long, []).status == "ok"
    assert read(PROBE, Answer(200, {}, b"x" * 65536, "capped"), []).status == "misconfigured"


def test_an_answer_that_broke_off() -> None:
    assert read(PROBE, Answer(200, {}, b'{"data": [', "broken"), []).status == "unreachable"
    assert read(PROBE, Answer(200, {}, b'{"data": [', "slow"), []).status == "timeout"
    assert read(PROBE, Answer(401, {}, b"", "slow"), []).status == "denied", "the status alone decides"


def test_a_redirect_says_where_to_but_not_the_rest() -> None:
    verdict = read(PROBE, answer(302, location=f"https://login.example/?key={KEY}"), [Secret(KEY)])
    assert "redirect to login.example; not followed" in verdict.detail
    assert KEY not in repr(verdict)
    for odd in ("", "/models/", "https://[", f"https://{KEY}/"):
        assert KEY.lower() not in read(PROBE, answer(301, location=odd), [Secret(KEY)]).detail.lower()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": "Invalid API key."}, "Invalid API key."),
        ({"message": "No."}, "No."),
        ({"detail": [{"message": "bad version"}]}, "bad version"),
        ({"error": {"code": "X"}}, "HTTP 400 without a word"),
        ({"error": None}, "HTTP 400 without a word"),
        (b"two\r\nlines\x1b[31m", "two lines [31m"),
    ],
)
def test_where_services_put_their_words(body: Any, said: str) -> None:
    assert read(PROBE, answer(400, body), []).detail == said


def test_long_words_are_cut_after_they_are_redacted() -> None:
    text = "x" * 190 + " " + KEY
    detail = read(PROBE, answer(400, text.encode()), [Secret(KEY)]).detail
    assert len(detail) <= 200
    assert "sk-proj" not in detail


def test_request_id() -> None:
    assert request_id(answer(200, apim_request_id="42-ab"), []) == "42-ab"
    assert request_id(answer(200, x_request_id="first", x_ms_request_id="second"), []) == "first"
    assert request_id(answer(200), []) == ""
    assert KEY not in request_id(answer(200, x_request_id=KEY), [Secret(KEY)])
