"""Vectors of one text and of several, in their order."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter.errors import ToolFailed, UsageProblem
from pfconn_jupyter.tools import embedding
from standins.service import Reply
from tools.conftest import KEY, body_of

PATH = "/openai/deployments/gpt/embeddings"


def rows(*numbers):
    data = [{"object": "embedding", "index": i, "embedding": [float(i), 0.5]} for i in numbers]
    return Reply(
        200, {"object": "list", "model": "gpt", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    )


@pytest.mark.parametrize("word", ["azure_openai", "openai"])
def test_with_aimock(chat_server, word):
    where = {"api_base": chat_server.url} if word == "azure_openai" else {"base_url": f"{chat_server.url}/v1"}
    pfconn.create(word, "mock", api_key=chat_server.key, **where)
    assert embedding("mock", "apple", model="text-embedding-3-small") == pytest.approx([1.0, 0.0, 0.5])


def test_what_is_sent_and_in_which_order_it_comes_back(service, aoai):
    service.on(PATH, rows(1, 0))
    assert embedding(aoai, ["a", "b"], dimensions=2) == [[0.0, 0.5], [1.0, 0.5]]
    (asked,) = service.received
    assert (asked.method, asked.path, asked.headers["api-key"]) == ("POST", PATH, KEY)
    sent = body_of(service)
    assert {k: sent[k] for k in ("model", "input", "dimensions")} == {
        "model": "gpt",
        "input": ["a", "b"],
        "dimensions": 2,
    }


def test_a_missing_vector_is_never_taken_for_the_next_texts(service, aoai):
    service.on(PATH, rows(0))
    with pytest.raises(ToolFailed, match="2 texts were sent and 1 vectors"):
        embedding(aoai, ["a", "b"])


@pytest.mark.parametrize("nothing", ["", " ", [], ["a", ""], [1]])
def test_nothing_to_embed_is_refused(service, aoai, nothing):
    with pytest.raises(UsageProblem):
        embedding(aoai, nothing)
    assert service.received == []
