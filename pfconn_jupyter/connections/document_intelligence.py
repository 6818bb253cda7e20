"""Azure AI Document Intelligence, which was Form Recognizer."""

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
from pfconn_jupyter.errors import NotSupported

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pfconn_jupyter.connections.probe import Probe

API_VERSION = "2024-11-30"
PATH = "/documentintelligence/info"
# Up to 2023-07-31, prompt flow's default, the service had its old name in its path (azure.md 3).
_FIRST_VERSION = "2023-10-31-preview"
_OLD_PATH = "/formrecognizer/info"


class DocumentIntelligenceConnection(CognitiveConnection):
    """A Document Intelligence resource. `client` returns a ``DocumentIntelligenceClient``."""

    TYPE: ClassVar[str] = "document_intelligence"
    LABEL: ClassVar[str] = "Document Intelligence"
    BADGE: ClassVar[str] = "DI"
    SUMMARY: ClassVar[str] = "Reads text, tables and fields out of documents (Form Recognizer)"
    EXTRA: ClassVar[str] = "document-intelligence"
    TEST_SPARES: ClassVar[str] = "reads no document"
    IMPLIED: ClassVar[Mapping[str, str]] = {"api_type": "Form Recognizer"}

    endpoint: Annotated[
        HostEndpoint,
        ask_endpoint(
            "https://contoso.cognitiveservices.azure.com",
            "DOCUMENTINTELLIGENCE_ENDPOINT",
            "AZURE_FORM_RECOGNIZER_ENDPOINT",
        ),
    ]
    auth_mode: Annotated[AuthMode, Ask("Sign in with", choices=AUTH_CHOICES)] = "key"
    api_key: Annotated[
        Secret | None, ask_key(RESOURCES, "DOCUMENTINTELLIGENCE_API_KEY", "AZURE_FORM_RECOGNIZER_KEY")
    ] = None
    api_version: Annotated[
        str,
        AfterValidator(check_api_version),
        Ask("API version", "2023-07-31 and before are Form Recognizer's.", advanced=True),
    ] = API_VERSION

    def probes(self) -> Iterator[Probe]:
        """Yield GET of the resource's limits: it reads no document."""
        path = _OLD_PATH if self._is_old() else PATH
        yield self.gateway_probe(path, self.api_version, "customDocumentModels", "no document was read")

    def client(self, **options: Any) -> Any:
        """Return a ``DocumentIntelligenceClient`` that goes to ``endpoint`` only; ``options`` go to its constructor.

        Raises
        ------
        NotSupported
            The api_version is one of Form Recognizer, which this SDK does not speak.
        """
        if self._is_old() and "api_version" not in options:
            raise NotSupported(
                f"The SDK of Document Intelligence does not speak api_version {self.api_version} of Form Recognizer.",
                f"%pfconn update {self.name or 'NAME'} --set api_version={API_VERSION},"
                f" or client(api_version='{API_VERSION}').",
            )
        return azure_client(
            self,
            "azure.ai.documentintelligence:DocumentIntelligenceClient",
            options,
            api_version=self.api_version,
        )

    def _is_old(self) -> bool:
        # Versions begin with their date; "latest" and "preview" come after all digits.
        return self.api_version < _FIRST_VERSION
