"""Azure AI Search: a search service with a key, or Microsoft Entra ID."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import AfterValidator

from pfconn_jupyter.connections.auth import AUTH_CHOICES, AuthMode, KeyOrEntra
from pfconn_jupyter.connections.azure_sdk import azure_client
from pfconn_jupyter.connections.connection import Ask
from pfconn_jupyter.connections.endpoint import HostEndpoint
from pfconn_jupyter.connections.probe import Probe, Reading, Tell
from pfconn_jupyter.connections.rules import check_api_version
from pfconn_jupyter.connections.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICES = "https://portal.azure.com/#view/HubsExtension/BrowseResource/resourceType/Microsoft.Search%2FsearchServices"
API_VERSION = "2024-07-01"
_READER = "Search Index Data Reader"
_CONTRIBUTOR = "Search Service Contributor"


class CognitiveSearchConnection(KeyOrEntra):
    """An Azure AI Search service.

    `client` returns an ``azure.search.documents.SearchClient`` where an index is known, and
    a ``SearchIndexClient`` where none is.
    """

    TYPE: ClassVar[str] = "cognitive_search"
    LABEL: ClassVar[str] = "Azure AI Search"
    BADGE: ClassVar[str] = "SE"
    SUMMARY: ClassVar[str] = "Indexes for full-text and vector search"
    TOOLS: ClassVar[tuple[str, ...]] = ("Vector DB Lookup", "Python")
    ENDPOINT: ClassVar[str] = "api_base"
    HOSTS: ClassVar[tuple[str, ...]] = (".search.windows.net", ".search.azure.us", ".search.azure.cn")
    EXTRA: ClassVar[str] = "search"
    TEST_SPARES: ClassVar[str] = "reads no document"
    TOKEN_SCOPE: ClassVar[str] = "https://search.azure.com/.default"  # noqa: S105  # a scope

    api_base: Annotated[
        HostEndpoint,
        Ask(
            "Endpoint",
            "The Url on the page Overview of",
            "https://contoso.search.windows.net",
            where=SERVICES,
            where_title="your search service",
            env=("AZURE_SEARCH_ENDPOINT", "AZURE_AI_SEARCH_ENDPOINT", "AZURE_SEARCH_SERVICE_ENDPOINT"),
        ),
    ]
    auth_mode: Annotated[AuthMode, Ask("Sign in with", choices=AUTH_CHOICES)] = "key"
    api_key: Annotated[
        Secret | None,
        Ask(
            "API key",
            "An admin key, or a query key and its index; on the page Keys of",
            where=SERVICES,
            where_title="your search service",
            env=("AZURE_SEARCH_API_KEY", "AZURE_AI_SEARCH_API_KEY", "AZURE_SEARCH_ADMIN_KEY"),
            when=("auth_mode", "key"),
        ),
    ] = None
    index: Annotated[
        str | None,
        Ask(
            "Index",
            "What client() searches and a test asks; without it only an admin key can be tested.",
            "products",
            env=("AZURE_SEARCH_INDEX_NAME", "AZURE_AI_SEARCH_INDEX_NAME"),
        ),
    ] = None
    api_version: Annotated[str, AfterValidator(check_api_version), Ask("API version", advanced=True)] = API_VERSION

    def probes(self) -> Iterator[Probe]:
        """Yield a search of the index that returns no document, or GET of the service's statistics.

        A query key may search only (learn.microsoft.com, search-security-api-keys): the
        statistics refuse it.
        """
        if self.index is None:
            proves = "admin key accepted" if self.auth == "key" else self.proven
            yield self._probe("/servicestats", {}, proves, "no index was asked", expect_key="counters")
            return
        nothing = {"search": "*", "$top": "0", "$count": "true"}
        yield self._probe(
            f"/indexes('{quote(self.index, safe='')}')/docs",
            nothing,
            f"{self.proven}; index {self.index} answers",
            expect_key="value",
            tells=(Tell("@odata.count", "{} documents"),),
            next_on=frozenset({404}),
        )
        names = Tell("value", "indexes here: {}", each="name")
        yield self._probe("/indexes", {"$select": "name"}, "", expect_key="value", tells=(names,), only_adds=True)

    def client(self, **options: Any) -> Any:
        """Return a ``SearchClient`` for ``index_name`` or the field ``index``, or else a ``SearchIndexClient``.

        It goes to ``api_base`` only; ``options`` go to its constructor.
        """
        index = options.pop("index_name", None) or self.index
        where: dict[str, str] = {"index_name": index} if index else {}
        path = "azure.search.documents:SearchClient" if index else "azure.search.documents.indexes:SearchIndexClient"
        return azure_client(self, path, options, api_version=self.api_version, **where)

    def _probe(self, path: str, query: dict[str, str], proves: str, leaves_open: str = "", **more: Any) -> Probe:
        return Probe(
            self.api_base + path,
            headers=self.auth_headers(),
            query={**query, "api-version": self.api_version},
            proves=proves,
            leaves_open=leaves_open,
            readings=self._readings(),
            **more,
        )

    def _readings(self) -> tuple[Reading, ...]:
        return (
            *(Reading(http, "denied", self._who()) for http in (401, 403)),
            Reading(
                400,
                "misconfigured",
                f"Set api_version to one that the service knows, for example {API_VERSION}.",
                words="api-version",
            ),
            Reading(404, "not_found", self._what()),
        )

    def _who(self) -> str:
        if self.auth != "key":
            role = _READER if self.index else f"{_CONTRIBUTOR} (or {_READER}, with index set)"
            return (
                f"Ask for the role {role} on the service; it takes up to ten minutes to arrive."
                " The service's page Keys must allow roles, and its page Networking this machine."
            )
        # A wrong key is 403 here, not 401 (azure.md 3), and so is a closed network.
        if self.index:
            return (
                "Copy the key again from the service's page Keys. If it is the same, keys may be switched off there:"
                " then auth_mode=meid_token; or the page Networking keeps this machine out."
            )
        return (
            "Copy an admin key from the service's page Keys. If yours is a query key, set index: only an index shows"
            " whether it works. The page Networking may also keep this machine out."
        )

    def _what(self) -> str:
        if self.index:
            return "Compare index with the service's page Indexes: another name or service, or it is deleted."
        return "Compare api_base with the Url on the service's page Overview."
