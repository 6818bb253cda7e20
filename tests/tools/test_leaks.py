"""The key of a connection is hunted in every error, log and variable that a tool leaves behind."""

from __future__ import annotations

import _thread
import gc
import logging
import os
import threading

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean, hunt
from pfconn_jupyter.errors import PfconnError
from pfconn_jupyter.tools import content_safety_text, embedding, llm, serp_api, vector_db_lookup
from requirements import require
from standins.service import Reply, Service, drip, half, reset
from tools.conftest import Stream, chunk

SECRET = "Zk7-q0W~e5R.t1Y2u9I4o8P3a6S"
CALLS = {
    "azure_openai": lambda: llm("c", "hi", model="m", timeout=0.6),
    "openai": lambda: llm("c", "hi", model="m", timeout=0.6),
    "serverless": lambda: embedding("c", "hi", timeout=0.6),
    "azure_content_safety": lambda: content_safety_text("c", "hi", timeout=0.6),
    "cognitive_search": lambda: vector_db_lookup("c", vector=[1.0], index="i", timeout=0.6),
    "qdrant": lambda: vector_db_lookup("c", vector=[1.0], index="i", timeout=1),
    "weaviate": lambda: vector_db_lookup("c", vector=[1.0], index="I", timeout=0.6),
    "serp": lambda: serp_api("c", "hi", timeout=0.6),
}
SDKS = {"azure_content_safety": "azure.ai.contentsafety", "cognitive_search": "azure.search.documents"}


def echo(handler):
    """Answer 401 with everything that came in."""
    Reply(401, {"error": {"code": "401", "message": f"{handler.path} {dict(handler.headers)}"}})(handler)


def slow(handler):
    Reply(200, {}, delay=3)(handler)


@pytest.fixture
def connect(monkeypatch):
    def to(word, url):
        require(SDKS.get(word, "qdrant_client" if word == "qdrant" else "openai"))
        require("jinja2")
        from pfconn_jupyter.connections.registry import connection_type

        cls = connection_type(word)
        fields = {cls.ENDPOINT: url} if cls.ENDPOINT else {}
        if not cls.ENDPOINT:
            monkeypatch.setattr(cls, "DEFAULT_ENDPOINT", url)
        pfconn.create(word, "c", api_key=SECRET, **fields)

    return to


@pytest.mark.parametrize("fault", [echo, slow, half, reset, drip(), Reply(200, b"<html>"), Reply(500, b"x")])
@pytest.mark.parametrize("word", CALLS)
def test_no_error_and_no_log_holds_the_key(connect, quick, word, fault, caplog):
    caplog.set_level(logging.DEBUG)
    with Service() as service:
        service.on(Service.ANY, fault)
        connect(word, service.url)
        before = dict(os.environ)
        with pytest.raises(PfconnError) as failed:
            CALLS[word]()
        # The control: the key was sent, and is found there.
        assert hunt(SECRET, repr([(r.headers, r.query) for r in service.received]))
        del service
    assert_clean(SECRET, failed.value, caplog.text, repr(failed.value.__dict__))
    # Prompt flow put keys there.
    assert dict(os.environ) == before


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("stream", [False, True])
def test_ctrl_c_leaves_no_frame_that_holds_the_key(connect, stream):
    with Service() as service:
        service.on(Service.ANY, Stream([chunk("word ")], pause=0.02, repeat_last=500) if stream else slow)
        connect("openai", service.url)
        threading.Timer(0.5, _thread.interrupt_main).start()
        with pytest.raises(KeyboardInterrupt) as pressed:
            for _ in llm("c", "hi", model="m", stream=stream):
                pass
    assert_clean(SECRET, pressed.value)


def test_nothing_of_a_call_stays_in_a_module(connect):
    with Service() as service:
        service.on(Service.ANY, Reply(500, b"x"))
        connect("openai", service.url)
        with pytest.raises(PfconnError):
            llm("c", "hi", model="m", timeout=0.3)
    gc.collect()
    import sys

    ours = [vars(module) for name, module in sys.modules.items() if name.startswith("pfconn_jupyter.tools")]
    assert_clean(SECRET, repr(ours))
