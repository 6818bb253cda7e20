"""A resource of several AI services: what its test proves where which of them answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connections.services.situations import Case
from pfconn_jupyter.checks.runner import check
from requirements import require
from standins.cognitive import KEY, Gateway, content_safety, document_intelligence

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.connections.connection import Connection

    Make = Callable[..., Connection]

TYPE = "azure_ai_services"
SAFETY, DOCUMENTS = "/contentsafety/text/blocklists", "/documentintelligence/info"
RIGHT = Case("right key", None, "ok", "key accepted; the resource's other services not checked")
WRONG = Case("wrong key", None, "denied", "invalid subscription key", "KEY 1 or KEY 2")


@pytest.mark.parametrize(
    ("parts", "paths"),
    [((content_safety,), [SAFETY]), ((document_intelligence,), [SAFETY, DOCUMENTS])],
    ids=["with Content Safety", "without it"],
)
def test_a_service_that_is_there_proves_the_key(connect: Make, parts: tuple, paths: list[str]) -> None:
    with Gateway() as gateway:
        for part in parts:
            part(gateway)
        RIGHT.holds(check(connect(TYPE, gateway.url, api_key=KEY)))
        assert [r.path for r in gateway.received] == paths
        WRONG.holds(check(connect(TYPE, gateway.url)))


def test_neither_is_there(connect: Make) -> None:
    with Gateway() as gateway:
        outcome = check(connect(TYPE, gateway.url, api_key=KEY))
        assert (outcome.status, outcome.http) == ("misconfigured", 404)
        assert outcome.hint.startswith("Compare endpoint with the page Keys and Endpoint of the resource.")


def test_the_sdk_takes_what_the_test_took(connect: Make) -> None:
    require("azure.ai.contentsafety")
    from azure.ai.contentsafety.models import AnalyzeTextOptions
    from azure.core.exceptions import ClientAuthenticationError

    with content_safety(Gateway()) as gateway:
        with connect(TYPE, gateway.url, api_key=KEY).client() as client:
            assert len(client.analyze_text(AnalyzeTextOptions(text="hello")).categories_analysis) == 4
        with connect(TYPE, gateway.url).client() as client, pytest.raises(ClientAuthenticationError):
            client.analyze_text(AnalyzeTextOptions(text="hello"))
