"""How Azure's Cognitive Services gateway refuses, and what is made of it: the same for all that stand behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connections.services.situations import Case
from pfconn_jupyter import identity
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.cognitive_refusals import resource_of
from standins.cognitive import WRONG_KEY, WRONG_TOKEN
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.connections.connection import Connection

    Make = Callable[..., Connection]

ROLES = {
    "azure_openai": "Cognitive Services OpenAI User",
    "azure_content_safety": "Cognitive Services User",
    "azure_ai_services": "Cognitive Services User",
    "document_intelligence": "Cognitive Services User",
}
ENTRA = {"auth_mode": "meid_token"}
DAYS_15 = {"Retry-After": "1296000"}


def refusal(http: int, message: str, code: str = "", **headers: str) -> Reply:
    return Reply(http, {"error": {"code": code or str(http), "message": message}}, headers)


SPENT = (
    "Out of call volume quota for TextAnalytics F0 pricing tier. Please retry after 15 days. To increase your call"
    " volume switch to a paid tier."
)
TOO_FAST = "Requests have exceeded call rate limit of your current tier. Please retry after 26 seconds."
NO_ACTION = (
    "The principal `1234` lacks the required data action `Microsoft.CognitiveServices/accounts/x` to perform it."
)
TABLE = (
    Case("wrong key, or of another resource or region", WRONG_KEY, "denied", "invalid subscription key", "KEY 1 or"),
    Case(
        "wrong key, the gateway's other wording",
        refusal(401, "Access denied due to invalid subscription key or wrong API endpoint.", "Unauthorized"),
        "denied",
        "invalid subscription key",
        "a key of another resource or region is refused",
    ),
    Case(
        "keys switched off",
        refusal(403, "Key based authentication is disabled for this resource.", "AuthenticationTypeDisabled"),
        "denied",
        "Key based authentication is disabled",
        "%pfconn update NAME --set auth_mode=meid_token, with the role {role}",
    ),
    Case(
        "missing role",
        refusal(401, "Principal does not have access to API/Operation.", "PermissionDenied"),
        "denied",
        "Principal does not have access",
        "the role {role} on the resource",
        ENTRA,
    ),
    Case(
        "missing data action",
        refusal(401, NO_ACTION, "PermissionDenied"),
        "denied",
        "lacks the required",
        "{role}",
        ENTRA,
    ),
    Case("missing data action, as 403", refusal(403, NO_ACTION), "denied", "lacks the required", "{role}", ENTRA),
    Case("a token that is not accepted", WRONG_TOKEN, "denied", "Access token is missing", "--tenant", ENTRA),
    Case(
        "signed in to another tenant",
        refusal(400, "Token tenant 1234 does not match resource tenant.", "Tenant provided in token does not match"),
        "denied",
        "does not match resource tenant",
        "%pfconn login --tenant TENANT",
        ENTRA,
    ),
    Case(
        "Entra on a region's address",
        refusal(400, "Please provide an authentication key.", "BadRequest"),
        "misconfigured",
        "authentication key",
        "https://NAME.cognitiveservices.azure.com",
        ENTRA,
    ),
    Case(
        "closed to this network",
        refusal(403, "Access denied due to Virtual Network/Firewall rules."),
        "denied",
        "Virtual Network",
        "Only its own networks may call the resource",
    ),
    Case(
        "private endpoint from outside",
        refusal(403, "Public access is disabled. Please configure private endpoint."),
        "denied",
        "private endpoint",
        "from a machine in there",
    ),
    Case("some other 403", refusal(403, "No."), "denied", "No.", "{role}"),
    Case("the free tier is used up", refusal(403, SPENT), "throttled", "15 days", "paid tier"),
    Case(
        "the free tier is used up, with Retry-After",
        Reply(403, {"error": {"code": "403", "message": SPENT}}, DAYS_15),
        "throttled",
        "asks to wait 15 days",
        "paid tier",
    ),
    Case("too many requests", refusal(429, TOO_FAST), "throttled", "rate limit", "again in 26 s: the rate limit of"),
    Case(
        "a version that it names",
        refusal(400, "Unsupported api-version '2020-01-01'.", "UnsupportedApiVersionValue"),
        "misconfigured",
        "api-version",
        "Keys and Endpoint",
    ),
    Case("nothing at this path", refusal(404, "Resource not found"), "misconfigured", "not found", "Compare"),
)


@pytest.mark.parametrize("case", TABLE, ids=str)
@pytest.mark.parametrize("word", ROLES)
def test_refusals(service: Service, connect: Make, monkeypatch: pytest.MonkeyPatch, word: str, case: Case) -> None:
    monkeypatch.setattr(identity, "token_text", lambda scope: "an-entra-token-123")
    service.on(Service.ANY, case.reply)
    case.holds(check(connect(word, service.url, **case.fields)), role=ROLES[word])


@pytest.mark.parametrize(
    ("word", "fields", "said"),
    [
        ("azure_openai", {"api_base": "https://contoso.openai.azure.com"}, "the resource contoso"),
        (
            "azure_openai",
            {"api_base": "https://x.openai.azure.com", "resource_id": "/subscriptions/1/r/contoso"},
            "/subscriptions/1/r/contoso",
        ),
        ("azure_content_safety", {"endpoint": "https://cs1.cognitiveservices.azure.com"}, "the resource cs1"),
        ("azure_ai_services", {"endpoint": "https://f1.services.ai.azure.com"}, "the resource f1"),
        ("document_intelligence", {"endpoint": "https://westeurope.api.cognitive.microsoft.com"}, "the resource"),
        ("document_intelligence", {"endpoint": "https://gateway.azure-api.net"}, "the resource"),
        ("document_intelligence", {"endpoint": "http://127.0.0.1:9"}, "the resource"),
    ],
)
def test_the_scope_of_a_role_is_named(connect: Make, word: str, fields: dict[str, Any], said: str) -> None:
    address, *_ = fields.values()
    connection: Any = connect(word, "http://127.0.0.1", **fields)
    assert connection.endpoint_url == address
    assert resource_of(connection) == said


@pytest.mark.parametrize("word", ROLES)
def test_a_typing_error_in_the_host_is_told(connect: Make, word: str) -> None:
    outcome = check(connect(word, "https://contoso.cognitiveservices.azur.invalid"))
    assert outcome.status == "unreachable"
    assert "typing error" in outcome.hint
