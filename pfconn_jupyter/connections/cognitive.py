"""What the services behind Azure's Cognitive Services gateway share: header, hosts, questions and the probe.

Azure OpenAI, Content Safety, Document Intelligence and multi-service resources stand
behind the same gateway; `cognitive_refusals` has how it refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pfconn_jupyter.connections.auth import KeyOrEntra
from pfconn_jupyter.connections.cognitive_refusals import HOSTS, readings
from pfconn_jupyter.connections.connection import Ask
from pfconn_jupyter.connections.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Iterable

# The list of a person's AI resources; each has its page Keys and Endpoint.
RESOURCES = (
    "https://portal.azure.com/#view/HubsExtension/BrowseResource/resourceType/Microsoft.CognitiveServices%2Faccounts"
)


def ask_endpoint(example: str, *env: str) -> Ask:
    """Return the question for a resource's address; ``env`` are the variables that its SDKs read."""
    return Ask("Endpoint", "The resource's address, without a path.", example, env=env)


def ask_key(where: str, *env: str) -> Ask:
    """Return the question for a resource's key; ``where`` is the page with its Keys and Endpoint."""
    title = "Keys and Endpoint"
    return Ask("API key", "KEY 1 or KEY 2 under", where=where, where_title=title, env=env, when=("auth_mode", "key"))


class CognitiveConnection(KeyOrEntra):
    """A type whose service is behind the gateway. ``ROLE`` is what an identity needs to use it."""

    KEY_HEADER: ClassVar[str] = "Ocp-Apim-Subscription-Key"
    HOSTS: ClassVar[tuple[str, ...]] = HOSTS
    ENDPOINT: ClassVar[str] = "endpoint"
    ROLE: ClassVar[str] = "Cognitive Services User"

    def gateway_probe(
        self, path: str, api_version: str, expect_key: str, leaves_open: str = "", next_on: Iterable[int] = ()
    ) -> Probe:
        """Return a GET of ``path`` that proves the key or the token."""
        return Probe(
            self.endpoint_url + path,
            headers=self.auth_headers(),
            query={"api-version": api_version},
            proves=self.proven,
            leaves_open=leaves_open,
            expect_key=expect_key,
            readings=readings(self, self.ROLE),
            next_on=frozenset(next_on),
        )
