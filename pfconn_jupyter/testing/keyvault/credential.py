"""A credential that any Azure SDK client takes."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azure.core.credentials import AccessToken

    from pfconn_jupyter.testing.keyvault.identities import Identity
    from pfconn_jupyter.testing.keyvault.tokens import Tokens


_SDK_CACHE = "azure.keyvault.secrets._shared.http_challenge_cache"


def forget_challenges(urls: Iterable[str]) -> None:
    """Let the SDK forget where it got tokens for ``urls``: in this process the next vault there is another one."""
    # Only what is loaded has something to forget.
    cache = sys.modules.get(_SDK_CACHE)
    for url in urls if cache else ():
        # azure-keyvault-secrets 4.11 raises for one it never met; 4.12 does not.
        with contextlib.suppress(KeyError):
            cache.remove_challenge_for_url(url)  # type: ignore[union-attr]


class EmulatorCredential:
    """Gives tokens of one identity, without asking anybody."""

    def __init__(self, tokens: Tokens, identity: Identity) -> None:
        self._tokens, self.identity = tokens, identity

    def get_token(self, *scopes: str, **_options: Any) -> AccessToken:
        """Return a token for the resource of the first scope."""
        from azure.core.credentials import AccessToken

        resource = scopes[0].removesuffix("/.default").rstrip("/")
        return AccessToken(*self._tokens.mint(self.identity, resource))

    def close(self) -> None:
        """Do nothing; azure.identity's credentials have it."""
