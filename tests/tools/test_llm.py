"""Language models through the unmodified openai SDK: what is sent, what comes back, and what a refusal says."""

from __future__ import annotations

import json
import urllib.request
import warnings

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter.connections import fresh_key
from pfconn_jupyter.errors import (
    UsageProblem,
)
from pfconn_jupyter.tools import llm
from standins.service import Reply
from tools.conftest import (
    CHAT,
    KEY,
    ROTATED,
    WEATHER,
    answer,
    body_of,
    refusal,
    to_aimock,
)


@pytest.mark.parametrize("word", ["azure_openai", "openai"])
def test_chat_with_aimock(chat_server, word):
    name = to_aimock(chat_server, word)
    prompt = "# system:\nYou are terse.\n# user:\nWhat is the capital of {{ country }}?"
    assert llm(name, prompt, model="gpt-4o-mini", variables={"country": "Finland"}) == "Helsinki is the capital."


def test_function_calling_with_aimock(chat_server):
    name = to_aimock(chat_server)
    message = llm(name, "What is the weather in Oslo?", deployment="gpt-4o", tools=[WEATHER], tool_choice="auto")
    (call,) = message["tool_calls"]
    assert (message["role"], call["function"]["name"]) == ("assistant", "get_weather")
    assert json.loads(call["function"]["arguments"]) == {"city": "Oslo"}


def test_what_is_sent_is_what_azure_documents(service, aoai):
    service.on(CHAT, Reply(200, answer()))
    assert llm(aoai, "# system:\nS\n# user:\nU\n# assistant:\nA\n# user:\nV") == "pong"
    (asked,) = service.received
    assert (asked.method, asked.path, asked.query) == ("POST", CHAT, {"api-version": ["2024-10-21"]})
    assert asked.headers["api-key"] == KEY
    assert asked.headers["content-type"] == "application/json"
    # What is not asked for is not sent: newer models refuse a temperature.
    assert body_of(service) == {
        "model": "gpt",
        "messages": [
            {"role": "system", "content": "S"},
            {"role": "user", "content": "U"},
            {"role": "assistant", "content": "A"},
            {"role": "user", "content": "V"},
        ],
    }


def test_what_is_sent_is_what_openai_documents(service):
    service.on("/v1/chat/completions", Reply(200, answer()))
    pfconn.create("openai", "oai", base_url=f"{service.url}/v1", api_key=KEY, organization="org-1", model="gpt-4o")
    assert llm("oai", "hi") == "pong"
    headers = service.received[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["openai-organization"] == "org-1"
    assert body_of(service)["model"] == "gpt-4o"


def test_a_serverless_model_is_called_below_v1_and_needs_no_name(service):
    service.on("/v1/chat/completions", Reply(200, answer()))
    pfconn.create("serverless", "less", api_base=service.url, api_key=KEY)
    assert llm("less", "hi") == "pong"
    assert service.received[0].headers["authorization"] == f"Bearer {KEY}"
    assert "model" not in body_of(service)


def test_every_parameter_goes_by_its_name(service, aoai):
    service.on(CHAT, Reply(200, answer()))
    given = {
        "temperature": 0.2,
        "top_p": 0.9,
        "max_tokens": 50,
        "stop": ["END", "STOP"],
        "presence_penalty": 0.5,
        "frequency_penalty": -0.5,
        "seed": 7,
    }
    llm(aoai, "hi", response_format="json_object", **given)
    body = body_of(service)
    assert {k: body[k] for k in given} == given
    assert body["response_format"] == {"type": "json_object"}
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}
    llm(aoai, "hi", response_format=schema, stop="END")
    assert (body_of(service)["response_format"], body_of(service)["stop"]) == (schema, "END")


def test_more_goes_along_and_cannot_replace_what_has_its_own_parameter(service, aoai):
    service.on(CHAT, Reply(200, answer()))
    llm(aoai, "hi", more={"logit_bias": {"50256": -100}, "reasoning_effort": "low"})
    assert body_of(service)["reasoning_effort"] == "low"
    for name in ("messages", "temperature", "model", "stream"):
        with pytest.raises(UsageProblem, match=name):
            llm(aoai, "hi", more={name: 1})


