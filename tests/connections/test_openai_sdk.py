"""The unmodified openai SDK on our connections: the key goes to its host, and stays fresh."""

from __future__ import annotations

import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from hunter import hunt
from pfconn_jupyter import identity
from pfconn_jupyter.connections import fresh_key, openai_sdk
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import ConnectionChanged, MissingPackage, PfconnWarning, StoreUnavailable, UsageProblem
from requirements import require
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pfconn_jupyter.connections.connection import Connection
    from standins.aimock import Aimock

KEY, ROTATED = "Zk7q0We5Rt1Y2u9I4o8P", "Rotated-9I4o8P-Zk7q0"
TYPES = ("azure_openai", "openai")
PATHS = {"azure_openai": "/openai/deployments/gpt/chat/completions", "openai": "/v1/chat/completions"}
ANSWER = Reply(
    200,
    {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "pong"}}],
    },
)


@pytest.fixture(autouse=True)
def _sdk() -> None:
    require("openai")


@pytest.fixture
def service() -> Iterator[Service]:
    """Return a service that answers a chat on the paths of both types."""
    with Service() as running:
        for path in PATHS.values():
            running.on(path, ANSWER)
        yield running


def make(word: str, url: str, key: str = KEY, **fields: Any) -> Connection:
    address = {"api_base": url} if word == "azure_openai" else {"base_url": f"{url}/v1"}
    return build(connection_type(word), {"api_key": key, **address, **fields})


def chat(client: Any) -> str:
    answer = client.chat.completions.create(model="gpt", messages=[{"role": "user", "content": "hi"}])
    return str(answer.choices[0].message.content)


def sent_key(service: Service) -> str | None:
    headers = service.received[-1].headers
    return headers.get("api-key") or headers.get("authorization", "").removeprefix("Bearer ")


@pytest.mark.parametrize("word", TYPES)
def test_chat_with_aimock(aimock: Aimock, word: str) -> None:
    with make(word, aimock.url, aimock.key).client() as client:
        assert chat(client) == "pong"


@pytest.mark.parametrize("word", TYPES)
def test_aimock_refuses_another_key(aimock: Aimock, word: str) -> None:
    import openai

    with make(word, aimock.url, "another-key-12345").client() as client, pytest.raises(openai.AuthenticationError):
        chat(client)


@pytest.mark.parametrize("derived", [False, True], ids=["client", "with_options"])
@pytest.mark.parametrize("word", TYPES)
def test_what_strays_in_the_environment_changes_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch, word: str, derived: bool
) -> None:
    with Service() as trap:
        stray = {
            "OPENAI_BASE_URL": f"{trap.url}/v1",
            "AZURE_OPENAI_ENDPOINT": trap.url,
            "AZURE_OPENAI_AD_TOKEN": "stray-token",
            "AZURE_OPENAI_API_KEY": "stray-key",
            "OPENAI_API_KEY": "stray-key",
            "OPENAI_ADMIN_KEY": "stray-admin-key",
            "OPENAI_ORG_ID": "org-stray",
            "OPENAI_PROJECT_ID": "proj-stray",
            "OPENAI_API_VERSION": "1999-01-01",
            "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer stray\napi-key: stray\nOpenAI-Project: stray\nx-gate: 7",
        }
        for name, value in stray.items():
            monkeypatch.setenv(name, value)
        with make(word, service.url).client() as client:
            assert chat(client.with_options(timeout=9) if derived else client) == "pong"
        headers = service.received[0].headers
        assert sent_key(service) == KEY
        assert not {name: value for name, value in headers.items() if "stray" in value}
        assert service.received[0].query.get("api-version", ["2024-10-21"]) == ["2024-10-21"]
        assert trap.received == []


@pytest.mark.parametrize("word", TYPES)
def test_a_redirect_is_not_followed(word: str) -> None:
    import openai

    with Service() as here, Service().on(Service.ANY, ANSWER) as other:
        here.on(Service.ANY, Reply(307, b"", {"Location": other.url.replace("127.0.0.1", "localhost") + "/x"}))
        with make(word, here.url).client() as client, pytest.raises(openai.APIStatusError):
            chat(client)
        assert sent_key(here) == KEY
        assert other.received == [], "neither the key nor the messages leave the connection's host"


