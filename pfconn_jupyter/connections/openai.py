"""OpenAI, or any server that speaks its protocol (vLLM, Ollama, LiteLLM)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from urllib.parse import urlsplit

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
_KEYS = "platform.openai.com/api-keys"
_ORGANIZATION = "The key is of another organization: compare it with the organization field."
_RESTRICTED = f"The key is restricted: allow it to read models at {_KEYS}, or use another one."
_NETWORK = "The organization lets only some addresses in: call from one of them, or ask its owner."
_CREDIT = "The account has no credit left: see platform.openai.com/settings/organization/billing."
_OF_OPENAI: tuple[Reading, ...] = (
    Reading(401, "denied", _RESTRICTED, words="missing scopes"),
    Reading(403, "denied", _RESTRICTED, words="missing scopes"),
    Reading(401, "denied", _NETWORK, words="ip not authorized"),
    Reading(401, "denied", _NETWORK, words="allowlist"),
    Reading(401, "denied", _ORGANIZATION, words="organization"),
    Reading(401, "denied", f"Create a new key at {_KEYS} and run %pfconn rotate."),
    Reading(403, "denied", "The country or network is not served: call from another one.", words="country"),
    Reading(429, "throttled", _CREDIT, words="quota"),
    Reading(429, "throttled", _CREDIT, words="credit"),
    Reading(429, "throttled", "Test again in a minute: the organization's limit of requests is reached."),
)
# vLLM, Ollama, LiteLLM and others word theirs each in its own way.
_OF_OTHERS = (
    Reading(401, "denied", "Compare the key with the one that the server was started with (vLLM: --api-key)."),
    Reading(403, "denied", "The server knows the key but does not let it list models: ask its administrator."),
)
_PATH = Reading(
    404, "misconfigured", "base_url usually ends with /v1: compare it, and its port, with the server's documentation."
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
    RIVALS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("OPENAI_API_BASE", "LangChain sends the key there, and not to OPENAI_BASE_URL"),
        ("OPENAI_PROJECT_ID", "the openai SDK names that project to the service, and it must be the key's own"),
    )
    TEST_SPARES: ClassVar[str] = "spends no tokens"

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
    model: Annotated[
        str | None,
        Ask(
            "Model",
            "The model that the tools use when none is named.",
            "gpt-4o-mini",
            env=("OPENAI_MODEL", "OPENAI_CHAT_MODEL", "OPENAI_CHAT_COMPLETION_MODEL"),
            advanced=True,
        ),
    ] = None

    def probes(self) -> Iterator[Probe]:
        """Yield GET of the models, which spends no tokens and so cannot see exhausted credit."""
        leaves_open = "credit and models not checked"
        if not self._is_openai():
            leaves_open = "no model was called; some servers take any key"
        yield Probe(
            f"{self.endpoint_url}/models",
            headers=self._headers(),
            leaves_open=leaves_open,
            expect_key="data",
            readings=self._readings(),
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
            readings=(Reading(404, "not_found", hint, "model"), *self._readings()),
            instead=next(self.probes()),
        )

    def _readings(self) -> tuple[Reading, ...]:
        return (*(_OF_OPENAI if self._is_openai() else _OF_OTHERS), _PATH)

    def _headers(self) -> dict[str, str | Secret | EntraToken]:
        organization = {"OpenAI-Organization": self.organization} if self.organization else {}
        return {"Authorization": self.api_key.prefixed("Bearer "), **organization}

    def client(self, **options: Any) -> Any:
        """Return an ``openai.OpenAI`` that goes to ``base_url`` only; ``options`` go to its constructor."""
        return openai_client(self, {"organization": self.organization}, options)

    def _is_openai(self) -> bool:
        host = urlsplit(self.base_url or "").hostname
        return host is None or any(host == ending or host.endswith(ending) for ending in self.HOSTS)
