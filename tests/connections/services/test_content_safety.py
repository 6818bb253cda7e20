"""Azure AI Content Safety: what its test says, and that its SDK takes the same connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connections.services.situations import Case
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.spec import from_yaml
from requirements import require
from standins.cognitive import KEY, Gateway, content_safety

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pfconn_jupyter.connections.connection import Connection

    Make = Callable[..., Connection]

TYPE = "azure_content_safety"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Return a running Content Safety that takes one key."""
    with content_safety(Gateway()) as running:
        yield running


@pytest.mark.parametrize(
    "case",
    [
        Case("right key", None, "ok", "key accepted; no text was analysed", fields={"api_key": KEY}),
        Case("wrong key", None, "denied", "invalid subscription key", "KEY 1 or KEY 2"),
        # Switched off in March 2025; prompt flow's default.
        Case(
            "prompt flow's old version",
            None,
            "misconfigured",
            "Resource not found",
            "api_version with the service's list",
            {"api_key": KEY, "api_version": "2023-10-01"},
        ),
    ],
    ids=str,
)
def test_the_service(gateway: Gateway, connect: Make, case: Case) -> None:
    case.holds(check(connect(TYPE, gateway.url, **case.fields)))


def test_what_is_sent(gateway: Gateway, connect: Make) -> None:
    outcome = check(connect(TYPE, gateway.url + "/", api_key=KEY))
    (request,) = gateway.received
    assert (request.method, request.path) == ("GET", "/contentsafety/text/blocklists")
    assert request.query == {"api-version": ["2024-09-01"]}
    assert request.headers["ocp-apim-subscription-key"] == KEY
    assert "authorization" not in request.headers
    assert outcome.http == 200


def test_the_request_id_of_a_refusal_is_told(gateway: Gateway, connect: Make) -> None:
    assert check(connect(TYPE, gateway.url)).request_id == "4f1e-standin"


def test_the_sdk_takes_what_the_test_took(gateway: Gateway, connect: Make) -> None:
    require("azure.ai.contentsafety")
    from azure.ai.contentsafety.models import AnalyzeTextOptions

    connection = connect(TYPE, gateway.url, api_key=KEY)
    assert check(connection).status == "ok"
    with connection.client() as client:
        found = client.analyze_text(AnalyzeTextOptions(text="kill them"))
    assert {c.category: c.severity for c in found.categories_analysis}["Violence"] == 4
    assert gateway.received[-1].query == {"api-version": ["2024-09-01"]}, "not the SDK's own old one"


def test_the_sdk_is_refused_where_the_test_was(gateway: Gateway, connect: Make) -> None:
    require("azure.ai.contentsafety")
    from azure.ai.contentsafety.models import AnalyzeTextOptions
    from azure.core.exceptions import ClientAuthenticationError

    with connect(TYPE, gateway.url).client() as client, pytest.raises(ClientAuthenticationError):
        client.analyze_text(AnalyzeTextOptions(text="hello"))


def test_what_prompt_flow_wrote_is_accepted() -> None:
    from pfconn_jupyter.connections.build import build
    from pfconn_jupyter.connections.registry import connection_type

    text = f"""
$schema: https://azuremlschemas.azureedge.net/promptflow/latest/AzureContentSafetyConnection.schema.json
name: safety
type: azure_content_safety
api_key: "{KEY}"
endpoint: https://contoso.cognitiveservices.azure.com/
api_version: "2023-10-01"
api_type: Content Safety
"""
    spec = from_yaml(text, "safety.yml")
    told: list[str] = []
    made = build(connection_type(spec.type), spec.fields, told.append)
    assert made.configs == {
        "endpoint": "https://contoso.cognitiveservices.azure.com",
        "auth_mode": "key",
        "api_version": "2023-10-01",
    }
    assert told == ["api_type is left out: it is Content Safety for every Azure AI Content Safety connection."]
