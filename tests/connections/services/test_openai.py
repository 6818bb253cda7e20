"""OpenAI, and servers that speak its protocol: what their tests say, and the SDK on the same connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connections.services.situations import KEY, Case
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.openai import OpenAIConnection
from requirements import require
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.connections.connection import Connection
    from standins.aimock import Aimock

    Make = Callable[..., Connection]

TYPE = "openai"
MODELS = Reply(200, {"object": "list", "data": [{"id": "gpt-4o-mini", "object": "model", "owned_by": "openai"}]})


def refusal(http: int, message: str, code: str | None = None, kind: str = "invalid_request_error") -> Reply:
    return Reply(http, {"error": {"message": message, "type": kind, "param": None, "code": code}})


# developers.openai.com/docs/guides/error-codes
WRONG = f"Incorrect API key provided: {KEY}. You can find your API key at https://platform.openai.com/account/api-keys."
QUOTA = "You exceeded your current quota, please check your plan and billing details."
SCOPES = "You have insufficient permissions for this operation. Missing scopes: api.model.read."
OPENAI = (
    Case("right key", MODELS, "ok", "key accepted; credit and models not checked"),
    Case(
        "wrong key", refusal(401, WRONG, "invalid_api_key"), "denied", "Incorrect API key", "platform.openai.com/api-"
    ),
    Case(
        "key of another organization",
        refusal(401, "You must be a member of an organization to use the API."),
        "denied",
        "member of an organization",
        "the organization field",
    ),
    Case(
        "address not allowed",
        refusal(401, "Your request IP does not match the configured IP allowlist.", "ip_not_authorized"),
        "denied",
        "allowlist",
        "lets only some addresses in",
    ),
    Case("restricted key", refusal(403, SCOPES), "denied", "Missing scopes", "allow it to read models"),
    Case(
        "country not served",
        refusal(403, "Country, region, or territory not supported", "unsupported_country_region_territory"),
        "denied",
        "Country",
        "country",
    ),
    Case("credit exhausted", refusal(429, QUOTA, "insufficient_quota"), "throttled", "current quota", "billing"),
    Case(
        "credit exhausted, the newer code",
        refusal(429, "Your balance is used up.", "credit_balance_exhausted"),
        "throttled",
        "balance",
        "billing",
    ),
    Case(
        "too many requests",
        refusal(429, "Rate limit reached for requests. Please try again in 20 seconds.", "rate_limit_exceeded"),
        "throttled",
        "Rate limit",
        "Test again in 20 s",
    ),
    Case(
        "overloaded", refusal(503, "The engine is currently overloaded."), "server_error", "overloaded", "status page"
    ),
)
# vLLM's and LiteLLM's own words, Ollama's for a path without /v1, and a server that is not one.
OTHERS = (
    Case("right key", MODELS, "ok", "some servers take any key"),
    Case("vLLM, wrong key", Reply(401, {"error": "Unauthorized"}), "denied", "Unauthorized", "vLLM: --api-key"),
    Case("a gateway, restricted key", refusal(403, "key not allowed"), "denied", "not allowed", "administrator"),
    Case(
        "Ollama, no /v1", Reply(404, b"404 page not found"), "misconfigured", "page not found", "usually ends with /v1"
    ),
    Case("too many requests", refusal(429, "Too many"), "throttled", "Too many", "Test again in a minute"),
    Case(
        "not such a server", Reply(200, b"Ollama is running"), "misconfigured", "something else", "Compare the address"
    ),
)


@pytest.mark.parametrize("case", OPENAI, ids=str)
def test_openai(service: Service, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    monkeypatch.setattr(OpenAIConnection, "DEFAULT_ENDPOINT", f"{service.url}/v1")
    service.on("/v1/models", case.reply)
    case.holds(check(build(OpenAIConnection, {"api_key": KEY})))
    assert service.received[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("case", OTHERS, ids=str)
def test_servers_that_speak_its_protocol(service: Service, connect: Make, case: Case) -> None:
    service.on("/v1/models", case.reply)
    outcome = check(connect(TYPE, f"{service.url}/v1"))
    case.holds(outcome)
    assert "platform.openai.com" not in outcome.hint


@pytest.mark.parametrize("base", ["https://api.openai.com/v1", "https://eu.api.openai.com/v1", ""])
def test_openais_own_hosts_are_known(base: str) -> None:
    fields: dict[str, Any] = {"api_key": KEY, "base_url": base}
    (probe,) = build(OpenAIConnection, fields).probes()
    assert probe.leaves_open == "credit and models not checked"


def test_aimock(aimock: Aimock, connect: Make) -> None:
    assert check(connect(TYPE, f"{aimock.url}/v1", api_key=aimock.key)).status == "ok"
    Case("wrong key", None, "denied", "Invalid API key", "Compare the key").holds(
        check(connect(TYPE, f"{aimock.url}/v1"))
    )


def test_a_typing_error_in_the_host(connect: Make) -> None:
    outcome = check(connect(TYPE, "https://api.openai.con.invalid/v1"))
    Case("typo", None, "unreachable", "there is no host", "did you mean api.openai.com").holds(outcome)


def test_the_sdk_takes_what_the_test_took(aimock: Aimock, connect: Make) -> None:
    require("openai")
    import openai

    ask = {"model": "gpt", "messages": [{"role": "user", "content": "hi"}]}
    with connect(TYPE, f"{aimock.url}/v1", api_key=aimock.key).client() as client:
        assert client.chat.completions.create(**ask).choices[0].message.content == "pong"
    with connect(TYPE, f"{aimock.url}/v1").client() as client, pytest.raises(openai.AuthenticationError):
        client.chat.completions.create(**ask)
