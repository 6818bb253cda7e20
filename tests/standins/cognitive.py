"""Azure's Cognitive Services gateway, and what stands behind it; from the documented answers (sources below)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from http.server import BaseHTTPRequestHandler

    import trustme

KEY = "b7e4f1d2c9a86350-standin-key"
# BotSharp issue 386, semantic-kernel issue 10337.
WRONG_KEY = Reply(
    401,
    {
        "error": {
            "code": "401",
            "message": "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a"
            " valid key for an active subscription and use a correct regional API endpoint for your resource.",
        }
    },
    {"apim-request-id": "4f1e-standin"},
)
# LibreChat issue 4767.
WRONG_TOKEN = Reply(
    401,
    {
        "statusCode": 401,
        "message": "Unauthorized. Access token is missing, invalid, audience is incorrect"
        " (https://cognitiveservices.azure.com), or have expired.",
    },
)
UNKNOWN = Reply(404, {"error": {"code": "404", "message": "Resource not found"}})


class Gateway(Service):
    """Lets in who has ``key``, or ``token``, and asks for one of ``versions``."""

    def __init__(
        self, key: str = KEY, token: str = "", certificate: trustme.LeafCert | None = None, header: str = ""
    ) -> None:
        super().__init__(certificate)
        self._key, self._token = key, token
        self._header = header or "Ocp-Apim-Subscription-Key"

    def guard(
        self, path: str, versions: Collection[str], answer: Callable[[str, dict[str, Any]], Reply] | Reply
    ) -> Gateway:
        """Answer ``path`` with a reply, or with what ``answer(method, body)`` returns."""

        def reply(handler: BaseHTTPRequestHandler) -> None:
            self._answer(handler, versions, answer)(handler)

        self.on(path, reply)
        return self

    def _answer(
        self,
        handler: BaseHTTPRequestHandler,
        versions: Collection[str],
        answer: Callable[[str, dict[str, Any]], Reply] | Reply,
    ) -> Reply:
        given = handler.headers.get("Authorization", "")
        if given and (not self._token or given != f"Bearer {self._token}"):
            return WRONG_TOKEN
        if not given and handler.headers.get(self._header) != self._key:
            return WRONG_KEY
        version = parse_qs(urlsplit(handler.path).query).get("api-version", [""])[0]
        if versions and version not in versions:
            return UNKNOWN
        if isinstance(answer, Reply):
            return answer
        body = self.received[-1].body
        return answer(handler.command, json.loads(body) if body else {})


def content_safety(gateway: Gateway) -> Gateway:
    """Put Content Safety behind ``gateway``; a text with "kill" in it is violent.

    azure-rest-api-specs, contentsafety.json 2024-09-01.
    """
    lists = {"value": [{"blocklistName": "words", "description": "ours"}]}

    def analyze(method: str, body: dict[str, Any]) -> Reply:
        if not body.get("text"):
            return Reply(400, {"error": {"code": "InvalidRequestBody", "message": "The request body is invalid."}})
        severity = {"Violence": 4} if "kill" in body["text"] else {}
        found = [{"category": c, "severity": severity.get(c, 0)} for c in ("Hate", "SelfHarm", "Sexual", "Violence")]
        return Reply(200, {"blocklistsMatch": [], "categoriesAnalysis": found})

    versions = {"2024-09-01", "2024-09-15-preview"}
    gateway.guard("/contentsafety/text/blocklists", versions, Reply(200, lists))
    return gateway.guard("/contentsafety/text:analyze", versions, analyze)


def document_intelligence(gateway: Gateway) -> Gateway:
    """Put Document Intelligence behind ``gateway``: its limits, and a model that reads "hello" out of all.

    azure-rest-api-specs, DocumentIntelligence.json 2024-11-30; Form Recognizer 2023-07-31.
    """
    root = "/documentintelligence"
    info = {"customDocumentModels": {"count": 2, "limit": 20000}}
    read = f"{root}/documentModels/prebuilt-read"
    result = f"{read}/analyzeResults/1"
    analyzed = {"apiVersion": "2024-11-30", "modelId": "prebuilt-read", "content": "hello", "pages": []}
    done = {
        "status": "succeeded",
        "createdDateTime": "2026-11-24T10:00:00Z",
        "lastUpdatedDateTime": "2026-11-24T10:00:01Z",
        "analyzeResult": {**analyzed, "stringIndexType": "textElements"},
    }
    versions = {"2024-11-30"}
    later = Reply(202, b"", {"Operation-Location": f"{gateway.url}{result}?api-version=2024-11-30"})
    gateway.guard("/formrecognizer/info", {"2023-07-31", "2022-08-31"}, Reply(200, info))
    gateway.guard(f"{root}/info", versions, Reply(200, info))
    gateway.guard(f"{read}:analyze", versions, later)
    return gateway.guard(result, versions, Reply(200, done))
