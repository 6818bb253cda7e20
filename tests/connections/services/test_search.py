"""Azure AI Search: what its test says of each kind of key and of an identity, and its SDK on the same connection."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest

from connections.services.situations import KEY, Case
from hunter import assert_clean, hunt
from pfconn_jupyter import identity
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections import fresh_key
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.secret import MASK
from pfconn_jupyter.errors import MissingPackage
from requirements import require
from standins.search import ADMIN_KEY, QUERY_KEY, TOKEN, SearchService
from standins.service import Reply, Service, reset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import trustme

    from pfconn_jupyter.connections.connection import Connection

    Make = Callable[..., Connection]

TYPE = "cognitive_search"
ADMIN, QUERY, ENTRA = {"api_key": ADMIN_KEY}, {"api_key": QUERY_KEY}, {"auth_mode": "meid_token"}
PRODUCTS = {"index": "products"}
STATS, DOCS = "/servicestats", "/indexes('products')/docs"


@pytest.fixture
def search() -> Iterator[SearchService]:
    """Return a search service with the indexes products (3 documents) and manuals (none)."""
    with SearchService() as running:
        yield running


@pytest.mark.parametrize(
    "case",
    [
        Case("admin key", None, "ok", "admin key accepted; no index was asked", fields=ADMIN),
        Case("admin key, index", None, "ok", "index products answers; 3 documents", fields=ADMIN | PRODUCTS),
        Case("query key, index", None, "ok", "key accepted; index products", fields=QUERY | PRODUCTS),
        Case("an empty index", None, "ok", "0 documents", fields=QUERY | {"index": "manuals"}),
        Case("query key, no index", None, "denied", "403", "If yours is a query key, set index", QUERY),
        Case("wrong key", None, "denied", "403", "Copy an admin key from the service's page Keys"),
        Case("wrong key, index", None, "denied", "403", "switched off there: then auth_mode=meid_token", PRODUCTS),
        Case("a closed network", Reply(403), "denied", "403", "the page Networking keeps this machine out", PRODUCTS),
        Case(
            "no such index, admin key",
            None,
            "not_found",
            "'product' for service 'standin' was not found; indexes here: products, manuals",
            "Compare index",
            ADMIN | {"index": "product"},
        ),
        Case(
            "no such index, query key",
            None,
            "not_found",
            "'product' for service 'standin' was not found.",
            "Compare index",
            QUERY | {"index": "product"},
        ),
        Case(
            "wrong api-version",
            None,
            "misconfigured",
            "api-version",
            "Set api_version to one that the service knows, for example 2024-07-01",
            ADMIN | {"api_version": "2019-01-01"},
        ),
    ],
    ids=str,
)
def test_keys(search: SearchService, connect: Make, case: Case) -> None:
    if case.reply:
        search.on(STATS, case.reply).on(DOCS, case.reply)
    case.holds(check(connect(TYPE, search.url, **case.fields)))


@pytest.mark.parametrize(
    "case",
    [
        Case("a role, index", None, "ok", "Entra token accepted; index products", fields=PRODUCTS),
        Case("a role", None, "ok", "Entra token accepted; no index"),
        Case("no role, index", Reply(403), "denied", "403", "the role Search Index Data Reader on the", PRODUCTS),
        Case("no role", Reply(403), "denied", "403", "Search Service Contributor (or Search Index Data Reader"),
        Case("a closed network", Reply(403), "denied", "403", "page Networking"),
        Case("roles switched off", Reply(401), "denied", "401", "page Keys must allow roles"),
    ],
    ids=str,
)
def test_identities(search: SearchService, connect: Make, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    monkeypatch.setattr(identity, "token_text", lambda _: TOKEN)
    if case.reply:
        search.on(STATS, case.reply).on(DOCS, case.reply)
    outcome = check(connect(TYPE, search.url, **ENTRA, **case.fields))
    case.holds(outcome)
    assert_clean(TOKEN, outcome)


def test_what_is_sent(search: SearchService, connect: Make) -> None:
    check(connect(TYPE, search.url + "/", **ADMIN))
    check(connect(TYPE, search.url, index="pro ducts/x", **ADMIN))
    stats, docs, names = search.received
    assert (stats.method, stats.path, stats.query) == ("GET", STATS, {"api-version": ["2024-07-01"]})
    assert stats.headers["api-key"] == ADMIN_KEY
    assert docs.path == "/indexes('pro%20ducts%2Fx')/docs", "an index cannot lead to another path"
    assert docs.query == {"search": ["*"], "$top": ["0"], "$count": ["true"], "api-version": ["2024-07-01"]}
    assert (names.path, names.query["$select"]) == ("/indexes", ["name"])


def test_the_names_of_other_indexes_are_short_and_hold_no_key(search: SearchService, connect: Make) -> None:
    search.indexes = {f"index-{n}": [] for n in range(20)} | {ADMIN_KEY: []}
    told = check(connect(TYPE, search.url, index="gone", **ADMIN)).detail
    assert told.endswith("index-6, index-7 and 13 more")
    search.indexes = {ADMIN_KEY: [], "products": []}
    outcome = check(connect(TYPE, search.url, index="gone", **ADMIN))
    assert outcome.detail.endswith(f"indexes here: {MASK}, products")
    assert outcome.http == 404, "what decided is told"


@pytest.mark.parametrize("reply", [Reply(200, {"value": "?"}), Reply(200, {"value": [1, {}]}), Reply(500), Reply(403)])
def test_a_list_that_does_not_come_changes_nothing(search: SearchService, connect: Make, reply: Reply) -> None:
    search.on("/indexes", reply)
    outcome = check(connect(TYPE, search.url, index="gone", **ADMIN))
    assert (outcome.status, outcome.http) == ("not_found", 404)
    assert outcome.hint.startswith("Compare index")


def test_the_sdk_takes_what_the_test_took(search: SearchService, connect: Make) -> None:
    require("azure.search.documents")
    from azure.search.documents.models import VectorizedQuery

    connection = connect(TYPE, search.url, **QUERY, **PRODUCTS)
    assert check(connection).status == "ok"
    search.received.clear()
    with connection.client() as client:
        assert search.received == []
        query = VectorizedQuery(vector=[1.0, 0.0, 0.0], k_nearest_neighbors=3, fields="embedding")
        found = client.search(None, vector_queries=[query], filter="kind eq 'camping'", select=["title"], top=2)
        assert [(d["title"], d["@search.score"]) for d in found] == [("Tent", 1.0), ("Stove", 0.833333)]
        assert client.get_document_count() == 3
        assert not hunt(QUERY_KEY, client, vars(client))
    assert {r.query["api-version"][0] for r in search.received} == {"2024-07-01"}, "not the SDK's own"


def test_the_sdk_is_refused_where_the_test_was(search: SearchService, connect: Make) -> None:
    require("azure.search.documents")
    from azure.core.exceptions import HttpResponseError

    # A word, since the SDK (12.0) logs a whole traceback where a refusal has none.
    search.on("/indexes('products')/docs/$count", Reply(403, {"error": {"code": "", "message": "Forbidden"}}))
    with connect(TYPE, search.url, **PRODUCTS).client() as client, pytest.raises(HttpResponseError) as caught:
        client.get_document_count()
    assert caught.value.status_code == 403


def test_which_client_it_is(authority: trustme.CA, connect: Make) -> None:
    require("azure.search.documents")
    from azure.search.documents import SearchClient
    from azure.search.documents.indexes import SearchIndexClient

    # Older SDKs take no http for this one, loopback or not.
    with SearchService(certificate=authority.issue_cert("127.0.0.1")) as search:
        with connect(TYPE, search.url, **ADMIN).client() as client:
            assert isinstance(client, SearchIndexClient)
            assert list(client.list_index_names()) == ["products", "manuals"]
        with connect(TYPE, search.url, **ADMIN).client(index_name="manuals") as client:
            assert isinstance(client, SearchClient)
            assert client.get_document_count() == 0


def test_the_sdk_signs_in_with_searchs_own_scope(
    authority: trustme.CA, connect: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("azure.search.documents")
    from azure.core.credentials import AccessToken

    class Current:
        def get_token(self, *scopes: str, **_: Any) -> AccessToken:
            assert scopes == ("https://search.azure.com/.default",)
            return AccessToken(TOKEN, 9_999_999_999)

    monkeypatch.setattr(identity, "Current", Current)
    with SearchService(certificate=authority.issue_cert("127.0.0.1")) as search:
        with connect(TYPE, search.url, **ENTRA, **PRODUCTS).client() as client:
            assert client.get_document_count() == 3
        assert search.received[0].headers["authorization"] == f"Bearer {TOKEN}"
        assert "api-key" not in search.received[0].headers


def test_a_rotated_key_is_met(search: SearchService, connect: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    require("azure.search.documents")
    monkeypatch.setattr(fresh_key, "FRESH_SECONDS", -1.0)
    record = ConnectionRecord("mine", TYPE, "private", "local:")
    old, new = connect(TYPE, search.url, **PRODUCTS), connect(TYPE, search.url, **QUERY, **PRODUCTS)
    new.bind(record, lambda: new)
    with old.bind(record, lambda: new).client() as client:
        assert client.get_document_count() == 3


@pytest.mark.parametrize("reply", [Reply(403, {"error": {"message": "no"}}), reset])
def test_no_variable_of_a_traceback_of_the_sdk_holds_the_key(
    search: SearchService, connect: Make, debug_log: list[str], reply: Any
) -> None:
    require("azure.search.documents")
    from azure.core.exceptions import AzureError

    search.on(Service.ANY, reply)
    with connect(TYPE, search.url, **PRODUCTS).client(retry_total=0) as client, pytest.raises(AzureError) as caught:
        client.get_document_count()
    assert search.received[0].headers["api-key"] == KEY
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert_clean(KEY, "".join(frames.format()), "\n".join(debug_log))


def test_a_redirect_of_the_sdk_is_not_followed(search: SearchService, connect: Make) -> None:
    require("azure.search.documents")
    from azure.core.exceptions import HttpResponseError

    with Service() as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        search.on(Service.ANY, Reply(307, {"error": {"message": "elsewhere"}}, {"Location": f"{elsewhere}/x"}))
        with connect(TYPE, search.url, **PRODUCTS).client() as client, pytest.raises(HttpResponseError):
            client.get_document_count()
        assert search.received[0].headers["api-key"] == KEY
        assert other.received == []


@pytest.mark.parametrize("fields", [{}, PRODUCTS])
def test_without_the_sdk_the_way_to_it_is_told(
    connect: Make, monkeypatch: pytest.MonkeyPatch, fields: dict[str, str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "azure.search", None)
    for name in [n for n in __import__("sys").modules if n.startswith("azure.search.")]:
        monkeypatch.delitem(__import__("sys").modules, name)
    with pytest.raises(MissingPackage, match="azure-search-documents is not") as caught:
        connect(TYPE, "https://c.search.windows.net", **fields).client()
    assert "pfconn_jupyter[search]" in caught.value.hint