def test_an_organization_of_the_connection_is_sent(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-stray")
    with make("openai", service.url, organization="org-ours").client() as client:
        chat(client.with_options(timeout=9))
    assert service.received[0].headers["openai-organization"] == "org-ours"


def test_what_the_caller_asks_for_is_sent(service: Service) -> None:
    options = {"organization": "org-asked", "project": "proj-asked", "default_headers": {"x-mine": "1"}}
    with make("openai", service.url).client(**options) as client:
        chat(client)
    headers = service.received[0].headers
    assert (headers["openai-organization"], headers["openai-project"]) == ("org-asked", "proj-asked")
    assert headers["x-mine"] == "1"


def test_an_openai_connection_without_an_address_goes_to_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://trap.example/v1")
    with build(connection_type("openai"), {"api_key": KEY}).client() as client:
        assert str(client.base_url) == "https://api.openai.com/v1/"


@pytest.mark.parametrize("option", sorted(openai_sdk._OURS))
@pytest.mark.parametrize("word", TYPES)
def test_the_connection_decides_where_to_and_with_which_key(word: str, option: str) -> None:
    with pytest.raises(UsageProblem, match=option):
        make(word, "http://127.0.0.1:9").client(**{option: "https://elsewhere.example"})


@pytest.mark.parametrize("word", TYPES)
def test_a_client_is_the_vendors_and_shows_no_key(word: str) -> None:
    import openai

    with make(word, "http://127.0.0.1:9").client() as client:
        assert isinstance(client, openai.AzureOpenAI if word == "azure_openai" else openai.OpenAI)
        assert type(client).__name__ in ("OpenAI", "AzureOpenAI")
        assert not hunt(KEY, client)
        assert not hunt(KEY, vars(client))
    assert hunt(KEY, vars(openai.OpenAI(api_key=KEY))), "the control: a client with a plain key does"


def test_without_the_sdk_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(MissingPackage, match=r"%pip install 'pfconn_jupyter\[openai\]'"):
        make("openai", "http://127.0.0.1:9").client()


def test_entra_tokens_are_asked_for_at_each_request(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "stray-token")
    scopes: list[str] = []
    monkeypatch.setattr(identity, "token_text", lambda scope: scopes.append(scope) or f"token-{len(scopes)}")  # type: ignore[func-returns-value]
    fields = {"api_base": service.url, "auth_mode": "meid_token"}
    with build(connection_type("azure_openai"), fields).client() as client:
        assert scopes == [], "client() sends nothing"
        chat(client)
        chat(client)
    assert [r.headers["authorization"] for r in service.received] == ["Bearer token-1", "Bearer token-2"]
    assert set(scopes) == {"https://cognitiveservices.azure.com/.default"}


def stored(connection: Connection, reread: Callable[[], Connection]) -> Connection:
    return connection.bind(ConnectionRecord("mine", connection.TYPE, "private", "local:"), reread)


@pytest.mark.parametrize("derived", [False, True], ids=["client", "with_options"])
@pytest.mark.parametrize("word", TYPES)
def test_a_client_meets_a_rotated_key(
    service: Service, monkeypatch: pytest.MonkeyPatch, word: str, derived: bool
) -> None:
    rotated = make(word, service.url, ROTATED)
    with stored(make(word, service.url), lambda: rotated).client() as client:
        used = client.with_options(timeout=9) if derived else client
        chat(used)
        assert sent_key(service) == KEY, "a fresh key is not read again"
        monkeypatch.setattr(fresh_key, "FRESH_SECONDS", 0.0)
        chat(used)
        assert sent_key(service) == ROTATED


def test_the_store_is_asked_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    connection = make("openai", "http://127.0.0.1:9")
    key = fresh_key.FreshKey(stored(connection, lambda: reads.append(1) or connection))  # type: ignore[arg-type, func-returns-value]
    clock = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    key._read_at = clock[0]
    for now in (1001.0, 1059.0, 1061.0, 1062.0, 1120.0, 1122.0):
        clock[0] = now
        assert key() == KEY
    assert len(reads) == 2


def test_a_key_is_not_sent_after_its_endpoint_moved(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh_key, "FRESH_SECONDS", -1.0)
    moved = make("azure_openai", "https://elsewhere.openai.azure.com", ROTATED)
    with stored(make("azure_openai", service.url), lambda: moved).client() as client:
        with pytest.raises(ConnectionChanged, match=r"elsewhere\.openai\.azure\.com"):
            chat(client)
        monkeypatch.setattr(fresh_key, "FRESH_SECONDS", 0.1)
        time.sleep(0.11)
        for _ in range(2):
            with pytest.raises(ConnectionChanged):
                chat(client)
    assert service.received == []


def test_a_connection_that_gave_up_its_key(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh_key, "FRESH_SECONDS", -1.0)
    keyless = build(connection_type("azure_openai"), {"api_base": service.url, "auth_mode": "meid_token"})
    client = stored(make("azure_openai", service.url), lambda: keyless).client()
    with client, pytest.raises(ConnectionChanged, match="Entra"):
        chat(client)
    assert service.received == []


def test_a_connection_that_became_another_type(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh_key, "FRESH_SECONDS", -1.0)
    other = build(connection_type("custom"), {"configs": {"test_url": service.url}, "secrets": {"key": ROTATED}})
    client = stored(make("azure_openai", service.url), lambda: other).client()
    with client, pytest.raises(ConnectionChanged, match="custom"):
        chat(client)
    assert service.received == []


def test_a_store_that_fails_is_told_and_the_known_key_used(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh_key, "FRESH_SECONDS", -1.0)

    def fail() -> Connection:
        raise StoreUnavailable("The vault does not answer.", "Test again.")

    client = stored(make("openai", service.url), fail).client()
    with client, pytest.warns(PfconnWarning, match=r"mine: .*The vault does not answer\."):
        assert chat(client) == "pong"
    assert sent_key(service) == KEY


def test_a_store_that_fails_is_not_asked_at_each_request() -> None:
    reads: list[int] = []

    def fail() -> Connection:
        reads.append(1)
        raise StoreUnavailable("The vault does not answer.", "Test again.")

    key = fresh_key.FreshKey(stored(make("openai", "http://127.0.0.1:9"), fail))
    key._read_at -= fresh_key.FRESH_SECONDS + 1
    with pytest.warns(PfconnWarning):
        assert key() == KEY
    assert key() == KEY
    assert len(reads) == 1


def test_a_connection_that_is_not_stored_is_never_read_again(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh_key, "FRESH_SECONDS", -1.0)
    with warnings.catch_warnings(), make("openai", service.url).client() as client:
        warnings.simplefilter("error")
        assert chat(client) == "pong"
