"""Weaviate: what its test says, and that the stand-in is one to the REST half of its SDK."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from connections.services.situations import KEY as OTHER_KEY
from connections.services.situations import Case
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.errors import NotSupported
from requirements import require
from standins.service import Reply
from standins.weaviate import ANONYMOUS, KEY, NO_KEYS_HERE, WeaviateService

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pfconn_jupyter.connections.connection import Connection

    Make = Callable[..., Connection]

TYPE = "weaviate"
RIGHT = {"api_key": KEY}
META = "/v1/meta"
NEAR = """{Get {Product(nearVector: {vector: [1, 0, 0]}, limit: 2,
  where: {path: ["kind"], operator: Equal, valueText: "camping"}) {title _additional {id distance}}}}"""


@pytest.fixture
def server() -> Iterator[WeaviateService]:
    """Return a server with the classes Product (3 objects) and Manual (none)."""
    with WeaviateService() as running:
        yield running


@pytest.mark.parametrize(
    "case",
    [
        Case("right key", None, "ok", "key accepted; roles and collections not checked", fields=RIGHT),
        Case("wrong key", None, "denied", "invalid api key", "from the cluster's API Keys"),
        Case("a proxy that drops the header", ANONYMOUS, "denied", "anonymous access not enabled", "Copy the key"),
        # weaviate issue 4139.
        Case("no keys on this server", NO_KEYS_HERE, "denied", "not configured", "AUTHENTICATION_APIKEY_ENABLED"),
        Case(
            "no role",
            Reply(403, {"error": [{"message": "rbac: authorization, forbidden action: user 'ana'"}]}),
            "denied",
            "forbidden action",
            "administrator for a role",
        ),
        Case("not its REST endpoint", Reply(404), "misconfigured", "404", "ends before /v1"),
    ],
    ids=str,
)
def test_the_server(server: WeaviateService, connect: Make, case: Case) -> None:
    if case.reply:
        server.on(META, case.reply)
    case.holds(check(connect(TYPE, server.url, **case.fields)))


def test_what_is_sent(server: WeaviateService, connect: Make) -> None:
    check(connect(TYPE, server.url + "/", **RIGHT))
    (request,) = server.received
    assert (request.method, request.path, request.query) == ("GET", META, {})
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_a_pasted_v1_is_told(server: WeaviateService, connect: Make) -> None:
    Case("v1", None, "misconfigured", "/v1/v1/meta was not found", "before /v1").holds(
        check(connect(TYPE, f"{server.url}/v1", **RIGHT))
    )


def test_there_is_no_client_and_why(connect: Make) -> None:
    with pytest.raises(NotSupported, match="second address, for gRPC") as caught:
        connect(TYPE, "https://c.weaviate.cloud").client()
    assert "weaviate.connect_to_custom" in caught.value.hint


def client_of(server: WeaviateService, connection: Any) -> Any:
    """Return the vendor's client, which asks no gRPC as long as nobody searches with it."""
    import weaviate
    from weaviate.classes.init import Auth
    from weaviate.connect import ConnectionParams

    port = int(server.url.rpartition(":")[2])
    params = ConnectionParams.from_params("127.0.0.1", port, False, "127.0.0.1", 9, False)
    return weaviate.WeaviateClient(
        params, auth_client_secret=Auth.api_key(connection.api_key.reveal()), skip_init_checks=True
    )


def test_the_stand_in_satisfies_the_vendors_sdk(server: WeaviateService, connect: Make) -> None:
    require("weaviate")
    with client_of(server, connect(TYPE, server.url, **RIGHT)) as client, warnings.catch_warnings():
        # GraphQL is to be retired in 2027.
        warnings.simplefilter("ignore", DeprecationWarning)
        assert client.get_meta()["version"] == "1.33.0"
        assert sorted(client.collections.list_all()) == ["Manual", "Product"]
        found = client.graphql_raw_query(NEAR)
    assert found.errors is None
    assert [(e["title"], round(e["_additional"]["distance"], 6)) for e in found.get["Product"]] == [
        ("Tent", 0.0),
        ("Stove", 0.2),
    ]


def test_the_sdk_is_refused_where_the_test_was(server: WeaviateService, connect: Make) -> None:
    require("weaviate")
    from weaviate.exceptions import UnexpectedStatusCodeError

    client = client_of(server, connect(TYPE, server.url))
    with pytest.raises(UnexpectedStatusCodeError, match="401"):
        client.connect()
    client.close()
    assert server.received[-1].headers["authorization"] == f"Bearer {OTHER_KEY}"
