"""A serverless model: its test, and the openai SDK on the same connection, as prompt flow calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connections.services.situations import Case
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.errors import InvalidConnection
from requirements import require
from standins.serverless import KEY, Serverless
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pfconn_jupyter.connections.connection import Connection
    from standins.aimock import Aimock

    Make = Callable[..., Connection]

TYPE = "serverless"
ASK = {"model": "gpt", "messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
def endpoint() -> Iterator[Serverless]:
    """Return a running endpoint that takes one key."""
    with Serverless() as running:
        yield running


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_the_right_key(endpoint: Serverless, connect: Make, path: str) -> None:
    Case("right key", None, "ok", "key accepted; the model was not called").holds(
        check(connect(TYPE, endpoint.url + path, api_key=KEY))
    )
    (request,) = endpoint.received
    assert (request.path, request.query) == ("/info", {"api-version": ["2024-05-01-preview"]})
    assert request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "case",
    [
        Case(
            "wrong key, in the specification's words",
            Reply(401, {"error": {"code": "Unauthorized", "message": "Unauthorized."}}),
            "denied",
            "Unauthorized",
            "a key of another endpoint is refused",
        ),
        Case("keys switched off", Reply(403), "denied", "HTTP 403", "Keys may be switched off"),
        Case("the endpoint is deleted", Reply(404), "not_found", "HTTP 404", "the endpoint may be deleted"),
        Case(
            "too many tokens",
            Reply(429, {"error": {"message": "Rate limit is exceeded. Try again in 12 seconds."}}),
            "throttled",
            "Rate limit",
            "again in 12 s: the endpoint's limit",
        ),
    ],
    ids=str,
)
def test_refusals(service: Service, connect: Make, case: Case) -> None:
    service.on(Service.ANY, case.reply)
    case.holds(check(connect(TYPE, service.url)))


def test_a_wrong_key(endpoint: Serverless, connect: Make) -> None:
    Case("wrong key", None, "denied", "Access token is missing, invalid", "Copy the key again").holds(
        check(connect(TYPE, endpoint.url))
    )


@pytest.mark.parametrize("path", ["", "/v1"])
def test_an_endpoint_that_says_nothing_of_its_model_is_asked_for_its_list(
    aimock: Aimock, connect: Make, path: str
) -> None:
    assert check(connect(TYPE, aimock.url + path, api_key=aimock.key)).status == "ok"
    assert check(connect(TYPE, aimock.url + path)).status == "denied"


@pytest.mark.parametrize("path", ["", "/v1"])
def test_the_sdk_takes_what_the_test_took(aimock: Aimock, endpoint: Serverless, connect: Make, path: str) -> None:
    require("openai")
    import openai

    for url, key in ((aimock.url, aimock.key), (endpoint.url, KEY)):
        with connect(TYPE, url + path, api_key=key).client() as client:
            assert client.chat.completions.create(**ASK).choices[0].message.content == "pong"
        with connect(TYPE, url + path).client() as client, pytest.raises(openai.AuthenticationError):
            client.chat.completions.create(**ASK)


@pytest.mark.parametrize("call", ["/chat/completions", "/v1/chat/completions", "/completions", "/v1/embeddings"])
def test_a_pasted_call_is_refused_with_the_part_to_keep(connect: Make, call: str) -> None:
    with pytest.raises(InvalidConnection) as caught:
        connect(TYPE, f"https://m.eastus2.models.ai.azure.com{call}")
    (problem,) = caught.value.problems
    kept: Any = problem.suggestion
    assert kept == f"https://m.eastus2.models.ai.azure.com{'/v1' if '/v1' in call else ''}"
    assert connect(TYPE, kept).endpoint_url == kept
