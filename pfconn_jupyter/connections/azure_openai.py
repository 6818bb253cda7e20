"""Azure OpenAI: a resource's endpoint with a key, or Microsoft Entra ID."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from urllib.parse import quote

from pydantic import AfterValidator

from pfconn_jupyter.connections.auth import AUTH_CHOICES, AuthMode, KeyOrEntra
from pfconn_jupyter.connections.cognitive import ask_endpoint, ask_key
from pfconn_jupyter.connections.cognitive_refusals import readings
from pfconn_jupyter.connections.connection import Ask
from pfconn_jupyter.connections.endpoint import HostEndpoint
from pfconn_jupyter.connections.one_token import one_token_probes
from pfconn_jupyter.connections.openai_sdk import azure_client
from pfconn_jupyter.connections.probe import Probe, Reading
from pfconn_jupyter.connections.rules import check_api_version
from pfconn_jupyter.connections.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

PORTAL = "https://portal.azure.com/#view/Microsoft_Azure_ProjectOxford/CognitiveServicesHub/~/OpenAI"
ROLE = "Cognitive Services OpenAI User"


class AzureOpenAIConnection(KeyOrEntra):
    """An Azure OpenAI resource. `client` returns an ``openai.AzureOpenAI``."""

    TYPE: ClassVar[str] = "azure_openai"
    LABEL: ClassVar[str] = "Azure OpenAI"
    BADGE: ClassVar[str] = "AO"
    SUMMARY: ClassVar[str] = "Models of your Azure OpenAI or Foundry resource"
    TOOLS: ClassVar[tuple[str, ...]] = ("LLM", "Embedding", "Python")
    ENDPOINT: ClassVar[str] = "api_base"
    HOSTS: ClassVar[tuple[str, ...]] = (
        ".openai.azure.com",
        ".cognitiveservices.azure.com",
        ".services.ai.azure.com",
        ".api.cognitive.microsoft.com",
        ".azure-api.net",
        ".openai.azure.us",
        ".openai.azure.cn",
    )
    EXTRA: ClassVar[str] = "openai"
    # Both measured: openai 3.54, agent-framework-openai 1.17.
    RIVALS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("AZURE_OPENAI_AD_TOKEN", "the openai SDK uses that token and not the key"),
        ("OPENAI_API_KEY", "Agent Framework goes to api.openai.com with it unless it is given an azure_endpoint"),
        ("AZURE_OPENAI_BASE_URL", "Agent Framework takes no endpoint beside it, and fails"),
    )
    TEST_SPARES: ClassVar[str] = "spends no tokens"

    api_base: Annotated[HostEndpoint, ask_endpoint("https://contoso.openai.azure.com", "AZURE_OPENAI_ENDPOINT")]
    auth_mode: Annotated[AuthMode, Ask("Sign in with", choices=AUTH_CHOICES)] = "key"
    api_key: Annotated[Secret | None, ask_key(PORTAL, "AZURE_OPENAI_API_KEY")] = None
    api_version: Annotated[
        str,
        AfterValidator(check_api_version),
        Ask("API version", env=("OPENAI_API_VERSION", "AZURE_OPENAI_API_VERSION"), advanced=True),
    ] = "2024-10-21"
    deployment: Annotated[
        str | None,
        Ask(
            "Deployment",
            "The deployment that client() and the tools use when none is named.",
            "gpt-4o-mini",
            # Agent Framework reads the MODEL names, Microsoft's guides and examples use the others.
            env=(
                "AZURE_OPENAI_DEPLOYMENT",
                "AZURE_OPENAI_MODEL",
                "AZURE_OPENAI_CHAT_MODEL",
                "AZURE_OPENAI_CHAT_COMPLETION_MODEL",
                "AZURE_OPENAI_CHAT_DEPLOYMENT_NAME",
                "AZURE_OPENAI_CHAT_DEPLOYMENT",
            ),
            advanced=True,
        ),
    ] = None
    resource_id: Annotated[
        str | None,
        Ask(
            "Resource ID",
            "Lets a failed test name the resource on which a role is missing.",
            "/subscriptions/…",
            advanced=True,
        ),
    ] = None
    api_type: Annotated[Literal["azure"], Ask("API type", advanced=True)] = "azure"

    def probes(self) -> Iterator[Probe]:
        """Yield GET of the models: the v1 path, and where that is unknown the classic one."""
        leaves_open = "no deployment was called"
        for path, query, next_on in (
            ("/openai/v1/models", {}, frozenset({404})),
            ("/openai/models", {"api-version": self.api_version}, frozenset[int]()),
        ):
            yield Probe(
                self.api_base + path,
                headers=self.auth_headers(),
                query=query,
                proves=self.proven,
                leaves_open=leaves_open,
                expect_key="data",
                readings=readings(self, ROLE),
                next_on=next_on,
            )

    def deployment_probes(self, deployment: str) -> Iterator[Probe]:
        """Yield requests to exactly this deployment; see `one_token_probes`."""
        path = f"{self.api_base}/openai/deployments/{quote(deployment, safe='')}"
        missing = Reading(404, "not_found", self._no_deployment(deployment), "DeploymentNotFound")
        yield from one_token_probes(
            lambda operation: f"{path}/{operation}",
            deployment,
            what=f"deployment {deployment}",
            headers=self.auth_headers(),
            query={"api-version": self.api_version},
            readings=(missing, *readings(self, ROLE)),
        )

    def _no_deployment(self, deployment: str) -> str:
        # Its list of models holds base models; that of deployments left the data plane in 2023 (azure.md 3).
        own = f" This connection's own is {self.deployment}." if self.deployment not in (None, deployment) else ""
        return (
            f"Compare {deployment} with Deployments in the portal: the service lists base models, not deployments."
            f"{own} One made in the last 5 minutes may still be on its way: wait, and test again."
        )

    def client(self, **options: Any) -> Any:
        """Return an ``openai.AzureOpenAI`` that goes to ``api_base`` only; ``options`` go to its constructor."""
        defaults = {"api_version": self.api_version, "azure_deployment": self.deployment}
        return azure_client(self, self.token_scope, defaults, options)
