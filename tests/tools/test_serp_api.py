"""SerpAPI by plain HTTP: both engines' names, and a key that is only ever where it must be."""

from __future__ import annotations

import logging

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from pfconn_jupyter.connections.serp import SerpConnection
from pfconn_jupyter.errors import ToolFailed, UsageProblem
from pfconn_jupyter.tools import serp_api
from standins.serpapi import KEY, SPENT, TOO_FAST, SerpApiService
from standins.service import Reply, reset


@pytest.fixture
def serpapi(monkeypatch):
    with SerpApiService() as running:
        monkeypatch.setattr(SerpConnection, "DEFAULT_ENDPOINT", running.url)
        pfconn.create("serp", "my_serp", api_key=KEY)
        yield running


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({}, {"engine": "google", "num": "10", "safe": "off"}),
        ({"num": 3, "safe": "active"}, {"engine": "google", "num": "3", "safe": "active"}),
        ({"location": "Austin, Texas"}, {"engine": "google", "num": "10", "safe": "off", "location": "Austin, Texas"}),
        ({"engine": "bing"}, {"engine": "bing", "count": "10", "safeSearch": "off"}),
        ({"engine": "bing", "num": 5, "safe": "active"}, {"engine": "bing", "count": "5", "safeSearch": "strict"}),
    ],
)
def test_what_is_sent_is_what_serpapi_documents(serpapi, options, query):
    answer = serp_api("my_serp", "northern lights", **options)
    (asked,) = serpapi.received
    assert (asked.method, asked.path) == ("GET", "/search.json")
    assert {k: v[0] for k, v in asked.query.items()} == {"q": "northern lights", "api_key": KEY, **query}
    assert len(answer["organic_results"]) == options.get("num", 10)
    assert answer["organic_results"][0]["link"] == "https://example.com/1"


def test_the_key_that_an_answer_echoes_is_masked(serpapi):
    assert_clean(KEY, repr(serp_api("my_serp", "x")))


def test_no_results_are_an_answer(serpapi):
    serpapi.on("/search.json", Reply(200, {"error": "Google hasn't returned any results for this query."}))
    assert "organic_results" not in serp_api("my_serp", "qwzx")


def test_an_error_inside_an_answer_is_an_error(serpapi):
    serpapi.on("/search.json", Reply(200, {"error": "Unsupported `Nowhere` location."}))
    with pytest.raises(ToolFailed, match="Nowhere"):
        serp_api("my_serp", "x", location="Nowhere")


def test_a_spent_account_is_not_asked_again_and_a_limit_is(serpapi, quick):
    serpapi.on("/search.json", SPENT)
    with pytest.raises(ToolFailed, match="run out of searches") as failed:
        serp_api("my_serp", "x")
    assert "Buy searches" in failed.value.hint
    assert len(serpapi.received) == 1
    serpapi.on("/search.json", TOO_FAST, Reply(200, {"organic_results": []}))
    serp_api("my_serp", "x")
    assert len(serpapi.received) == 3


def echo(handler):
    """Refuse the key and say it; a function, since a value would stand in this test's own frame."""
    Reply(401, {"error": f"Invalid API key: {KEY}"})(handler)


@pytest.mark.parametrize(
    "fault",
    [
        echo,
        Reply(302, b"", {"Location": "https://elsewhere.example/"}),
        Reply(200, b"<html>sign in</html>"),
        Reply(200, [1]),
        Reply(503, b""),
        reset,
        Reply(200, {}, delay=2),
    ],
)
def test_the_key_is_in_no_error_and_no_log(serpapi, quick, caplog, fault):
    caplog.set_level(logging.DEBUG)
    serpapi.on("/search.json", fault)
    with pytest.raises(ToolFailed) as failed:
        serp_api("my_serp", "x", timeout=0.5)
    assert_clean(KEY, failed.value, caplog.text, str(failed.value))


@pytest.mark.parametrize("options", [{"query": " "}, {"num": 0}, {"engine": "yahoo"}, {"safe": "maybe"}])
def test_bad_input_is_refused_before_anything_is_sent(serpapi, options):
    with pytest.raises(UsageProblem):
        serp_api("my_serp", **{"query": "x", **options})
    assert serpapi.received == []


def test_it_does_not_follow_where_netrc_or_a_proxy_of_serpapi_lead(serpapi, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login x password y\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    serp_api("my_serp", "x")
    assert "authorization" not in serpapi.received[0].headers
