"""Qdrant: a vector database, in its cloud or one's own."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pfconn_jupyter.connections.client_options import refuse
from pfconn_jupyter.connections.connection import Ask, Connection
from pfconn_jupyter.connections.endpoint import Endpoint
from pfconn_jupyter.connections.fresh_key import FreshKey
from pfconn_jupyter.connections.probe import Probe, Reading, Tell
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import MissingPackage

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOUD = "https://cloud.qdrant.io/"
_COPY = "Copy the key again, or create one under the cluster's API Keys; a key of another cluster is refused."
_EXPIRED = "The key has expired: create a new one under the cluster's API Keys and run %pfconn rotate."
# qdrant/src/common/auth: a wrong key is 401, in older versions 403; a signed key that is refused 403.
_READINGS = (
    *(Reading(http, "denied", _EXPIRED, words="ExpiredSignature") for http in (401, 403)),
    Reading(
        403,
        "denied",
        "The key is limited to some collections or rights: use one that may list collections.",
        words="access is required",
    ),
    *(Reading(http, "denied", _COPY) for http in (401, 403)),
    Reading(404, "misconfigured", "Compare api_base: Qdrant speaks REST on port 6333, and 6334 is for gRPC only."),
)
# Options that would send the key elsewhere, or another key here.
_OURS = {
    "location",
    "url",
    "host",
    "port",
    "https",
    "prefix",
    "path",
    "api_key",
    "auth",
    "auth_token_provider",
    "check_compatibility",
    "follow_redirects",
    "base_url",
    "mounts",
    "transport",
    "event_hooks",
}


class QdrantConnection(Connection):
    """A Qdrant cluster. `client` returns a ``qdrant_client.QdrantClient``."""

    TYPE: ClassVar[str] = "qdrant"
    LABEL: ClassVar[str] = "Qdrant"
    BADGE: ClassVar[str] = "QD"
    SUMMARY: ClassVar[str] = "A vector database, in its cloud or your own"
    TOOLS: ClassVar[tuple[str, ...]] = ("Vector DB Lookup", "Python")
    ENDPOINT: ClassVar[str] = "api_base"
    HOSTS: ClassVar[tuple[str, ...]] = (".cloud.qdrant.io",)
    EXTRA: ClassVar[str] = "qdrant"
    TEST_SPARES: ClassVar[str] = "reads no data"

    api_base: Annotated[
        Endpoint,
        Ask(
            "Endpoint",
            "The cluster's address with its REST port (usually 6333), as in",
            "https://contoso.europe-west3-0.gcp.cloud.qdrant.io:6333",
            where=CLOUD,
            where_title="Qdrant Cloud",
            env=("QDRANT_URL",),
        ),
    ]
    api_key: Annotated[
        Secret,
        Ask(
            "API key",
            "On the cluster's page, under API Keys, in",
            where=CLOUD,
            where_title="Qdrant Cloud",
            env=("QDRANT_API_KEY",),
        ),
    ]

    def probes(self) -> Iterator[Probe]:
        """Yield GET of the collections."""
        yield Probe(
            f"{self.api_base}/collections",
            headers={"api-key": self.api_key},
            proves="collections listed",
            leaves_open="a server that asks for no key would accept any",
            expect_key="result",
            tells=(Tell("result/collections", "{} here"),),
            readings=_READINGS,
        )

    def client(self, **options: Any) -> Any:
        """Return a ``QdrantClient`` that goes to ``api_base`` only; ``options`` go to its constructor.

        Raises
        ------
        UsageProblem
            An option would lead away from the connection.
        MissingPackage
            The SDK is not installed.
        """
        refuse(_OURS, options)
        try:
            from qdrant_client import QdrantClient
        except ModuleNotFoundError:
            raise MissingPackage("qdrant-client", self.EXTRA) from None
        with warnings.catch_warnings():
            # "used with an insecure connection": http is for loopback only (endpoint.py).
            warnings.filterwarnings("ignore", message=".*insecure connection", category=UserWarning)
            return QdrantClient(
                url=self.api_base,
                # Without one of its own it would add 6333, and go where the probe did not.
                port=None,
                # As a bearer token, which Qdrant takes as well: asked for at each request, and kept nowhere.
                auth_token_provider=FreshKey(self),
                # It would send a request at once, from a thread.
                check_compatibility=False,
                **options,
            )
