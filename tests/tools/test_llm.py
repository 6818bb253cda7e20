"""Language models through the unmodified openai SDK: what is sent, what comes back, and what a refusal says."""

from __future__ import annotations

import _thread
import json
import threading
import time
import urllib.request
import warnings

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter.connections import fresh_key
from pfconn_jupyter.errors import (
    ContentFiltered,
    PfconnWarning,
    SecretRefused,
    TemplateProblem,
    ToolFailed,
    UsageProblem,
    WrongConnectionType,
)
from pfconn_jupyter.tools import llm, retrying
from standins.service import Reply, reset
from tools.conftest import CHAT, KEY, LONG, ROTATED, WEATHER, Stream, answer, body_of, chunk, refusal, wait_for


def to_aimock(server, word="azure_openai", **fields):
    where = {"api_base": server.url} if word == "azure_openai" else {"base_url": f"{server.url}/v1"}
    pfconn.create(word, "mock", api_key=server.key, **where, **fields)
    return "mock"


@pytest.mark.parametrize("word", ["azure_openai", "openai"])
def test_chat_with_aimock(chat_server, word):
    name = to_aimock(chat_server, word)
    prompt = "# system:\nYou are terse.\n# user:\nWhat is the capital of {{ country }}?"
    assert llm(name, prompt, model="gpt-4o-mini", variables={"country": "Finland"}) == "Helsinki is the capital."


@pytest.mark.parametrize("word", ["azure_openai", "openai"])
def test_a_stream_from_aimock_is_the_same_text_in_pieces(chat_server, word):
    name = to_aimock(chat_server, word)
    stream = llm(name, "What is the capital of Finland?", model="gpt-4o-mini", stream=True)
    pieces = list(stream)
    assert "".join(pieces) == stream.text == "Helsinki is the capital."
    assert len(pieces) > 1
    assert stream.finish_reason == "stop"


def test_function_calling_with_aimock(chat_server):
    name = to_aimock(chat_server)
    message = llm(name, "What is the weather in Oslo?", deployment="gpt-4o", tools=[WEATHER], tool_choice="auto")
    (call,) = message["tool_calls"]
    assert (message["role"], call["function"]["name"]) == ("assistant", "get_weather")
    assert json.loads(call["function"]["arguments"]) == {"city": "Oslo"}


def test_a_stream_can_be_left_in_the_middle(chat_server):
    name = to_aimock(chat_server)
    with llm(name, "Tell me a long story", model="gpt", stream=True) as stream:
        first = [next(stream), next(stream)]
    assert stream.text == "".join(first)
    assert LONG.startswith(stream.text)
    assert list(stream) == []


@pytest.mark.filterwarnings("ignore::pfconn_jupyter.errors.PfconnWarning")
def test_429_of_aimock_is_waited_for(chat_server):
    name = to_aimock(chat_server)
    started = time.monotonic()
    assert llm(name, "You are too fast", model="gpt") == "Now it works."
    # It sends Retry-After: 1.
    assert time.monotonic() - started >= 1