def test_the_deployment_that_is_asked_for_is_called_not_the_connections_own(service, aoai):
    service.on("/openai/deployments/other/chat/completions", Reply(200, answer("other")))
    service.on(CHAT, Reply(200, answer("own")))
    assert llm(aoai, "hi") == "own"
    assert llm(aoai, "hi", deployment="other") == "other"


def test_a_model_that_wants_max_completion_tokens_gets_it(service, aoai):
    message = (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    )
    service.on(CHAT, refusal(400, "unsupported_parameter", message, param="max_tokens"), Reply(200, answer()))
    assert llm(aoai, "hi", max_tokens=9) == "pong"
    assert body_of(service)["max_completion_tokens"] == 9
    assert "max_tokens" not in body_of(service)


def test_completion_where_it_is_served(service, aoai):
    path = "/openai/deployments/gpt/completions"
    service.on(
        path,
        Reply(
            200,
            {
                "id": "1",
                "object": "text_completion",
                "created": 1,
                "model": "gpt",
                "choices": [{"index": 0, "text": " world", "finish_reason": "stop"}],
            },
        ),
    )
    assert llm(aoai, "hello {{ x }}", api="completion", variables={"x": "my"}, max_tokens=3) == " world"
    assert body_of(service) == {"model": "gpt", "prompt": "hello my", "max_tokens": 3}


def test_a_connection_object_is_taken_as_well(service, aoai):
    service.on(CHAT, Reply(200, answer()))
    assert llm(pfconn.get(aoai), "hi") == "pong"


def test_a_connection_that_was_fetched_hours_ago_meets_a_rotated_key(service, aoai):
    def only_the_new_key(handler):
        known = handler.headers.get("api-key") == ROTATED
        (Reply(200, answer("fresh")) if known else refusal(401, "401", "Access denied"))(handler)

    held = pfconn.get(aoai)
    pfconn.rotate(aoai, api_key=ROTATED, test=False)
    service.on(CHAT, only_the_new_key)
    assert llm(held, "hi") == "fresh"
    assert [r.headers["api-key"] for r in service.received] == [KEY, ROTATED]


def test_a_held_client_of_the_sdk_meets_a_rotated_key(service, aoai, monkeypatch):
    service.on(CHAT, Reply(200, answer()))
    with pfconn.get(aoai).client() as client:
        ask = lambda: client.chat.completions.create(model="gpt", messages=[{"role": "user", "content": "hi"}])  # noqa: E731
        ask()
        pfconn.rotate(aoai, api_key=ROTATED, test=False)
        monkeypatch.setattr(fresh_key, "FRESH_SECONDS", -1.0)
        ask()
    assert [r.headers["api-key"] for r in service.received] == [KEY, ROTATED]


def test_a_prompt_can_be_taken_as_it_is(service, aoai):
    service.on(CHAT, Reply(200, answer()))
    llm(aoai, "# user:\nWhat is {{ x }} in {% raw ![image](/etc/passwd)", raw=True)
    assert body_of(service)["messages"] == [
        {"role": "user", "content": "What is {{ x }} in {% raw ![image](/etc/passwd)"}
    ]


def test_what_aimock_saw(chat_server):
    llm(to_aimock(chat_server), "What is the capital of Finland?", model="gpt-4o-mini")
    with urllib.request.urlopen(
        urllib.request.Request(f"{chat_server.url}/__aimock/journal", headers={"api-key": chat_server.key})
    ) as answered:
        entries = json.load(answered)
    assert any("/openai/deployments/gpt-4o-mini/chat/completions" in json.dumps(e) for e in entries)


def test_nothing_is_warned_about_without_a_reason(service, aoai):
    service.on(CHAT, Reply(200, answer()))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        llm(aoai, "hi")
