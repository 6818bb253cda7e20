"""Documented answers of the services, and HTTP in general, read into verdicts."""

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
BODY_A = {
    "error": {
        "code": "401",
        "message": "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid"
        " key for an active subscription and use a correct regional API endpoint for your resource.",
    }
}
NO_ROLE = {"error": {"code": "PermissionDenied", "message": "Principal does not have access to API/Operation."}}
NO_ACTION = {"error": {"code": "PermissionDenied", "message": "The principal x lacks the required data action y."}}
NO_PUBLIC = {"error": {"message": "Public access is disabled. Please configure private endpoint."}}
NO_KEYS = {
    "error": {
        "code": "AuthenticationTypeDisabled",
        "message": "Key based authentication is disabled for this resource.",
    }
}
NOT_YET = {"error": {"message": "IDX10222: Lifetime validation failed. The token is not yet valid."}}
NO_NAME = {"error": {"message": "Please provide a custom subdomain for token authentication."}}
NO_PATH = {"error": {"code": "404", "message": "Resource not found"}}
TOO_MANY = {"error": {"code": "429", "message": "Rate limit is exceeded. Try again in 2 seconds."}}
QUOTA = {"error": {"message": "You exceeded your current quota.", "type": "insufficient_quota"}}
NOT_MEMBER = {"error": {"message": "You must be a member of an organization to use the API."}}


def answer(http: int, body: Any = b"", **headers: str) -> Answer:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(http, {name.replace("_", "-"): value for name, value in headers.items()}, sent)


def azure_probe() -> Probe:
    made = build(connection_type("azure_openai"), {"api_base": "https://contoso.openai.azure.com", "api_key": KEY})
    return next(iter(made.probes()))


def openai_probe() -> Probe:
    return next(iter(build(connection_type("openai"), {"api_key": KEY}).probes()))


@pytest.mark.parametrize(
    ("http", "body", "status", "in_detail", "in_hint"),
    [
        (200, {"data": []}, "ok", "key accepted; no deployment was called", ""),
        (401, BODY_A, "denied", "invalid subscription key", "KEY 1 or KEY 2"),
        (401, NO_ROLE, "denied", "Principal does not have access", "Cognitive Services OpenAI User"),
        (401, NO_ACTION, "denied", "lacks the required data action", "Cognitive Services OpenAI User"),
        (403, NO_PUBLIC, "denied", "Public access", "private network or VPN"),
        (403, NO_KEYS, "denied", "Key based", "auth_mode=meid_token"),
        (403, {"error": {"message": "No."}}, "denied", "No.", "Key access may be switched off"),
        (401, NOT_YET, "denied", "IDX10222", "clock"),
        (400, NO_NAME, "misconfigured", "custom subdomain", "https://NAME"),
        (404, NO_PATH, "misconfigured", "Resource not found", "api_base"),
        (429, TOO_MANY, "throttled", "Rate limit", "Test again"),
        (500, b"", "server_error", "HTTP 500 without a word", "status page"),
    ],
)
def test_azure_openai(http: int, body: Any, status: str, in_detail: str, in_hint: str) -> None:
    verdict = read(azure_probe(), answer(http, body), [])
    assert verdict.status == status
    assert in_detail in verdict.detail
    assert in_hint in verdict.hint


@pytest.mark.parametrize(
    ("http", "body", "status", "in_hint"),
    [
        (401, {"error": {"message": f"Incorrect API key provided: {KEY}."}}, "denied", "api-keys"),
        (401, {"error": {"message": "Incorrect API key provided: sk-pr***************4o8P."}}, "denied", "api-keys"),
        (401, NOT_MEMBER, "denied", "organization"),
        (403, {"error": {"message": "Country, region, or territory not supported"}}, "denied", "country"),
        (429, QUOTA, "throttled", "billing"),
        (429, {"error": {"message": "Rate limit reached"}}, "throttled", "minute"),
        (404, b"404 page not found", "misconfigured", "/v1"),
    ],
)
def test_openai(http: int, body: Any, status: str, in_hint: str) -> None:
    verdict = read(openai_probe(), answer(http, body), [Secret(KEY)])
    assert verdict.status == status
    assert in_hint in verdict.hint
    assert KEY not in verdict.detail
    assert "sk-pr" not in verdict.detail
    assert "4o8P" not in verdict.detail


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
