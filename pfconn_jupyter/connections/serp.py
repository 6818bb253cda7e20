"""SerpAPI: results of Google, Bing and other search engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NoReturn

from pfconn_jupyter.connections.connection import Ask, Connection
from pfconn_jupyter.connections.probe import Probe, Reading, Tell
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import NotSupported

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = "https://serpapi.com/manage-api-key"
_SPENT = "Wait until the plan renews, or buy searches: see serpapi.com/dashboard."
# serpapi.com/api-status-and-error-codes: 429 is either of two limits, told apart by its words only.
_READINGS = (
    Reading(401, "denied", "Copy Your Private API Key from serpapi.com/manage-api-key again."),
    Reading(403, "denied", "The account of this key may be deleted: sign in at serpapi.com, or use another key."),
    Reading(429, "throttled", _SPENT, words="run out of searches"),
    Reading(429, "throttled", "The account's limit of searches per hour is reached: test again in the next hour."),
)


class SerpConnection(Connection):
    """A SerpAPI account. It has no SDK client here: `client` says why."""

    TYPE: ClassVar[str] = "serp"
    LABEL: ClassVar[str] = "SerpAPI"
    BADGE: ClassVar[str] = "SP"
    SUMMARY: ClassVar[str] = "Results of Google, Bing and other search engines"
    TOOLS: ClassVar[tuple[str, ...]] = ("Serp API", "Python")
    DEFAULT_ENDPOINT: ClassVar[str] = "https://serpapi.com"
    HOSTS: ClassVar[tuple[str, ...]] = ("serpapi.com",)
    TEST_SPARES: ClassVar[str] = "costs no search"

    api_key: Annotated[
        Secret,
        Ask("API key", "Your Private API Key, at", where=KEYS, where_title="serpapi.com", env=("SERPAPI_API_KEY",)),
    ]

    def probes(self) -> Iterator[Probe]:
        """Yield GET of the account, which costs no search (serpapi.com/account-api)."""
        yield Probe(
            f"{self.endpoint_url}/account.json",
            # SerpAPI takes the key nowhere else.
            query={"api_key": self.api_key},
            expect_key="total_searches_left",
            tells=(Tell("total_searches_left", "{} searches left", Reading(200, "throttled", _SPENT)),),
            readings=_READINGS,
        )

    def client(self, **options: Any) -> NoReturn:  # noqa: ARG002  there is none to take them
        """Refuse: SerpAPI's two packages overwrite each other's files (serpapi 1.2, google-search-results 2.4).

        Raises
        ------
        NotSupported
            Always, with what to do instead.
        """
        raise NotSupported(
            "A SerpAPI connection has no SDK client: its packages serpapi and google-search-results"
            " overwrite each other.",
            "With serpapi alone installed, use serpapi.Client(api_key=conn.api_key.reveal());"
            " or GET https://serpapi.com/search.json with api_key in its query.",
        )
