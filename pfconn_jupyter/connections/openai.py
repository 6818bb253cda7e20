"""OpenAI, or any server that speaks its protocol (vLLM, Ollama, LiteLLM)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pfconn_jupyter.connections.connection import Ask, Connection
from pfconn_jupyter.connections.endpoint import Endpoint
from pfconn_jupyter.connections.one_token import one_token_probes
from pfconn_jupyter.connections.openai_sdk import openai_client
from pfconn_jupyter.connections.probe import Probe, Reading
from pfconn_jupyter.connections.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pfconn_jupyter.connections.probe import EntraToken

PUBLIC = "https://api.openai.com/v1"
_READINGS = (
    Reading(
        401,
        "denied",
        "The key is of another organization: compare it with the organization field.",
        words="organization",
    ),
    Reading(401, "denied", "Create a new key at platform.openai.com/api-keys and run %pfconn rotate."),
    Reading(403, "denied", "The country or network is not served: call from another one.", words="country"),
    Reading(
        429,
        "throttled",
        "The account has no credit left: see platform.openai.com/settings/organization/billing.",
        words="quota",
    ),
    Reading(404, "misconfigured", "base_url usually ends with /v1: compare it with the server's documentation."),
)


class OpenAIConnection(Connection):
    """An OpenAI account or a server like it. `client` returns an ``openai.OpenAI``."""

    TYPE: ClassVar[str] = "openai"
    LABEL: ClassVar[str] = "OpenAI"
    BADGE: ClassVar[str] = "OA"
    SUMMARY: ClassVar[str] = "OpenAI, or a server that speaks its protocol"
    TOOLS: ClassVar[tuple[str, ...]] = ("LLM", "Embedding", "Python")
    ENDPOINT: ClassVar[str] = "base_url"
    DEFAULT_ENDPOINT: ClassVar[str] = PUBLIC
    HOSTS: ClassVar[tuple[str, ...]] = ("api.openai.com", ".api.openai.com")
    EXTRA: ClassVar[str] = "openai"

    api_key: Annotated[
        Secret,
        Ask(
            "API key",
            "Create one at",
            where="https://platform.openai.com/api-keys",
            where_title="platform.openai.com",
            env=("OPENAI_API_KEY",),
        ),
    ]
    base_url: Annotated[
        Endpoint | None,
        Ask(
            "Base URL",
            "Only for another server of the same protocol.",
            PUBLIC,
            env=("OPENAI_BASE_URL",),
            advanced=True,
        ),
    ] = None
    organization: Annotated[
        str | None, Ask("Organization", placeholder="org-…", env=("OPENAI_ORG_ID",), advanced=True)
    ] = None
    model: Annotated[str | None, Ask("Model", "Used when a call names none.", "gpt-4o-mini", advanced=True)] = None

    def probes(self) -> Iterator[Probe]:
        """Yield GET of the models, which spends no tokens and so cannot see exhausted credit."""
        yield Probe(
            f"{self.endpoint_url}/models",
            headers=self._headers(),
            leaves_open="credit and models not checked",
            expect_key="data",
            readings=_READINGS,
        )

    def deployment_probes(self, deployment: str) -> Iterator[Probe]:
        """Yield requests to exactly this model; see `one_token_probes`. Exhausted credit shows here."""
        hint = f"Compare {deployment} with the models of this account or server."
        yield from one_token_probes(
            lambda operation: f"{self.endpoint_url}/{operation}",
            deployment,
            what=f"model {deployment}",
            headers=self._headers(),
            # vLLM and Ollama word it as OpenAI does: the model does not exist, or was not found.
            readings=(Reading(404, "not_found", hint, "model"), *_READINGS),
            instead=next(self.probes()),
        )

    def _headers(self) -> dict[str, str | Secret | EntraToken]:
        organization = {"OpenAI-Organization": self.organization} if self.organization else {}
        return {"Authorization": self.api_key.prefixed("Bearer "), **organization}

    def client(self, **options: Any) -> Any:
        """Return an ``openai.OpenAI`` that goes to ``base_url`` only; ``options`` go to its constructor."""
        return openai_client(self, {"organization": self.organization}, options)
