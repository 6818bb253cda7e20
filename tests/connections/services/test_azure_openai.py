"""Azure OpenAI: its test with a key and with Entra ID, and the SDK on the same connection.

What the gateway before it refuses is in ``test_cognitive_gateway.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connections.services.situations import Case
from pfconn_jupyter import identity
from pfconn_jupyter.checks.runner import check
from requirements import require
from standins.cognitive import KEY, UNKNOWN, WRONG_KEY, Gateway
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.connections.connection import Connection
    from standins.aimock import Aimock

    Make = Callable[..., Connection]

TYPE = "azure_openai"
V1, CLASSIC = "/openai/v1/models", "/openai/models"
MODELS = Reply(200, {"data": [{"id": "gpt-4o-mini", "object": "model", "status": "succeeded"}]})


@pytest.mark.parametrize(
    "case",
    [
        Case("right key", {V1: MODELS}, "ok", "key accepted; no deployment was called"),
        Case("only the classic path", {CLASSIC: MODELS}, "ok", "key accepted; no deployment was called"),
        Case("wrong key", {V1: WRONG_KEY}, "denied", "invalid subscription key", "KEY 1 or KEY 2"),
        Case(
            "wrong key, only the classic path", {CLASSIC: WRONG_KEY}, "denied", "invalid", "another resource or region"
        ),
        Case(
            "wrong api-version", {V1: UNKNOWN, CLASSIC: UNKNOWN}, "misconfigured", "Resource not found", "api_version"
        ),
        Case(
            "a role is missing",
            {V1: Reply(401, {"error": {"code": "PermissionDenied", "message": "does not have access to API"}})},
            "denied",
            "does not have access",
            "Cognitive Services OpenAI User on /subscriptions/1/contoso",
            {"auth_mode": "meid_token", "resource_id": "/subscriptions/1/contoso"},
        ),
        Case(
            "the token rate is used up",
            {V1: Reply(429, {"error": {"message": "exceeded token rate limit. Please retry after 7 seconds."}})},
            "throttled",
            "token rate limit",
            "again in 7 s",
        ),
    ],
    ids=str,
)
def test_the_service(service: Service, connect: Make, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    monkeypatch.setattr(identity, "token_text", lambda scope: "an-entra-token-123")
    for path, reply in case.reply.items():
        service.on(path, reply)
    case.holds(check(connect(TYPE, service.url, **case.fields)))


def test_aimock(aimock: Aimock, connect: Make) -> None:
    assert check(connect(TYPE, aimock.url, api_key=aimock.key)).status == "ok"
    Case("wrong key", None, "denied", "Invalid API key", "KEY 1 or KEY 2").holds(check(connect(TYPE, aimock.url)))


def test_with_entra_and_a_gateway_that_knows_the_token(connect: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "token_text", lambda scope: f"token for {scope}")
    scope = "https://cognitiveservices.azure.com/.default"
    with Gateway(KEY, f"token for {scope}", header="api-key").guard(V1, (), MODELS) as gateway:
        outcome = check(connect(TYPE, gateway.url, auth_mode="meid_token"))
        assert (outcome.status, outcome.detail) == ("ok", "Entra token accepted; no deployment was called")
        monkeypatch.setattr(identity, "token_text", lambda scope: "another-token-456")
        outcome = check(connect(TYPE, gateway.url, auth_mode="meid_token"))
        assert outcome.status == "denied"
        assert "Cognitive Services OpenAI User" in outcome.hint


def test_a_typing_error_in_the_host(connect: Make) -> None:
    outcome = check(connect(TYPE, "https://contoso.openai.azure.con.invalid"))
    Case("typo", None, "unreachable", "there is no host", "did you mean contoso.openai.azure").holds(outcome)


def test_the_sdk_takes_what_the_test_took(aimock: Aimock, connect: Make) -> None:
    require("openai")
    import openai

    ask = {"model": "gpt", "messages": [{"role": "user", "content": "hi"}]}
    with connect(TYPE, aimock.url, api_key=aimock.key).client() as client:
        assert client.chat.completions.create(**ask).choices[0].message.content == "pong"
    with connect(TYPE, aimock.url).client() as client, pytest.raises(openai.AuthenticationError):
        client.chat.completions.create(**ask)
