"""Azure AI Content Safety: a resource that rates texts and images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator

from pfconn_jupyter.connections.auth import AUTH_CHOICES, AuthMode
from pfconn_jupyter.connections.azure_sdk import azure_client
from pfconn_jupyter.connections.cognitive import RESOURCES, CognitiveConnection, ask_endpoint, ask_key
from pfconn_jupyter.connections.connection import Ask
from pfconn_jupyter.connections.endpoint import HostEndpoint
from pfconn_jupyter.connections.rules import check_api_version
from pfconn_jupyter.connections.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pfconn_jupyter.connections.probe import Probe

API_VERSION = "2024-09-01"
"""All versions before it were switched off in March 2025 (learn.microsoft.com, content-safety/whats-new)."""
CLIENT = "azure.ai.contentsafety:ContentSafetyClient"
PATH = "/contentsafety/text/blocklists"


class AzureContentSafetyConnection(CognitiveConnection):
    """A Content Safety resource. `client` returns an ``azure.ai.contentsafety.ContentSafetyClient``."""

    TYPE: ClassVar[str] = "azure_content_safety"
    LABEL: ClassVar[str] = "Azure AI Content Safety"
    BADGE: ClassVar[str] = "CS"
    SUMMARY: ClassVar[str] = "Rates texts and images for hate, self-harm, sexual content and violence"
    TOOLS: ClassVar[tuple[str, ...]] = ("Content Safety (Text)", "Python")
    EXTRA: ClassVar[str] = "content-safety"
    TEST_SPARES: ClassVar[str] = "analyses nothing"
    IMPLIED: ClassVar[Mapping[str, str]] = {"api_type": "Content Safety"}

    endpoint: Annotated[
        HostEndpoint,
        ask_endpoint(
            "https://contoso.cognitiveservices.azure.com", "CONTENT_SAFETY_ENDPOINT", "AZURE_CONTENT_SAFETY_ENDPOINT"
        ),
    ]
    auth_mode: Annotated[AuthMode, Ask("Sign in with", choices=AUTH_CHOICES)] = "key"
    api_key: Annotated[Secret | None, ask_key(RESOURCES, "CONTENT_SAFETY_KEY", "AZURE_CONTENT_SAFETY_KEY")] = None
    api_version: Annotated[str, AfterValidator(check_api_version), Ask("API version", advanced=True)] = API_VERSION

    def probes(self) -> Iterator[Probe]:
        """Yield GET of the names of the blocklists: it analyses nothing."""
        yield self.gateway_probe(PATH, self.api_version, "value", "no text was analysed")

    def client(self, **options: Any) -> Any:
        """Return a ``ContentSafetyClient`` that goes to ``endpoint`` only; ``options`` go to its constructor."""
        return azure_client(self, CLIENT, options, api_version=self.api_version)
