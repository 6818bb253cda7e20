"""What the service, the network or we refuse: said in words, tried again where it may help."""

from __future__ import annotations

import time

import pytest

import pfconn_jupyter as pfconn
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
from tools.conftest import (
    CHAT,
    KEY,
    WEATHER,
    answer,
    refusal,
    to_aimock,
)


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


def test_a_wrong_key_that_nobody_rotated_is_refused_once(service, aoai):
    service.on(CHAT, refusal(401, "401", "Access denied due to invalid subscription key"))
    with pytest.raises(ToolFailed, match="401") as failed:
        llm(aoai, "hi")
    assert "%pfconn test my_aoai" in failed.value.hint
    assert len(service.received) == 1


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
    for n in range(7):
        pfconn.create("openai", f"too_{n}", api_key=KEY)
    with pytest.raises(WrongConnectionType) as wrong:
        llm("mine", "hi")
    assert wrong.value.hint.endswith("too_4, and 2 more (%pfconn list --tool LLM).")
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
