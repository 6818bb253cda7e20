"""What each type sends to prove its credential."""

from __future__ import annotations

from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.probe import EntraToken
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret

KEY = "k3y-0123456789"


def probes(type_, **fields):
    return list(build(connection_type(type_), fields).probes())


def test_azure_openai_asks_the_v1_path_and_then_the_classic_one():
    v1, classic = probes("azure_openai", api_base="https://c.openai.azure.com", api_key=KEY)
    assert (v1.url, v1.query, v1.next_on) == ("https://c.openai.azure.com/openai/v1/models", {}, {404})
    assert (classic.url, classic.query) == ("https://c.openai.azure.com/openai/models", {"api-version": "2024-10-21"})
    assert v1.headers == {"api-key": Secret(KEY)}


def test_azure_openai_with_entra_sends_a_token_of_its_own_scope():
    v1, _ = probes("azure_openai", api_base="https://c.openai.azure.com", auth_mode="meid_token")
    assert v1.headers == {"Authorization": EntraToken("https://cognitiveservices.azure.com/.default")}


def test_openai_asks_its_base_url():
    (probe,) = probes("openai", api_key=KEY, base_url="http://localhost:11434/v1", organization="org-1")
    assert probe.url == "http://localhost:11434/v1/models"
    assert probe.headers == {"Authorization": Secret(f"Bearer {KEY}"), "OpenAI-Organization": "org-1"}


def test_custom_has_nothing_to_ask_without_an_address():
    assert probes("custom", secrets={"k": KEY}) == []


def test_custom_without_a_header_sends_no_secret_and_says_so():
    (probe,) = probes("custom", configs={"test_url": "https://x.example/ping"}, secrets={"k": KEY})
    assert not probe.headers
    assert "no secret was sent" in probe.leaves_open


def test_custom_sends_the_named_secret_in_the_named_header():
    configs = {"test_url": "https://x.example/ping", "test_header": "Authorization: Bearer", "test_secret": "b"}
    (probe,) = probes("custom", configs=configs, secrets={"a": "aaaa", "b": KEY})
    assert probe.headers == {"Authorization": Secret(f"Bearer {KEY}")}
