"""Weaviate: a vector database, in its cloud or one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NoReturn

from pfconn_jupyter.connections.connection import Ask, Connection
from pfconn_jupyter.connections.endpoint import Endpoint
from pfconn_jupyter.connections.probe import Probe, Reading
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import NotSupported

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOUD = "https://console.weaviate.cloud/"
# weaviate/usecases/auth: the words of each refusal.
_READINGS = (
    Reading(
        401,
        "denied",
        "This server knows no API keys: its administrator switches them on with AUTHENTICATION_APIKEY_ENABLED.",
        words="auth is not configured",
    ),
    Reading(401, "denied", "Copy the key again from the cluster's API Keys; a key of another cluster is refused."),
    Reading(403, "denied", "The key is known but may not do this: ask the cluster's administrator for a role."),
    Reading(404, "misconfigured", "api_base is the cluster's REST endpoint, and ends before /v1: compare it."),
)


class WeaviateConnection(Connection):
    """A Weaviate cluster. It has no SDK client here: `client` says why."""

    TYPE: ClassVar[str] = "weaviate"
    LABEL: ClassVar[str] = "Weaviate"
    BADGE: ClassVar[str] = "WE"
    SUMMARY: ClassVar[str] = "A vector database, in its cloud or your own"
    TOOLS: ClassVar[tuple[str, ...]] = ("Vector DB Lookup", "Python")
    ENDPOINT: ClassVar[str] = "api_base"
    HOSTS: ClassVar[tuple[str, ...]] = (".weaviate.cloud", ".weaviate.network")
    TEST_SPARES: ClassVar[str] = "reads no data"

    api_base: Annotated[
        Endpoint,
        Ask(
            "Endpoint",
            "The cluster's REST endpoint, without /v1, as in",
            "https://contoso.c0.europe-west3.gcp.weaviate.cloud",
            where=CLOUD,
            where_title="Weaviate Cloud",
            env=("WEAVIATE_URL",),
        ),
    ]
    api_key: Annotated[
        Secret,
        Ask(
            "API key",
            "On the cluster's page, under API Keys, in",
            where=CLOUD,
            where_title="Weaviate Cloud",
            env=("WEAVIATE_API_KEY",),
        ),
    ]

    def probes(self) -> Iterator[Probe]:
        """Yield GET of what the server says of itself.

        It needs no role, and checks a key that is sent also where it lets anybody in.
        """
        yield Probe(
            f"{self.api_base}/v1/meta",
            headers={"Authorization": self.api_key.prefixed("Bearer ")},
            leaves_open="roles and collections not checked",
            expect_key="version",
            readings=_READINGS,
        )

    def client(self, **options: Any) -> NoReturn:  # noqa: ARG002  there is none to take them
        """Refuse: the SDK (weaviate-client 4) searches over gRPC, at an address that no connection holds.

        In Weaviate's cloud that is another host, so that the key would leave the connection's own.

        Raises
        ------
        NotSupported
            Always, with what to do instead.
        """
        raise NotSupported(
            "A Weaviate connection has no SDK client: weaviate-client needs a second address, for gRPC.",
            "Give both to weaviate.connect_to_custom, with Auth.api_key(conn.api_key.reveal()).",
        )
