"""Azure's unmodified SDKs on our connections: the key goes to its host, and stays fresh."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from hunter import assert_clean, hunt
from pfconn_jupyter import identity
from pfconn_jupyter.connections import azure_sdk, fresh_key
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import ConnectionChanged, MissingPackage, StoreUnavailable, UsageProblem
from refusals import refusal
from requirements import require
from standins.service import Reply, Service, reset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pfconn_jupyter.connections.connection import Connection

KEY, ROTATED = "Zk7q0We5Rt1Y2u9I4o8P", "Rotated-9I4o8P-Zk7q0"
HEADER = "ocp-apim-subscription-key"
SDKS = {
    "azure_content_safety": "azure.ai.contentsafety",
    "azure_ai_services": "azure.ai.contentsafety",
    "document_intelligence": "azure.ai.documentintelligence",
}
ANSWER = Reply(200, {"categoriesAnalysis": [], "blocklistsMatch": [], "content": "hello"})


@pytest.fixture(params=SDKS)
def word(request: pytest.FixtureRequest) -> str:
    """Return a type with an Azure SDK, which is installed."""
    require(SDKS[request.param])
    return str(request.param)


@pytest.fixture
def service() -> Iterator[Service]:
    """Return a service that answers everything."""
    with Service().on(Service.ANY, ANSWER) as running:
        yield running


def make(word: str, url: str, key: str = KEY, **fields: Any) -> Connection:
    secret = {} if fields.get("auth_mode") == "meid_token" else {"api_key": key}
    return build(connection_type(word), {"endpoint": url, **secret, **fields})


def call(client: Any) -> int:
    """Send one request and return the status of its answer; raises from 400 on."""
    from azure.core.rest import HttpRequest

    response = client.send_request(HttpRequest("POST", "/anything", json={"text": "my words"}))
    response.raise_for_status()
    return int(response.status_code)


def stored(connection: Connection, reread: Callable[[], Connection]) -> Connection:
    return connection.bind(ConnectionRecord("mine", connection.TYPE, "private", "local:"), reread)


def test_a_client_is_the_vendors_sends_nothing_and_shows_no_key(word: str, service: Service) -> None:
    with make(word, service.url).client() as client:
        assert type(client).__module__.startswith(SDKS[word])
        assert service.received == []
        assert not hunt(KEY, client, vars(client), vars(client._config), vars(client._config.credential))


def test_the_key_goes_to_the_connections_host(word: str, service: Service) -> None:
    with make(word, service.url).client() as client:
        call(client)
    assert [r.headers[HEADER] for r in service.received] == [KEY]


@pytest.mark.parametrize("http", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(word: str, service: Service, http: int) -> None:
    with Service().on(Service.ANY, ANSWER) as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        service.on(Service.ANY, Reply(http, b"", {"Location": f"{elsewhere}/x"}))
        with make(word, service.url).client() as client:
            assert call(client) == http
        assert other.received == [], "neither the key nor the text leaves the connection's host"
        assert service.received


def test_azures_own_clients_would_follow_and_sign_for_the_other_host(service: Service) -> None:
    require("azure.ai.contentsafety")
    from azure.ai.contentsafety import ContentSafetyClient
    from azure.core.credentials import AzureKeyCredential

    with Service().on(Service.ANY, ANSWER) as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        service.on(Service.ANY, Reply(307, b"", {"Location": f"{elsewhere}/x"}))
        with ContentSafetyClient(service.url, AzureKeyCredential(KEY)) as client:
            call(client)
        assert other.received[0].headers[HEADER] == KEY, "the control: why permit_redirects is ours"


@pytest.mark.parametrize("option", sorted(azure_sdk._OURS))
def test_the_connection_decides_where_to_and_with_which_key(word: str, option: str) -> None:
    with pytest.raises(UsageProblem, match=option):
        make(word, "http://127.0.0.1:9").client(**{option: "https://elsewhere.example"})


def test_what_the_caller_asks_for_is_taken(word: str, service: Service) -> None:
    with make(word, service.url).client(user_agent="mine/1.0", api_version="2030-01-01") as client:
        call(client)
        assert client._config.api_version == "2030-01-01"
    assert "mine/1.0" in service.received[0].headers["user-agent"]


def test_without_the_sdk_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for word, module in SDKS.items():
        monkeypatch.setitem(sys.modules, module, None)
        extra = connection_type(word).EXTRA
        with pytest.raises(MissingPackage, match=rf"%pip install 'pfconn_jupyter\[{extra}\]'") as caught:
            make(word, "http://127.0.0.1:9").client()
        assert module.replace(".", "-") in caught.value.problem


def test_a_client_meets_a_rotated_key(word: str, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    rotated = make(word, service.url, ROTATED)
    with stored(make(word, service.url), lambda: rotated).client() as client:
        call(client)
        monkeypatch.setattr(fresh_key, "FRESH_SECONDS", 0.0)
        call(client)
    assert [r.headers[HEADER] for r in service.received] == [KEY, ROTATED]


def test_a_key_is_not_sent_after_its_endpoint_moved(
    word: str, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = make(word, "https://elsewhere.cognitiveservices.azure.com", ROTATED)
    with stored(make(word, service.url), lambda: moved).client() as client:
        monkeypatch.setattr(fresh_key, "FRESH_SECONDS", -1.0)
        for _ in range(2):
            with pytest.raises(ConnectionChanged, match="elsewhere"):
                call(client)
    assert service.received == []


@pytest.mark.timeout(20)
@pytest.mark.parametrize("http", [403, 429])
def test_a_wait_of_days_is_an_error_at_once(word: str, service: Service, http: int) -> None:
    from azure.core.exceptions import HttpResponseError

    service.on(Service.ANY, Reply(http, {"error": {"message": "retry after 15 days"}}, {"Retry-After": "1296000"}))
    with make(word, service.url).client() as client, pytest.raises(HttpResponseError):
        call(client)
    assert len(service.received) == 1


def test_a_short_wait_is_waited_for(word: str, service: Service) -> None:
    service.on(Service.ANY, Reply(429, b"", {"Retry-After": "0"}), Reply(503), ANSWER)
    with make(word, service.url).client(retry_backoff_factor=0) as client:
        assert call(client) == 200
    assert len(service.received) == 3


def test_the_caller_may_ask_for_no_retry(word: str, service: Service) -> None:
    from azure.core.exceptions import HttpResponseError

    service.on(Service.ANY, Reply(503), ANSWER)
    with make(word, service.url).client(retry_total=0) as client, pytest.raises(HttpResponseError):
        call(client)


def test_the_key_is_replaced_in_the_connection_not_in_the_client(word: str) -> None:
    with make(word, "http://127.0.0.1:9").client() as client, pytest.raises(UsageProblem, match="its connection"):
        client._config.credential.update(ROTATED)


def test_logs_of_a_client_hold_no_key(word: str, service: Service, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"), make(word, service.url).client() as client:
        call(client)
    assert service.received[0].headers[HEADER] == KEY, "the control"
    assert "/anything" in caplog.text, "the control: requests are logged"
    assert_clean(KEY, caplog.text)


@pytest.mark.parametrize("reply", [Reply(401, {"error": {"message": "no"}}), reset], ids=["401", "reset"])
def test_no_variable_of_a_traceback_holds_the_key(word: str, service: Service, reply: Any) -> None:
    from azure.core.exceptions import AzureError

    service.on(Service.ANY, reply)
    with make(word, service.url).client(retry_total=0) as client:
        error = refusal(AzureError, lambda: call(client))
    assert service.received[0].headers[HEADER] == KEY, "the control: it was sent"
    assert_clean(KEY, error)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Return an authority that REQUESTS_CA_BUNDLE names: azure.core sends tokens over TLS only."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    return made


class Credential:
    """A credential whose tokens say how often it was asked, and expire at once."""

    def __init__(self, name: str) -> None:
        self.name, self.scopes = name, []

    def get_token(self, *scopes: str, **options: Any) -> Any:
        from azure.core.credentials import AccessToken

        self.scopes.append(scopes)
        return AccessToken(f"{self.name}-{len(self.scopes)}", 0)


def test_entra_tokens_are_those_of_who_is_signed_in_now(word: str, authority: trustme.CA) -> None:
    ana, bob = Credential("ana"), Credential("bob")
    with Service(authority.issue_cert("127.0.0.1")).on(Service.ANY, ANSWER) as service:
        try:
            identity.use(ana)
            with make(word, service.url, auth_mode="meid_token").client() as client:
                assert ana.scopes == [], "client() asks for nothing"
                call(client)
                identity.use(bob)
                call(client)
        finally:
            identity.sign_out()
    assert [r.headers["authorization"] for r in service.received] == ["Bearer ana-1", "Bearer bob-1"]
    assert ana.scopes == [("https://cognitiveservices.azure.com/.default",)]
    assert all(HEADER not in r.headers for r in service.received)


def test_tokens_are_of_the_endpoints_cloud(word: str) -> None:
    with make(word, "https://c.cognitiveservices.azure.us", auth_mode="meid_token").client() as client:
        assert client._config.credential_scopes == ["https://cognitiveservices.azure.us/.default"]


def test_nobody_is_signed_in(word: str, authority: trustme.CA) -> None:
    from azure.core.exceptions import ClientAuthenticationError

    class Nobody:
        def get_token(self, *scopes: str, **options: Any) -> Any:
            raise ClientAuthenticationError("a screen of every way that was tried")

    with Service(authority.issue_cert("127.0.0.1")).on(Service.ANY, ANSWER) as service:
        identity.use(Nobody())
        try:
            with make(word, service.url, auth_mode="meid_token").client() as client, pytest.raises(StoreUnavailable):
                call(client)
        finally:
            identity.sign_out()
        assert service.received == []
