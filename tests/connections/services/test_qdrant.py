"""Qdrant: what its test says, and its SDK on the same connection."""

from __future__ import annotations

import sys
import traceback
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from connections.services.situations import KEY as OTHER_KEY
from connections.services.situations import Case
from hunter import assert_clean, hunt
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections import fresh_key, qdrant
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.errors import MissingPackage, UsageProblem
from requirements import require
from standins.qdrant import KEY, NO_KEY, QdrantService, refusal
from standins.service import Reply, Service, reset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pfconn_jupyter.connections.connection import Connection

    Make = Callable[..., Connection]

TYPE = "qdrant"
RIGHT = {"api_key": KEY}
COLLECTIONS = "/collections"
VECTOR = [1.0, 0.0, 0.0]


@pytest.fixture
def server() -> Iterator[QdrantService]:
    """Return a server with the collections products (3 points) and manuals (none)."""
    with QdrantService() as running:
        yield running


@pytest.mark.parametrize(
    "case",
    [
        Case("right key", None, "ok", "collections listed; 2 here; a server that asks for no key", fields=RIGHT),
        Case("wrong key", None, "denied", "Invalid API key or JWT", "API Keys; a key of another cluster"),
        Case("a proxy that drops the header", NO_KEY, "denied", "Must provide an API key", "Copy the key again"),
        Case("wrong key, older versions", Reply(403, b"Invalid api-key"), "denied", "Invalid api-key", "Copy the key"),
        # qdrant-client issue 127.
        Case("wrong key, cloud", Reply(403, {"error": "key doesn't exist"}), "denied", "doesn't exist", "Copy the key"),
        Case("expired", Reply(403, b"ExpiredSignature"), "denied", "ExpiredSignature", "has expired: create a new one"),
        Case(
            "limited key",
            refusal(403, "Forbidden: Global access is required"),
            "denied",
            "Global access is required",
            "limited to some collections",
        ),
        Case("gRPC's port, or another path", Reply(404), "misconfigured", "404", "REST on port 6333"),
    ],
    ids=str,
)
def test_the_server(server: QdrantService, connect: Make, case: Case) -> None:
    if case.reply:
        server.on(COLLECTIONS, case.reply)
    case.holds(check(connect(TYPE, server.url, **case.fields)))


@pytest.mark.parametrize("prefix", ["", "/vectors"])
def test_what_is_sent(server: QdrantService, connect: Make, prefix: str) -> None:
    check(connect(TYPE, f"{server.url}{prefix}/", **RIGHT))
    (request,) = server.received
    assert (request.method, request.path, request.query) == ("GET", prefix + COLLECTIONS, {})
    assert request.headers["api-key"] == KEY


def test_the_sdk_takes_what_the_test_took(server: QdrantService, connect: Make) -> None:
    require("qdrant_client")
    from qdrant_client import QdrantClient, models

    connection = connect(TYPE, server.url, **RIGHT)
    assert check(connection).status == "ok"
    server.received.clear()
    client = connection.client()
    assert isinstance(client, QdrantClient)
    assert server.received == [], "also not from a thread: check_compatibility is ours"
    assert [c.name for c in client.get_collections().collections] == ["products", "manuals"]
    camping = models.Filter(must=[models.FieldCondition(key="kind", match=models.MatchValue(value="camping"))])
    found = client.query_points("products", query=VECTOR, query_filter=camping, limit=5).points
    assert [(p.id, p.score, p.payload["title"]) for p in found] == [(1, 1.0, "Tent"), (2, 0.8, "Stove")]
    assert not hunt(KEY, client, client.init_options, vars(client._client))
    client.close()


@pytest.mark.parametrize("reply", [None, reset])
def test_the_sdk_is_refused_where_the_test_was(
    server: QdrantService, connect: Make, debug_log: list[str], reply: Any
) -> None:
    require("qdrant_client")
    from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

    if reply:
        server.on(Service.ANY, reply)
    client = connect(TYPE, server.url).client()
    with pytest.raises(ResponseHandlingException if reply else UnexpectedResponse) as caught:
        client.query_points("products", query=VECTOR)
    assert server.received[0].headers["authorization"] == f"Bearer {OTHER_KEY}"
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert_clean(OTHER_KEY, "".join(frames.format()), "\n".join(debug_log))
    client.close()


def test_the_sdks_own_way_shows_the_key_in_a_traceback(server: QdrantService) -> None:
    require("qdrant_client")
    from qdrant_client import QdrantClient
    from qdrant_client.http.exceptions import UnexpectedResponse

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = QdrantClient(url=server.url, api_key=OTHER_KEY, check_compatibility=False)
    with pytest.raises(UnexpectedResponse):
        client.get_collections()
    assert hunt(OTHER_KEY, client.init_options), "the control: why the key is given as a callable"
    client.close()


def test_a_redirect_of_the_sdk_is_not_followed(server: QdrantService, connect: Make) -> None:
    require("qdrant_client")
    from qdrant_client.http.exceptions import UnexpectedResponse

    with Service() as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        server.on(Service.ANY, Reply(307, b"", {"Location": f"{elsewhere}/x"}))
        client = connect(TYPE, server.url, **RIGHT).client()
        with pytest.raises(UnexpectedResponse):
            client.get_collections()
        assert server.received[0].headers["authorization"] == f"Bearer {KEY}"
        assert other.received == []
        client.close()


def test_the_client_goes_where_the_probe_goes(connect: Make) -> None:
    require("qdrant_client")
    for base in ("https://c.cloud.qdrant.io", "https://c.cloud.qdrant.io:6333", "https://proxy.example/vectors"):
        connection = connect(TYPE, base, **RIGHT)
        client = connection.client()
        (probe,) = connection.probes()
        assert client._client.rest_uri + COLLECTIONS == probe.url, "the SDK's own default would add :6333"
        client.close()


def test_a_rotated_key_is_met(server: QdrantService, connect: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    require("qdrant_client")
    monkeypatch.setattr(fresh_key, "FRESH_SECONDS", -1.0)
    record = ConnectionRecord("vectors", TYPE, "private", "local:")
    old, new = connect(TYPE, server.url), connect(TYPE, server.url, **RIGHT)
    client = old.bind(record, lambda: new.bind(record)).client()
    assert client.get_collections().collections
    client.close()


@pytest.mark.parametrize("option", sorted(qdrant._OURS))
def test_the_connection_decides_where_to_and_with_which_key(connect: Make, option: str) -> None:
    with pytest.raises(UsageProblem, match=option):
        connect(TYPE, "http://127.0.0.1:9").client(**{option: "https://elsewhere.example"})


def test_what_the_caller_asks_for_is_taken(server: QdrantService, connect: Make) -> None:
    require("qdrant_client")
    client = connect(TYPE, server.url, **RIGHT).client(timeout=7, headers={"X-Gateway": "mine"})
    client.get_collections()
    assert server.received[0].headers["x-gateway"] == "mine"
    client.close()


def test_without_the_sdk_the_way_to_it_is_told(connect: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "qdrant_client", None)
    with pytest.raises(MissingPackage, match="qdrant-client is not") as caught:
        connect(TYPE, "http://127.0.0.1:9").client()
    assert "pfconn_jupyter[qdrant]" in caught.value.hint
