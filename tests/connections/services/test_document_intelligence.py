"""Document Intelligence, and Form Recognizer as it was: their tests, and the SDK on the same connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connections.services.situations import Case
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import InvalidConnection, NotSupported
from requirements import require
from standins.cognitive import KEY, Gateway, document_intelligence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pfconn_jupyter.connections.connection import Connection

    Make = Callable[..., Connection]

TYPE = "document_intelligence"
OLD = "2023-07-31"
GOOD = {"api_key": KEY}


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Return a running Document Intelligence that takes one key."""
    with document_intelligence(Gateway()) as running:
        yield running


@pytest.mark.parametrize(
    "case",
    [
        Case("right key", None, "ok", "key accepted; no document was read", fields=GOOD),
        Case("wrong key", None, "denied", "invalid subscription key", "KEY 1 or KEY 2"),
        Case("Form Recognizer's version", None, "ok", "key accepted", fields={**GOOD, "api_version": OLD}),
        Case(
            "a version that is none",
            None,
            "misconfigured",
            "Resource not found",
            "api_version",
            {**GOOD, "api_version": "2030-01-01"},
        ),
    ],
    ids=str,
)
def test_the_service(gateway: Gateway, connect: Make, case: Case) -> None:
    case.holds(check(connect(TYPE, gateway.url, **case.fields)))


@pytest.mark.parametrize(
    ("version", "path"),
    [
        ("2024-11-30", "/documentintelligence/info"),
        ("2023-10-31-preview", "/documentintelligence/info"),
        ("latest", "/documentintelligence/info"),
        (OLD, "/formrecognizer/info"),
        ("2022-08-31", "/formrecognizer/info"),
    ],
)
def test_the_path_is_that_of_the_version(gateway: Gateway, connect: Make, version: str, path: str) -> None:
    check(connect(TYPE, gateway.url, api_key=KEY, api_version=version))
    (request,) = gateway.received
    assert (request.path, request.query) == (path, {"api-version": [version]})


def test_the_sdk_takes_what_the_test_took(gateway: Gateway, connect: Make) -> None:
    require("azure.ai.documentintelligence")
    connection = connect(TYPE, gateway.url, api_key=KEY)
    assert check(connection).status == "ok"
    with connection.client(polling_interval=0) as client:
        read = client.begin_analyze_document("prebuilt-read", {"urlSource": "https://x.example/a.pdf"}).result()
    assert read.content == "hello"


def test_the_sdk_is_refused_where_the_test_was(gateway: Gateway, connect: Make) -> None:
    require("azure.ai.documentintelligence")
    from azure.core.exceptions import ClientAuthenticationError

    with connect(TYPE, gateway.url).client() as client, pytest.raises(ClientAuthenticationError):
        client.begin_analyze_document("prebuilt-read", {"urlSource": "https://x.example/a.pdf"})


def test_the_sdk_does_not_speak_form_recognizers_versions(gateway: Gateway, connect: Make) -> None:
    require("azure.ai.documentintelligence")
    old = connect(TYPE, gateway.url, api_key=KEY, api_version=OLD)
    with pytest.raises(NotSupported, match="does not speak api_version 2023-07-31") as caught:
        old.client()
    assert "--set api_version=2024-11-30" in caught.value.hint
    with old.client(api_version="2024-11-30", polling_interval=0) as client:
        assert client.begin_analyze_document("prebuilt-read", {"urlSource": "https://x.example/a.pdf"}).result()


def test_prompt_flows_api_type_is_left_out_and_said() -> None:
    fields = {"endpoint": "https://c.cognitiveservices.azure.com", "api_key": KEY, "api_version": OLD}
    told: list[str] = []
    made = build(connection_type("FormRecognizer"), {**fields, "api_type": "Form Recognizer"}, told.append)
    assert made.configs["api_version"] == OLD
    assert "api_type is left out" in told[0]


def test_another_services_api_type_is_refused() -> None:
    fields = {"endpoint": "https://c.cognitiveservices.azure.com", "api_key": KEY, "api_type": "Content Safety"}
    with pytest.raises(InvalidConnection, match="api_type: is always Form Recognizer"):
        build(connection_type("form_recognizer"), fields)
