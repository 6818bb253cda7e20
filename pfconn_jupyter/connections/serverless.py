"""Serverless models of Azure AI Foundry: an endpoint of one model, with a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator

from pfconn_jupyter.connections.connection import Ask, Connection
from pfconn_jupyter.connections.endpoint import check_endpoint, rule
from pfconn_jupyter.connections.one_token import one_token_probes
from pfconn_jupyter.connections.openai_sdk import openai_client
from pfconn_jupyter.connections.probe import Probe, Reading
from pfconn_jupyter.connections.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

INFO_VERSION = "2024-05-01-preview"
_CALLS = ("/chat/completions", "/completions", "/embeddings", "/images/embeddings")
_KEY_PAGE = "the endpoint's page in Azure AI Foundry"
_READINGS = (
    Reading(401, "denied", f"Copy the key again from {_KEY_PAGE}; a key of another endpoint is refused."),
    Reading(403, "denied", f"Keys may be switched off, or the network closed: see {_KEY_PAGE}, or ask its owner."),
    Reading(404, "not_found", f"Compare api_base with the target address on {_KEY_PAGE}; the endpoint may be deleted."),
    Reading(
        429, "throttled", "Test again in a minute: the endpoint's limit of requests or tokens per minute is reached."
    ),
)


def _only_base(value: str) -> str:
    text = check_endpoint(value)
    path = urlsplit(text).path
    for call in _CALLS:
        if path.endswith(call):
            kept = text.removesuffix(call)
            raise rule("names one call; the SDK adds it.", f"Keep {kept}.", kept)
    return text


class ServerlessConnection(Connection):
    """A serverless model. `client` returns an ``openai.OpenAI`` for it, as prompt flow calls it."""

    TYPE: ClassVar[str] = "serverless"
    LABEL: ClassVar[str] = "Serverless model"
    BADGE: ClassVar[str] = "SM"
    SUMMARY: ClassVar[str] = "A model of the Foundry catalog behind its own endpoint"
    TOOLS: ClassVar[tuple[str, ...]] = ("LLM", "Embedding", "Python")
    ENDPOINT: ClassVar[str] = "api_base"
    HOSTS: ClassVar[tuple[str, ...]] = (
        ".models.ai.azure.com",
        ".inference.ai.azure.com",
        ".services.ai.azure.com",
        ".inference.ml.azure.com",
    )
    EXTRA: ClassVar[str] = "openai"
    TEST_SPARES: ClassVar[str] = "spends no tokens"

    api_base: Annotated[
        str,
        AfterValidator(_only_base),
        Ask(
            "Endpoint",
            "The model's target address, without /chat/completions.",
            "https://contoso.eastus2.models.ai.azure.com",
            env=("AZURE_AI_CHAT_ENDPOINT", "AZUREAI_ENDPOINT_URL"),
        ),
    ]
    api_key: Annotated[
        Secret,
        Ask(
            "API key",
            "On the endpoint's page, under Deployments in",
            where="https://ai.azure.com/",
            where_title="Azure AI Foundry",
            env=("AZURE_AI_CHAT_KEY", "AZUREAI_ENDPOINT_KEY"),
        ),
    ]

    @property
    def base_url(self) -> str:
        """The address below which OpenAI's calls are: prompt flow adds ``/v1`` too."""
        return self.api_base if self.api_base.endswith("/v1") else f"{self.api_base}/v1"

    def probes(self) -> Iterator[Probe]:
        """Yield GET of what the endpoint says of its model, and where it says nothing, of the list of models."""
        root = self.base_url.removesuffix("/v1")
        for url, query, expect_key, next_on in (
            (f"{root}/info", {"api-version": INFO_VERSION}, "model_name", {404}),
            (f"{self.base_url}/models", {}, "data", set[int]()),
        ):
            yield Probe(
                url,
                headers={"Authorization": self.api_key.prefixed("Bearer ")},
                query=query,
                leaves_open="the model was not called",
                expect_key=expect_key,
                readings=_READINGS,
                next_on=frozenset(next_on),
            )

    def deployment_probes(self, deployment: str) -> Iterator[Probe]:
        """Yield requests to the endpoint's model, under this name; see `one_token_probes`."""
        yield from one_token_probes(
            lambda operation: f"{self.base_url}/{operation}",
            deployment,
            what=f"model {deployment}",
            headers={"Authorization": self.api_key.prefixed("Bearer ")},
            readings=_READINGS,
        )

    def client(self, **options: Any) -> Any:
        """Return an ``openai.OpenAI`` that goes to ``api_base`` only; ``options`` go to its constructor."""
        return openai_client(self, {}, options, self.base_url)
