"""Azure's SDK clients for our connections: pinned to their host, with a key that stays fresh.

The only file of this room that names Azure, when a client is asked for.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.client_options import refuse
from pfconn_jupyter.connections.fresh_key import FreshKey
from pfconn_jupyter.errors import MissingPackage, UsageProblem

if TYPE_CHECKING:
    from pfconn_jupyter.connections.auth import KeyOrEntra

LONGEST_WAIT = 60.0
"""Seconds that a client waits for a service that says when to come back; a longer wait is an error at once."""
# Options that would send the key elsewhere, or another key here.
_OURS = {
    "endpoint",
    "base_url",
    "credential",
    "credential_scopes",
    "audience",
    "authentication_policy",
    "permit_redirects",
    "redirect_policy",
    "policies",
    "pipeline",
}


def azure_client(connection: KeyOrEntra, path: str, options: dict[str, Any], **defaults: Any) -> Any:
    """Return the client class at ``path`` (``azure.ai.contentsafety:ContentSafetyClient``) for ``connection``.

    Parameters
    ----------
    options
        What the caller gives to the class; goes before ``defaults``.

    Raises
    ------
    UsageProblem
        An option would lead away from the connection.
    MissingPackage
        The SDK is not installed.
    """
    refuse(_OURS, options)
    module, _, name = path.partition(":")
    try:
        cls = getattr(import_module(module), name)
    except ModuleNotFoundError:
        raise MissingPackage("-".join(module.split(".")[:3]), connection.EXTRA) from None
    defaults["retry_policy"] = _retry_class()(**options)
    # azure.core follows redirects, and signs the request to the other host as well (1.41).
    return cls(
        connection.endpoint_url,
        credential=_credential(connection),
        credential_scopes=[connection.token_scope],
        permit_redirects=False,
        **defaults | options,
    )


def _credential(connection: KeyOrEntra) -> Any:
    if connection.auth == "key":
        return _key_class()(FreshKey(connection))
    from pfconn_jupyter.identity import Current

    return Current()


@lru_cache(maxsize=1)
def _retry_class() -> Any:
    from azure.core.pipeline.policies import RetryPolicy

    class ShortWaits(RetryPolicy):  # type: ignore[type-arg]
        """Retries as azure.core does, but not for days: a free tier that is used up says so in Retry-After.

        azure-sdk-for-python issues 20042 and 25619.
        """

        def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
            """Tell whether to try again."""
            wait = self.get_retry_after(response)
            return (wait is None or wait <= LONGEST_WAIT) and super().is_retry(settings, response)

    return ShortWaits


@lru_cache(maxsize=1)
def _key_class() -> Any:
    """Return a class of credentials that ask for the key at each request; azure.core costs 70 ms to import."""
    from azure.core.credentials import AzureKeyCredential

    class FreshKeyCredential(AzureKeyCredential):
        """The key of a connection, read when a request is signed; nothing is kept here."""

        def __init__(self, fresh: FreshKey) -> None:
            self._fresh = fresh

        @property
        def key(self) -> str:
            """The key, for one request."""
            return self._fresh()

        def update(self, key: str) -> None:  # noqa: ARG002  azure.core's signature
            """Refuse: the key comes from the connection."""
            raise UsageProblem(
                "The key of this client comes from its connection.", "Replace it there: %pfconn rotate NAME."
            )

    return FreshKeyCredential
