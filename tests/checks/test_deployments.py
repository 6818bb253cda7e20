"""One deployment or model is called, with one token, only if asked for: Azure OpenAI and what speaks OpenAI's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from hunter import assert_clean
from pfconn_jupyter.checks.reading import read
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.checks.sending import Answer
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.registry import connection_type
from standins.service import Reply, Service, reset

if TYPE_CHECKING:
    from standins.aimock import Aimock

Make = Callable[[str], Connection]

AZURE = "/openai/deployments/gpt/chat/completions"
AZURE_EMBED = "/openai/deployments/gpt/embeddings"
OPENAI, OPENAI_EMBED, MODELS = "/v1/chat/completions", "/v1/embeddings", "/v1/models"
DONE = Reply(200, {"object": "chat.completion", "choices": [{"message": {"content": "h"}}]}, {"x-request-id": "r-1"})
EMBEDDED = Reply(200, {"object": "list", "data": [{"embedding": [0.5]}]})


def refused(http: int, message: str, code: str = "") -> Reply:
    return Reply(http, {"error": {"code": code, "message": message}})


NO_DEPLOYMENT = refused(
    404,
    "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes,"
    " please wait a moment and try again.",
    "DeploymentNotFound",
)
OTHER_LIMIT = refused(
    400,
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    "unsupported_parameter",
)
NO_CHAT = refused(
    400, "The chatCompletion operation does not work with the specified model, x.", "OperationNotSupported"
)
NO_EMBED = refused(400, "The embeddings operation does not work with the specified model, x.", "OperationNotSupported")
NO_ROOM = refused(
    400,
    "Could not finish the message because max_tokens or model output limit was reached. Please try again with"
    " higher max_tokens.",
)
NO_MODEL = refused(404, "The model `gpt` does not exist or you do not have access to it.", "model_not_found")


def sent(service: Service) -> list[tuple[str, Any]]:
    return [(r.path, json.loads(r.body) if r.body else None) for r in service.received]


def test_a_deployment_is_called_with_one_token_and_the_outcome_says_so(
    service: Service, azure: Make, secret: str
) -> None:
    service.on(AZURE, DONE)
    outcome = check(azure(service.url), "gpt")
    assert (outcome.status, outcome.request_id) == ("ok", "r-1")
    assert outcome.detail.startswith("deployment gpt answered (chat); this test spent one token of output")
    (path, body), request = sent(service)[0], service.received[0]
    assert (request.method, path, request.query) == ("POST", AZURE, {"api-version": ["2024-10-21"]})
    assert (body["max_tokens"], body["model"]) == (1, "gpt")
    assert request.headers["api-key"] == secret
    assert len(service.received) == 1


def test_without_being_asked_nothing_is_spent(service: Service, azure: Make) -> None:
    service.on("/openai/v1/models", Reply(200, {"data": []}))
    assert check(azure(service.url)).status == "ok"
    assert {r.method for r in service.received} == {"GET"}


def test_a_model_that_wants_the_other_name_of_the_limit_gets_it(service: Service, azure: Make) -> None:
    service.on(AZURE, OTHER_LIMIT, DONE)
    assert check(azure(service.url), "gpt").status == "ok"
    (_, first), (_, second) = sent(service)
    assert ("max_tokens" in first, "max_tokens" in second) == (True, False)
    assert second["max_completion_tokens"] == 1


def test_a_reasoning_model_that_gets_no_room_to_think_was_reached(service: Service, azure: Make) -> None:
    service.on(AZURE, OTHER_LIMIT, NO_ROOM)
    outcome = check(azure(service.url), "gpt")
    assert (outcome.status, outcome.hint) == ("ok", "")
    assert outcome.detail.startswith("deployment gpt answered (chat)")


def test_a_deployment_that_only_embeds_is_tried_so(service: Service, azure: Make) -> None:
    service.on(AZURE, NO_CHAT).on(AZURE_EMBED, EMBEDDED)
    outcome = check(azure(service.url), "gpt")
    assert outcome.detail.startswith("deployment gpt answered (embedding); this test spent the tokens of one word")
    assert sent(service)[-1] == (AZURE_EMBED, {"model": "gpt", "input": "hi"})


def test_a_model_that_does_neither_says_so(service: Service, azure: Make) -> None:
    service.on(AZURE, NO_CHAT).on(AZURE_EMBED, NO_EMBED)
    outcome = check(azure(service.url), "gpt")
    assert outcome.status == "misconfigured"
    assert "neither chats nor embeds" in outcome.hint


def test_a_missing_deployment_says_where_to_look(service: Service) -> None:
    service.on(AZURE, NO_DEPLOYMENT)
    fields = {"api_base": service.url, "api_key": "a-key-123456", "deployment": "my-mini"}
    outcome = check(build(connection_type("azure_openai"), fields), "gpt")
    assert outcome.status == "not_found"
    assert "does not exist" in outcome.detail
    for words in ("base models, not deployments", "own is my-mini", "last 5 minutes", "Deployments in the portal"):
        assert words in outcome.hint
    assert len(service.received) == 1, "its list of models would mislead"


def test_a_missing_model_is_told_with_those_that_are_there(service: Service, openai: Make, secret: str) -> None:
    listed = [{"id": name} for name in ("whisper-1", "gpt-4o", "dall-e-3", "gpt-4o-mini", secret, "tts-1", "o3")]
    service.on(OPENAI, NO_MODEL).on(MODELS, Reply(200, {"data": listed}))
    outcome = check(openai(service.url), "gpt")
    assert outcome.status == "not_found"
    assert "There is: gpt-4o, gpt-4o-mini" in outcome.hint
    assert "and 2 more" in outcome.hint
    assert_clean(secret, outcome)


@pytest.mark.parametrize("listing", [Reply(500), Reply(200, b"<html>"), Reply(200, {"data": 7}), reset])
def test_a_missing_model_where_nothing_is_listed(service: Service, openai: Make, listing: Any) -> None:
    service.on(OPENAI, NO_MODEL).on(MODELS, listing)
    outcome = check(openai(service.url), "gpt")
    assert outcome.status == "not_found"
    assert outcome.hint.endswith("models of this account or server.")


@pytest.mark.parametrize(
    ("reply", "status", "in_hint"),
    [
        (refused(401, "Access denied due to invalid subscription key"), "denied", "KEY 1 or KEY 2"),
        (refused(404, "Resource not found", "404"), "misconfigured", "api_base"),
        (refused(429, "Rate limit is exceeded. Try again in 2 seconds."), "throttled", "Test again"),
        (refused(400, "Unrecognized request argument supplied: max_tokens"), "misconfigured", "newer api_version"),
        (
            refused(400, "Model o1 is enabled only for api versions 2024-12-01-preview and later"),
            "misconfigured",
            "newer",
        ),
        (refused(400, "Something else"), "misconfigured", "compare the address"),
    ],
)
def test_other_refusals_decide_at_once(service: Service, azure: Make, reply: Reply, status: str, in_hint: str) -> None:
    service.on(AZURE, reply)
    outcome = check(azure(service.url), "gpt")
    assert outcome.status == status
    assert in_hint in outcome.hint
    assert len(service.received) == 1


def test_a_serverless_endpoint_is_called_under_the_name(service: Service, secret: str) -> None:
    service.on(OPENAI, DONE)
    made = build(connection_type("serverless"), {"api_base": service.url, "api_key": secret})
    assert check(made, "mistral-small").detail.startswith("model mistral-small answered (chat)")
    assert service.received[0].headers["authorization"] == f"Bearer {secret}"


def test_exhausted_credit_shows_here(secret: str) -> None:
    probe = next(build(connection_type("openai"), {"api_key": secret}).deployment_probes("gpt"))
    spent = {"error": {"message": "You exceeded your current quota, please check your plan."}}
    verdict = read(probe, Answer(429, {}, json.dumps(spent).encode()), [])
    assert verdict.status == "throttled"
    assert "no credit left" in verdict.hint


def test_a_request_that_spends_is_never_repeated(service: Service, azure: Make) -> None:
    service.on(AZURE, reset, DONE)
    assert check(azure(service.url), "gpt").status == "unreachable"
    assert len(service.received) == 1


@pytest.mark.parametrize("name", ["../../models", "a/b", "x?api-version=1", "x#y", "ä b"])
def test_a_name_stays_one_part_of_the_path(service: Service, azure: Make, name: str) -> None:
    check(azure(service.url), name)
    assert len(service.received[0].path.split("/")) == 6
    assert service.received[0].query == {"api-version": ["2024-10-21"]}


def test_a_type_without_deployments_says_so(service: Service) -> None:
    fields = {"configs": {"test_url": f"{service.url}/x"}, "secrets": {"k": "a-secret-value"}}
    outcome = check(build(connection_type("custom"), fields), "gpt")
    assert outcome.status == "not_checked"
    assert "no deployments" in outcome.detail
    assert outcome.failed, "it was asked for and not done"
    assert service.received == []


@pytest.mark.parametrize(("word", "field", "path"), [("azure_openai", "api_base", ""), ("openai", "base_url", "/v1")])
def test_aimock_answers_a_chat_with_the_right_key_only(aimock: Aimock, word: str, field: str, path: str) -> None:
    fields = {field: aimock.url + path, "api_key": aimock.key}
    assert check(build(connection_type(word), fields), "gpt-4o").status == "ok"
    assert check(build(connection_type(word), fields | {"api_key": "another-key-12345"}), "gpt-4o").status == "denied"
