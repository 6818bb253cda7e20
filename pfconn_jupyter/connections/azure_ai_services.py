"""Azure AI services: one resource, one key, several services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pfconn_jupyter.connections.auth import AUTH_CHOICES, AuthMode
from pfconn_jupyter.connections.azure_content_safety import API_VERSION, CLIENT, PATH
from pfconn_jupyter.connections.azure_sdk import azure_client
from pfconn_jupyter.connections.cognitive import RESOURCES, CognitiveConnection, ask_endpoint, ask_key
from pfconn_jupyter.connections.connection import Ask
from pfconn_jupyter.connections.document_intelligence import API_VERSION as DOCUMENTS_VERSION
from pfconn_jupyter.connections.document_intelligence import PATH as DOCUMENTS_PATH
from pfconn_jupyter.connections.endpoint import HostEndpoint
from pfconn_jupyter.connections.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pfconn_jupyter.connections.probe import Probe

_LEAVES_OPEN = "the resource's other services not checked"


class AzureAIServicesConnection(CognitiveConnection):
    """A multi-service resource. `client` returns the client of its Content Safety."""

    TYPE: ClassVar[str] = "azure_ai_services"
    LABEL: ClassVar[str] = "Azure AI services"
    BADGE: ClassVar[str] = "AI"
    SUMMARY: ClassVar[str] = "One address and key for several AI services of Azure"
    TOOLS: ClassVar[tuple[str, ...]] = ("Content Safety (Text)", "Python")
    EXTRA: ClassVar[str] = "content-safety"
    TEST_SPARES: ClassVar[str] = "analyses nothing"

    endpoint: Annotated[
        HostEndpoint, ask_endpoint("https://contoso.cognitiveservices.azure.com", "AZURE_AI_SERVICES_ENDPOINT")
    ]
    auth_mode: Annotated[AuthMode, Ask("Sign in with", choices=AUTH_CHOICES)] = "key"
    api_key: Annotated[Secret | None, ask_key(RESOURCES, "AZURE_AI_SERVICES_KEY")] = None

    def probes(self) -> Iterator[Probe]:
        """Yield GET of Content Safety's blocklists, and where it is not known, of Document Intelligence's limits."""
        yield self.gateway_probe(PATH, API_VERSION, "value", _LEAVES_OPEN, next_on=(404,))
        yield self.gateway_probe(DOCUMENTS_PATH, DOCUMENTS_VERSION, "customDocumentModels", _LEAVES_OPEN)

    def client(self, **options: Any) -> Any:
        """Return a ``ContentSafetyClient``, as the Content Safety tool uses it; ``options`` go to its constructor.

        For the resource's other services, give ``conn.endpoint`` and
        ``conn.api_key.reveal()`` to their own SDK.
        """
        return azure_client(self, CLIENT, options, api_version=API_VERSION)