def test_the_filter_and_a_wrong_deployment_of_aimock(chat_server):
    name = to_aimock(chat_server)
    with pytest.raises(ContentFiltered, match="content filter of mock refused the prompt"):
        llm(name, "Please answer a harmful question", model="gpt")
    with pytest.raises(ToolFailed, match="does not exist") as failed:
        llm(name, "What is the capital of Finland?", model="gone")
    assert "'gone'" in failed.value.hint


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_ctrl_c_in_the_middle_of_a_stream_of_aimock(chat_server):
    stream = llm(to_aimock(chat_server), "Tell me a long story", model="gpt", stream=True)
    threading.Timer(0.5, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        list(stream)
    assert 0 < len(stream.text) < len(LONG)
    assert LONG.startswith(stream.text)


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


def test_a_wrong_deployment_is_said(service, aoai):
    message = "The API deployment for this resource does not exist."
    service.on("/openai/deployments/gone/chat/completions", refusal(404, "DeploymentNotFound", message))
    with pytest.raises(ToolFailed, match="does not exist") as failed:
        llm(aoai, "hi", deployment="gone")
    assert failed.value.http == 404
    assert "'gone'" in failed.value.hint
    assert len(service.received) == 1


def test_a_refused_prompt_names_the_categories_of_the_filter(service, aoai):
    filtered = {
        "code": "ResponsibleAIPolicyViolation",
        "content_filter_result": {
            "hate": {"filtered": False, "severity": "safe"},
            "violence": {"filtered": True, "severity": "medium"},
            "jailbreak": {"filtered": True, "detected": True},
        },
    }
    message = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
    service.on(CHAT, refusal(400, "content_filter", message, innererror=filtered))
    with pytest.raises(ContentFiltered, match=r"refused the prompt \(violence medium, jailbreak\)"):
        llm(aoai, "hi")


def test_an_answer_that_the_filter_stopped_is_an_error_with_what_had_come(service, aoai):
    service.on(CHAT, Reply(200, answer("half an", finish="content_filter")))
    with pytest.raises(ContentFiltered) as failed:
        llm(aoai, "hi")
    assert failed.value.partial == "half an"


def test_a_cut_answer_is_told(service, aoai):
    service.on(CHAT, Reply(200, answer("half an", finish="length")))
    with pytest.warns(PfconnWarning, match="cut"):
        assert llm(aoai, "hi", max_tokens=2) == "half an"


def test_a_refusal_of_the_model_is_no_answer(service, aoai):
    service.on(CHAT, Reply(200, answer(None, refusal="I cannot help with that.")))
    with pytest.raises(ToolFailed, match="I cannot help"):
        llm(aoai, "hi")


def test_429_waits_as_long_as_the_service_asks(service, aoai):
    service.on(CHAT, refusal(429, "429", "Please retry after 1 second.", {"Retry-After": "1"}), Reply(200, answer()))
    started = time.monotonic()
    assert llm(aoai, "hi") == "pong"
    assert 1 <= time.monotonic() - started < 3
    assert len(service.received) == 2


def test_a_wait_that_does_not_fit_is_said_at_once(service, aoai):
    service.on(CHAT, refusal(429, "429", "Please retry after 86400 seconds.", {"Retry-After": "86400"}))
    started = time.monotonic()
    with pytest.raises(ToolFailed, match="429") as failed:
        llm(aoai, "hi", timeout=5)
    assert time.monotonic() - started < 2
    assert "asks to wait 86400 s" in failed.value.hint
    assert len(service.received) == 1


def test_tries_are_few_and_counted(service, aoai, quick):
    service.on(CHAT, refusal(503, "503", "busy"))
    with pytest.raises(ToolFailed, match=f"tried {retrying.TRIES} times"):
        llm(aoai, "hi")
    assert len(service.received) == retrying.TRIES


def test_no_credit_is_not_tried_again(service, aoai):
    service.on(CHAT, refusal(429, "insufficient_quota", "You exceeded your current quota"))
    with pytest.raises(ToolFailed) as failed:
        llm(aoai, "hi")
    assert "billing" in failed.value.hint
    assert len(service.received) == 1


def test_a_service_that_is_slow_or_gone_is_said(service, aoai, quick):
    service.on(CHAT, Reply(200, answer(), delay=3))
    with pytest.raises(ToolFailed, match="in time"):
        llm(aoai, "hi", timeout=0.4)
    service.on(CHAT, reset)
    with pytest.raises(ToolFailed, match="cannot be reached") as failed:
        llm(aoai, "hi")
    assert "%pfconn test my_aoai" in failed.value.hint


def test_a_connection_that_was_fetched_hours_ago_meets_a_rotated_key(service, aoai):
    def only_the_new_key(handler):
        known = handler.headers.get("api-key") == ROTATED
        (Reply(200, answer("fresh")) if known else refusal(401, "401", "Access denied"))(handler)

    held = pfconn.get(aoai)
    pfconn.rotate(aoai, api_key=ROTATED, test=False)
    service.on(CHAT, only_the_new_key)
    assert llm(held, "hi") == "fresh"
    assert [r.headers["api-key"] for r in service.received] == [KEY, ROTATED]


def test_a_wrong_key_that_nobody_rotated_is_refused_once(service, aoai):
    service.on(CHAT, refusal(401, "401", "Access denied due to invalid subscription key"))
    with pytest.raises(ToolFailed, match="401") as failed:
        llm(aoai, "hi")
    assert "%pfconn test my_aoai" in failed.value.hint
    assert len(service.received) == 1


def test_a_held_client_of_the_sdk_meets_a_rotated_key(service, aoai, monkeypatch):
    service.on(CHAT, Reply(200, answer()))
    with pfconn.get(aoai).client() as client:
        ask = lambda: client.chat.completions.create(model="gpt", messages=[{"role": "user", "content": "hi"}])  # noqa: E731
        ask()
        pfconn.rotate(aoai, api_key=ROTATED, test=False)
        monkeypatch.setattr(fresh_key, "FRESH_SECONDS", -1.0)
        ask()
    assert [r.headers["api-key"] for r in service.received] == [KEY, ROTATED]


def test_a_wrong_type_says_what_fits():
    pfconn.create("custom", "mine", secrets={"k": "0123456789"})
    with pytest.raises(
        WrongConnectionType, match="LLM takes azure_openai, openai, serverless; mine is custom"
    ) as wrong:
        llm("mine", "hi")
    assert "%pfconn create azure_openai" in wrong.value.hint
    pfconn.create("openai", "fits_this", api_key=KEY)
    with pytest.raises(WrongConnectionType) as wrong:
        llm("mine", "hi")
    assert wrong.value.hint == "These fit: fits_this."
    with pytest.raises(WrongConnectionType, match="not a int"):
        llm(42, "hi")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"deployment": "a", "model": "b"}, "two names"),
        ({"api": "completion", "tools": [WEATHER]}, "no tools"),
        ({"tools": "get_weather"}, "list of functions"),
        ({"stream": True, "tools": [WEATHER]}, "one piece"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_sent(service, aoai, options, words):
    with pytest.raises(UsageProblem, match=words):
        llm(aoai, "hi", **options)
    assert service.received == []


def test_no_model_anywhere_is_said(service):
    pfconn.create("azure_openai", "bare", api_base=service.url, api_key=KEY)
    with pytest.raises(UsageProblem, match="No deployment is named"):
        llm("bare", "hi")


@pytest.mark.parametrize("prompt", ["", "  \n", "# system:\n\n# user:\n"])
def test_an_empty_prompt_is_refused(service, aoai, prompt):
    with pytest.raises(UsageProblem, match="empty"):
        llm(aoai, prompt)
    assert service.received == []


def test_a_prompt_that_holds_the_connections_key_is_not_sent(service, aoai):
    with pytest.raises(SecretRefused, match="nothing was sent"):
        llm(aoai, "Check this: {{ config }}", variables={"config": [{"key": f"x {KEY} y"}]})
    assert service.received == []


def test_a_template_problem_comes_before_anything_is_sent(service, aoai):
    with pytest.raises(TemplateProblem):
        llm(aoai, "{{ ''.__class__ }}")
    assert service.received == []


def test_a_prompt_can_be_taken_as_it_is(service, aoai):
    service.on(CHAT, Reply(200, answer()))
    llm(aoai, "# user:\nWhat is {{ x }} in {% raw ![image](/etc/passwd)", raw=True)
    assert body_of(service)["messages"] == [
        {"role": "user", "content": "What is {{ x }} in {% raw ![image](/etc/passwd)"}
    ]


class TestStreams:
    def test_azures_first_event_has_no_choice(self, service, aoai):
        first = 'data: {"id":"","object":"","created":0,"model":"","choices":[],"prompt_filter_results":[]}\n\n'
        service.on(CHAT, Stream([first, chunk("a"), chunk("b"), chunk(finish="stop"), "data: [DONE]\n\n"]))
        assert list(llm(aoai, "hi", stream=True)) == ["a", "b"]
        assert body_of(service)["stream"] is True

    def test_a_cut_stream_is_told(self, service, aoai):
        service.on(CHAT, Stream([chunk("a"), chunk(finish="length"), "data: [DONE]\n\n"]))
        with pytest.warns(PfconnWarning, match="cut"):
            assert "".join(llm(aoai, "hi", stream=True)) == "a"

    def test_the_filter_in_the_middle_is_an_error_with_what_had_come(self, service, aoai):
        service.on(CHAT, Stream([chunk("half"), chunk(finish="content_filter"), "data: [DONE]\n\n"]))
        stream = llm(aoai, "hi", stream=True)
        with pytest.raises(ContentFiltered) as failed:
            list(stream)
        assert failed.value.partial == stream.text == "half"

    def test_an_error_in_the_middle_is_ours(self, service, aoai):
        event = 'data: {"error": {"code": "server_error", "message": "The model fell over."}}\n\n'
        service.on(CHAT, Stream([chunk("half"), event]))
        stream = llm(aoai, "hi", stream=True)
        with pytest.raises(ToolFailed, match=r"fell over.*4 characters"):
            list(stream)
        assert stream.text == "half"

    def test_silence_in_the_middle_ends_it(self, service, aoai):
        service.on(CHAT, Stream([chunk("half"), chunk("never in time")], pause=3))
        with pytest.raises(ToolFailed, match=r"in time|cannot be reached"):
            list(llm(aoai, "hi", stream=True, timeout=0.5))

    def test_a_refusal_before_it_begins_is_tried_again(self, service, aoai, quick):
        service.on(CHAT, refusal(500, "500", "x"), Stream([chunk("a"), chunk(finish="stop"), "data: [DONE]\n\n"]))
        assert list(llm(aoai, "hi", stream=True)) == ["a"]

    def test_leaving_it_tells_the_service(self, service, aoai):
        endless = Stream([chunk("word ")], pause=0.02, repeat_last=2000)
        service.on(CHAT, endless)
        with llm(aoai, "hi", stream=True) as stream:
            assert next(stream) == "word "
        assert wait_for(lambda: endless.closed is not None), "the service was not told that nobody listens"
        assert list(stream) == []

    @pytest.mark.filterwarnings("ignore::ResourceWarning")
    def test_ctrl_c_keeps_what_has_come_and_closes_the_connection(self, service, aoai):
        endless = Stream([chunk("word ")], pause=0.02, repeat_last=2000)
        service.on(CHAT, endless)
        stream = llm(aoai, "hi", stream=True)
        threading.Timer(0.4, _thread.interrupt_main).start()
        with pytest.raises(KeyboardInterrupt):
            for _ in stream:
                pass
        assert stream.text.startswith("word word ")
        assert wait_for(lambda: endless.closed is not None), "the service was not told that nobody listens"


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
