"""Lookups in Azure AI Search, Qdrant and Weaviate: filters and top_k are honoured or refused, never dropped."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter.errors import NotSupported, ToolFailed, UsageProblem, WrongConnectionType
from pfconn_jupyter.tools import vector_db_lookup
from requirements import require
from standins import qdrant, search, weaviate
from standins.service import Reply
from tools.conftest import body_of, refusal

NEAR = [1.0, 0.1, 0.0]
FIELDS = {"index": "products", "text_field": "title", "vector_field": "embedding"}
SEARCH = "/indexes('products')/docs/search.post.search"


@pytest.fixture
def azure():
    require("azure.search.documents")
    with search.SearchService() as running:
        pfconn.create("cognitive_search", "db", api_base=running.url, api_key=search.QUERY_KEY)
        yield running


@pytest.fixture
def points():
    require("qdrant_client")
    with qdrant.QdrantService() as running:
        pfconn.create("qdrant", "db", api_base=running.url, api_key=qdrant.KEY)
        yield running


@pytest.fixture
def objects():
    with weaviate.WeaviateService() as running:
        pfconn.create("weaviate", "db", api_base=running.url, api_key=weaviate.KEY)
        yield running


def titles(found):
    return [row["text"] for row in found]


class TestAzureAISearch:
    @pytest.fixture
    def of_text(self):
        """Skip with an SDK that cannot ask the service to make a vector (before 11.6)."""
        if not hasattr(__import__("azure.search.documents.models", fromlist=["x"]), "VectorizableTextQuery"):
            pytest.skip("this azure-search-documents cannot ask the service to make a vector")

    def test_an_sdk_that_cannot_ask_for_a_vector_of_a_text_is_said(self, azure, monkeypatch):
        from azure.search.documents import models

        monkeypatch.delattr(models, "VectorizableTextQuery", raising=False)
        with pytest.raises(NotSupported, match="cannot ask"):
            vector_db_lookup("db", "shelter", **FIELDS)
        assert azure.received == []

    def test_by_vector(self, azure):
        found = vector_db_lookup("db", vector=NEAR, top_k=2, **FIELDS)
        assert titles(found) == ["Tent", "Stove"]
        assert found[0]["metadata"] == {"id": "1", "kind": "camping", "price": 120}
        assert found[0]["score"] > found[1]["score"]
        (asked,) = azure.received
        assert (asked.method, asked.path) == ("POST", SEARCH)
        assert asked.query == {"api-version": ["2024-07-01"]}
        assert asked.headers["api-key"] == search.QUERY_KEY
        assert body_of(azure) == {
            "top": 2,
            "vectorQueries": [{"kind": "vector", "vector": NEAR, "k": 2, "fields": "embedding"}],
        }

    def test_a_filter_is_honoured(self, azure):
        found = vector_db_lookup("db", vector=NEAR, top_k=3, filter="kind eq 'home'", **FIELDS)
        assert titles(found) == ["Sofa"]
        assert body_of(azure)["filter"] == "kind eq 'home'"

    def test_by_text_the_service_makes_the_vector(self, azure, of_text):
        azure.on(SEARCH, Reply(200, {"value": [{"title": "Tent", "@search.score": 0.9}]}))
        assert titles(vector_db_lookup("db", "shelter", **FIELDS)) == ["Tent"]
        sent = body_of(azure)
        assert sent["vectorQueries"] == [{"kind": "text", "text": "shelter", "k": 3, "fields": "embedding"}]
        assert "search" not in sent

    def test_hybrid_with_words_and_a_vector(self, azure):
        found = vector_db_lookup("db", "camping", vector=NEAR, top_k=3, **FIELDS)
        assert titles(found) == ["Tent", "Stove"]
        sent = body_of(azure)
        assert (sent["search"], sent["vectorQueries"][0]["kind"]) == ("camping", "vector")

    def test_hybrid_of_a_text_alone(self, azure, of_text):
        azure.on(SEARCH, Reply(200, {"value": []}))
        assert vector_db_lookup("db", "shelter", mode="hybrid", **FIELDS) == []
        assert body_of(azure)["vectorQueries"][0] == {"kind": "text", "text": "shelter", "k": 3, "fields": "embedding"}
        assert body_of(azure)["search"] == "shelter"

    def test_more_for_the_services_own_search(self, azure):
        vector_db_lookup("db", vector=NEAR, search_params={"select": ["title"], "query_type": "semantic"}, **FIELDS)
        sent = body_of(azure)
        assert (sent["select"], sent["queryType"]) == ("title", "semantic")

    def test_top_k_is_kept_even_if_the_service_gives_more(self, azure):
        rows = [{"title": str(i), "@search.score": 1.0} for i in range(9)]
        azure.on(SEARCH, Reply(200, {"value": rows}))
        assert len(vector_db_lookup("db", vector=NEAR, top_k=2, **FIELDS)) == 2

    def test_the_connections_own_index_is_used(self, azure):
        pfconn.update("db", index="products")
        assert vector_db_lookup("db", vector=NEAR, text_field="title", vector_field="embedding", top_k=1)

    def test_a_wrong_index_a_wrong_key_and_a_wrong_filter_are_told(self, azure):
        with pytest.raises(ToolFailed, match="404"):
            vector_db_lookup("db", vector=NEAR, **{**FIELDS, "index": "nowhere"})
        with pytest.raises(ToolFailed, match="400"):
            vector_db_lookup("db", vector=NEAR, filter="nonsense", **FIELDS)
        pfconn.rotate("db", api_key="WrongKey0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456", test=False)
        with pytest.raises(ToolFailed, match="403") as failed:
            vector_db_lookup("db", vector=NEAR, **FIELDS)
        assert "%pfconn test db" in failed.value.hint

    def test_a_wrong_text_field_names_those_there_are(self, azure):
        with pytest.raises(UsageProblem, match="'body'; it has id, kind, price, title"):
            vector_db_lookup("db", vector=NEAR, **{**FIELDS, "text_field": "body"})

    def test_a_filter_of_another_service_is_refused(self, azure):
        with pytest.raises(UsageProblem, match="is a text"):
            vector_db_lookup("db", vector=NEAR, filter={"must": []}, **FIELDS)
        assert azure.received == []

    def test_a_busy_service_is_tried_again(self, azure, quick):
        azure.on(SEARCH, refusal(503, "", "busy"), Reply(200, {"value": []}))
        assert vector_db_lookup("db", vector=NEAR, **FIELDS) == []
        assert len(azure.received) == 2


class TestQdrant:
    def test_by_vector_with_a_filter(self, points):
        found = vector_db_lookup("db", vector=NEAR, index="products", text_field="title", top_k=2)
        assert titles(found) == ["Tent", "Stove"]
        assert found[0]["metadata"] == {"kind": "camping"}
        asked = points.received[-1]
        assert (asked.method, asked.path) == ("POST", "/collections/products/points/query")
        assert asked.headers["authorization"] == f"Bearer {qdrant.KEY}"
        assert body_of(points)["limit"] == 2
        home = {"must": [{"key": "kind", "match": {"value": "home"}}]}
        assert titles(vector_db_lookup("db", vector=NEAR, index="products", text_field="title", filter=home)) == [
            "Sofa"
        ]
        assert body_of(points)["filter"]["must"][0]["match"] == {"value": "home"}

    @pytest.mark.parametrize("filter", ["kind eq 'home'", {"musst": []}, {"must": [{"nonsense": 1}]}])
    def test_a_filter_that_is_none_is_refused(self, points, filter):
        with pytest.raises(UsageProblem):
            vector_db_lookup("db", vector=NEAR, index="products", text_field="title", filter=filter)
        assert points.received == []

    def test_a_text_needs_a_vector(self, points, service):
        with pytest.raises(UsageProblem, match="by a vector"):
            vector_db_lookup("db", "tent", index="products", text_field="title")
        row = {"object": "embedding", "index": 0, "embedding": NEAR}
        service.on("/v1/embeddings", Reply(200, {"object": "list", "model": "e", "data": [row], "usage": {}}))
        pfconn.create("openai", "oai", base_url=f"{service.url}/v1", api_key="0123456789abcdef")
        found = vector_db_lookup(
            "db", "tent", index="products", text_field="title", top_k=1, embed_with="oai", embed_model="e"
        )
        assert titles(found) == ["Tent"]
        assert body_of(service)["input"] == ["tent"]

    def test_a_wrong_collection_and_key_are_told(self, points):
        with pytest.raises(ToolFailed, match="404"):
            vector_db_lookup("db", vector=NEAR, index="nowhere", text_field="title")
        pfconn.rotate("db", api_key="another-key-12345", test=False)
        with pytest.raises(ToolFailed, match="401"):
            vector_db_lookup("db", vector=NEAR, index="products", text_field="title")

    def test_a_missing_text_field_is_said(self, points):
        with pytest.raises(UsageProblem, match="no 'text'; it has title, kind"):
            vector_db_lookup("db", vector=NEAR, index="products")


class TestWeaviate:
    def test_by_vector_with_a_filter(self, objects):
        found = vector_db_lookup("db", vector=NEAR, index="Product", text_field="title", top_k=2)
        assert titles(found) == ["Tent", "Stove"]
        assert found[0]["metadata"] == {"kind": "camping", "id": "00000000-0000-4000-8000-000000000001"}
        assert found[0]["score"] > found[1]["score"]
        asked = objects.received[-1]
        assert (asked.method, asked.path) == ("POST", "/v1/graphql")
        assert asked.headers["authorization"] == f"Bearer {weaviate.KEY}"
        assert body_of(objects)["query"] == (
            "{Get {Product(nearVector: {vector: [1.0, 0.1, 0.0]}, limit: 2) {title kind _additional {id distance}}}}"
        )
        where = {"path": ["kind"], "operator": "Equal", "valueText": "home"}
        assert titles(vector_db_lookup("db", vector=NEAR, index="Product", text_field="title", filter=where)) == [
            "Sofa"
        ]
        assert 'where: {path: ["kind"], operator: Equal, valueText: "home"}' in body_of(objects)["query"]

    def test_by_text_and_hybrid(self, objects):
        entry = {"title": "Tent", "kind": "c", "_additional": {"id": "1", "score": "0.75", "distance": 0.1}}
        objects.on("/v1/graphql", Reply(200, {"data": {"Get": {"Product": [entry]}}}))
        vector_db_lookup("db", 'the "tent"', index="Product", text_field="title")
        assert 'nearText: {concepts: ["the \\"tent\\""]}' in body_of(objects)["query"]
        found = vector_db_lookup("db", "tent", vector=NEAR, index="Product", text_field="title")
        assert 'hybrid: {query: "tent", vector: [1.0, 0.1, 0.0]}' in body_of(objects)["query"]
        assert found[0]["score"] == 0.75

    @pytest.mark.parametrize("name", ["Product){x}}", "Pro duct", ""])
    def test_a_name_cannot_change_the_query(self, objects, name):
        with pytest.raises(UsageProblem):
            vector_db_lookup("db", vector=NEAR, index=name, text_field="title")
        with pytest.raises(UsageProblem):
            vector_db_lookup("db", vector=NEAR, index="Product", text_field="title", filter={"path}": 1})
        assert objects.received == []

    def test_a_wrong_class_property_key_and_filter_are_told(self, objects):
        with pytest.raises(ToolFailed, match="there are: Product, Manual"):
            vector_db_lookup("db", vector=NEAR, index="Nowhere", text_field="title")
        with pytest.raises(UsageProblem, match="it has title, kind"):
            vector_db_lookup("db", vector=NEAR, index="Product")
        with pytest.raises(ToolFailed, match="lengths"):
            vector_db_lookup("db", vector=[1.0], index="Product", text_field="title")
        pfconn.rotate("db", api_key="another-key-12345", test=False)
        with pytest.raises(ToolFailed, match="401"):
            vector_db_lookup("db", vector=NEAR, index="Product", text_field="title")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "nothing to look for"),
        ({"vector": NEAR, "top_k": 0}, "top_k"),
        ({"vector": "abc"}, "list of numbers"),
        ({"vector": []}, "list of numbers"),
        ({"query": "x", "mode": "vector"}, "needs a vector"),
        ({"vector": NEAR, "mode": "hybrid"}, "needs a query"),
        ({"vector": NEAR, "embed_with": "db"}, "makes the vector"),
    ],
)
def test_what_does_not_go_together_is_refused(azure, options, words):
    with pytest.raises(UsageProblem, match=words):
        vector_db_lookup("db", index="products", **options)
    assert azure.received == []


def test_an_index_must_be_named(azure):
    with pytest.raises(UsageProblem, match="No index is named"):
        vector_db_lookup("db", vector=NEAR)


def test_a_wrong_type(aoai):
    with pytest.raises(WrongConnectionType, match="takes cognitive_search, qdrant, weaviate"):
        vector_db_lookup(aoai, vector=NEAR, index="x")
