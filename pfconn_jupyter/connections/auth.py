"""Sign in with a key, or with Microsoft Entra ID and no key at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import model_validator

from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.endpoint import MISSING, rule
from pfconn_jupyter.connections.probe import EntraToken

if TYPE_CHECKING:
    from pfconn_jupyter.connections.secret import Secret

AuthMode = Literal["key", "meid_token"]
AUTH_CHOICES = (("key", "API key"), ("meid_token", "Microsoft Entra ID"))


class KeyOrEntra(Connection):
    """A type with ``auth_mode`` and ``api_key`` fields.

    ``KEY_HEADER`` is the header its service takes the key in, ``TOKEN_SCOPE`` the scope
    of its Entra tokens in the public cloud.
    """

    KEY_HEADER: ClassVar[str] = "api-key"
    TOKEN_SCOPE: ClassVar[str] = "https://cognitiveservices.azure.com/.default"  # noqa: S105  # a scope

    if TYPE_CHECKING:
        auth_mode: AuthMode
        api_key: Secret | None

    @model_validator(mode="after")
    def _key_fits_mode(self) -> KeyOrEntra:
        if self.auth_mode == "key" and self.api_key is None:
            raise rule(MISSING, "Give the key, or sign in without one: auth_mode=meid_token.", field="api_key")
        if self.auth_mode == "meid_token" and self.api_key is not None:
            raise rule(
                "has no place with auth_mode=meid_token.", "Leave it out, or use auth_mode=key.", field="api_key"
            )
        return self

    @property
    def proven(self) -> str:
        """What an accepted probe shows."""
        return "key accepted" if self.auth_mode == "key" else "Entra token accepted"

    @property
    def token_scope(self) -> str:
        """The scope of Entra tokens for this endpoint's cloud (azure-sdk's audiences, AzureOpenAIAudience)."""
        host = urlsplit(self.endpoint_url).hostname or ""
        cloud = next((ending for ending in ("azure.us", "azure.cn") if host.endswith(f".{ending}")), "azure.com")
        return self.TOKEN_SCOPE.replace("azure.com", cloud)

    def auth_headers(self) -> dict[str, str | Secret | EntraToken]:
        """Return the header that signs a request in."""
        if self.api_key is not None:
            return {self.KEY_HEADER: self.api_key}
        return {"Authorization": EntraToken(self.token_scope)}
