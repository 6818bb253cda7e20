"""What would be sent is told to the letter, and holds no secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from hunter import assert_clean
from pfconn_jupyter.checks.explaining import explain
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.probe import Probe
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import AccessDenied
from standins.service import Reply, Service

Make = Callable[[str], Connection]

SECRET = "Zk7-q0W/e5R+t1Y2u9I4o8P3a6S"
PASSWORD = "pa55-of-the-proxy-77"
RECORD = ConnectionRecord("mine", "azure_openai", "private", "local:")


class Careless(Connection):
    """A type that puts its secret everywhere."""

    TYPE = "careless"
    LABEL = "Careless"
    ENDPOINT = "address"
    address: str
    api_key: Secret

    def probes(self) -> Iterator[Probe]:
        key = self.api_key.reveal()
        yield Probe(
            f"{self.address}/{key}/x",
            query={"api_key": self.api_key, "plain": key, "page": "1"},
            headers={"X-Key": self.api_key, "Authorization": self.api_key.prefixed("Bearer ")},
            body={"key": key},
            method="POST",
        )


class Astray(Careless):
    """A type that would send its secret elsewhere."""

    def probes(self) -> Iterator[Probe]:
        yield Probe("https://elsewhere.example/x", headers={"X-Key": self.api_key})


class Broken(Careless):
    """A type that fails."""

    def probes(self) -> Iterator[Probe]:
        raise ValueError(self.api_key.reveal())
        yield


def test_the_lines_are_what_a_test_sends(service: Service, azure: Make) -> None:
    service.on("/openai/models", Reply(200, {"data": []}))
    connection = azure(service.url)
    first, second = explain([(RECORD, connection)])
    assert service.received == [], "nothing was sent"
    check(connection)
    assert [f"{r.method} {service.url}{r.path}" for r in service.received] == [
        first.request,
        second.request.partition("?")[0],
    ]
    names = {name.strip().lower() for name in first.headers.split(",")}
    assert names | {"host"} == set(service.received[0].headers)
    assert (first.sent, second.sent) == ("first", "if the one before is answered 404")
    assert first.secret_to == f"{service.url.removeprefix('http://')}, header api-key"


def test_a_deployment_is_told_with_what_it_spends(azure: Make) -> None:
    chat, other, embedding = explain([(RECORD, azure("https://contoso.openai.azure.com"))], "gpt-4o")
    assert chat.request.startswith("POST https://contoso.openai.azure.com/openai/deployments/gpt-4o/chat/completions?")
    assert '"max_tokens": 1' in chat.body
    assert '"max_completion_tokens": 1' in other.body
    assert other.sent == "if the one before is refused with 'max_completion_tokens' or the like"
    assert embedding.request.partition("?")[0].endswith("/embeddings")


def test_an_entra_token_is_named_by_its_scope_and_not_fetched() -> None:
    fields = {"api_base": "https://contoso.openai.azure.com", "auth_mode": "meid_token"}
    line = explain([(RECORD, build(connection_type("azure_openai"), fields))])[0]
    assert "an Entra token of https://cognitiveservices.azure.com/.default" in line.secret_to


def test_no_secret_is_in_any_cell(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://ann:{PASSWORD}@proxy.example:8080")
    for address in (service.url, "https://contoso.example"):
        (line,) = explain([(RECORD, Careless(address=address, api_key=Secret(SECRET)))])
        assert "api_key=••••••" in line.request
        assert "page=1" in line.request
        assert "query api_key" in line.secret_to
        assert "header X-Key" in line.secret_to
        assert_clean(SECRET, line)
        assert_clean(PASSWORD, line)
    assert line.proxy == "http://••••••@proxy.example:8080"
    assert service.received == []


def test_the_way_is_told(monkeypatch: pytest.MonkeyPatch, azure: Make) -> None:
    def way(url: str) -> tuple[str, str]:
        line = explain([(RECORD, azure(url))])[0]
        return line.proxy, line.trust

    assert way("https://contoso.openai.azure.com") == ("none", "the authorities of certifi")
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:8080")
    monkeypatch.setenv("HTTP_PROXY", "proxy.example:8080")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/certificates/company.pem")
    assert way("https://contoso.openai.azure.com") == (
        "proxy.example:8080",
        "REQUESTS_CA_BUNDLE (/certificates/company.pem)",
    )
    assert way("http://127.0.0.1:8000") == ("none", "none: plain http")
    monkeypatch.setenv("NO_PROXY", ".azure.com")
    assert way("https://contoso.openai.azure.com")[0] == "none"


def test_what_cannot_be_told_says_why() -> None:
    custom = build(connection_type("custom"), {"secrets": {"k": "a-secret-value"}})
    astray = Astray(address="https://contoso.example", api_key=Secret(SECRET))
    broken = Broken(address="https://contoso.example", api_key=Secret(SECRET))
    refused = AccessDenied("You may not read values.", "Ask for a role.")
    lines = [explain([(RECORD, found)])[0] for found in (custom, astray, broken, refused)]
    assert [line.sent for line in lines] == [
        "never: it has no test",
        "never: it leads away from contoso.example",
        "never: its type cannot say (ValueError)",
        "never: You may not read values.",
    ]
    assert lines[1].secret_to == "nowhere"
    assert_clean(SECRET, lines)
