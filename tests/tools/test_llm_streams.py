"""Answers that come in pieces: whole, cut, stopped, left, and interrupted."""

from __future__ import annotations

import _thread
import threading

import pytest

from pfconn_jupyter.errors import (
    ContentFiltered,
    PfconnWarning,
    ToolFailed,
)
from pfconn_jupyter.tools import llm
from tools.conftest import (
    CHAT,
    LONG,
    Stream,
    body_of,
    chunk,
    refusal,
    to_aimock,
    wait_for,
)


@pytest.mark.parametrize("word", ["azure_openai", "openai"])
def test_a_stream_from_aimock_is_the_same_text_in_pieces(chat_server, word):
    name = to_aimock(chat_server, word)
    stream = llm(name, "What is the capital of Finland?", model="gpt-4o-mini", stream=True)
    pieces = list(stream)
    assert "".join(pieces) == stream.text == "Helsinki is the capital."
    assert len(pieces) > 1
    assert stream.finish_reason == "stop"


def test_a_stream_can_be_left_in_the_middle(chat_server):
    name = to_aimock(chat_server)
    with llm(name, "Tell me a long story", model="gpt", stream=True) as stream:
        first = [next(stream), next(stream)]
    assert stream.text == "".join(first)
    assert LONG.startswith(stream.text)
    assert list(stream) == []


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_ctrl_c_in_the_middle_of_a_stream_of_aimock(chat_server):
    stream = llm(to_aimock(chat_server), "Tell me a long story", model="gpt", stream=True)
    threading.Timer(0.5, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        list(stream)
    assert 0 < len(stream.text) < len(LONG)
    assert LONG.startswith(stream.text)


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
