"""A prompt may talk of keys and tokens; one with a key in it is refused and scrubbed."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from pfconn_jupyter.errors import (
    SecretRefused,
)
from requirements import require
from standins.service import Reply, Service
from tools.conftest import CHAT, KEY, answer, body_of


@pytest.fixture
def service():
    require("openai")
    require("jinja2")
    with Service() as running:
        running.on(CHAT, Reply(200, answer()))
        yield running


@pytest.fixture
def run(notebook, service):
    pfconn.create("azure_openai", "my_aoai", api_base=service.url, api_key=KEY, deployment="gpt")
    return notebook


INNOCENT = [
    "# system:\nYou explain security.\n# user:\npassword: what makes a strong one?\ntoken: a unit of text\nkey: value",
    "api_key: how do I get one?\nsecrets:\n  where do they belong?\n  second: line",
    "Explain this commit 3f2324267a0f27e7d0c4b3a2f1e0d9c8b7a6f5e4 and the id 123e4567-e89b-12d3-a456-426614174000",
    "What does sk-learn do? And pk_user, hf_transformers-v4 and sk-something-rather-long-without-digits?",
    "Is `secret = os.environ['NAME']` fine? And `--max-tokens 5`, and password=${PASSWORD}?",
    "![image](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk)",
    "https://contoso.openai.azure.com/openai/deployments/gpt-4o-mini-2024-07-18/chat/completions?api-version=2024-10-21",
]


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_prompts_are_sent(run, service, text):
    run(f"%%pfconn run llm my_aoai\n{text}")
    assert len(service.received) == 1


def test_innocent_lines_are_read(run, service):
    service.on("/openai/deployments/gpt-4o-mini-2024-07-18-datazone-standard/chat/completions", Reply(200, answer()))
    run("%pfconn run llm my_aoai --max-tokens 500 --deployment gpt-4o-mini-2024-07-18-datazone-standard --prompt hi")
    assert body_of(service)["max_tokens"] == 500


@pytest.mark.parametrize(
    "typed",
    [
        "%%pfconn run llm my_aoai\nuse sk-proj4f1d2c7b9e8a6350Zk7q0We5 please",
        "%%pfconn run llm my_aoai\napi_key: Zk7q0We5Rt1Y2u9I4o8PZk7q0We5",
        "%%pfconn run llm my_aoai\nkey = 'Zk7q0We5Rt1Y2u9I4o8PZk7q0We5'",
        "%pfconn run llm my_aoai --prompt 'use sk-proj4f1d2c7b9e8a6350Zk7q0We5'",
        "%pfconn run llm my_aoai --api-key Zk7q0We5Rt1Y2u9I4o8PZk7q0We5",
    ],
)
def test_a_key_in_a_prompt_is_refused_and_scrubbed(run, service, typed):
    error = run.fails(typed)
    assert isinstance(error, SecretRefused)
    assert service.received == []
    history = list(run.shell.history_manager.input_hist_raw)
    secret = "sk-proj4f1d2c7b9e8a6350Zk7q0We5" if "sk-" in typed else "Zk7q0We5Rt1Y2u9I4o8PZk7q0We5"
    assert_clean(secret, str(error), repr(history), repr(run.shell.user_ns.get("In")))
