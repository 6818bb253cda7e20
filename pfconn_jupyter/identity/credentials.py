"""The process's credential and its tokens. The only file that names azure.identity."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import StoreUnavailable
from pfconn_jupyter.identity.clouds import default_authority
from pfconn_jupyter.identity.holder import Identity, identity_of
from pfconn_jupyter.identity.no_token import why_no_token
from pfconn_jupyter.quiet import sign_in_quiet

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from azure.core.credentials import AccessToken, TokenCredential
    from azure.identity import DeviceCodeCredential


class Remembering:
    """A credential that passes on another's tokens, and remembers whom the last one spoke for.

    A client learns the tenant of its service from the service. So whoever asks `identity`
    after a client's first request is told who they are there: a guest has another object
    id in each directory.
    """

    def __init__(self, credential: TokenCredential) -> None:
        self._credential = credential
        self.identity = Identity()

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return a token; see `azure.core.credentials.TokenCredential`."""
        with sign_in_quiet:
            token = self._credential.get_token(*scopes, **options)
        self.identity = identity_of(token.token)
        return token


class Current:
    """A credential for vendors' clients: whoever is signed in when a token is asked for, also after a login."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return a token; see `azure.core.credentials.TokenCredential`."""
        return _access(credential(), scopes, options)


_signed_in: dict[str, TokenCredential] = {}


def use(chosen: TokenCredential, authority: str | None = None) -> None:
    """Make ``chosen`` the process's credential, for the cloud of ``authority``; nothing is kept on disk."""
    _signed_in[authority or default_authority()] = chosen
    credential.cache_clear()


def sign_out() -> None:
    """Forget every credential of `use`: the process's own are back."""
    _signed_in.clear()
    credential.cache_clear()


@lru_cache(maxsize=4)
def credential(authority: str | None = None) -> TokenCredential:
    """Return the process's credential: that of `use`, else environment, workload, managed identity or a login.

    Parameters
    ----------
    authority
        Host that signs in to the cloud in question; ``AZURE_AUTHORITY_HOST`` by default.
    """
    if chosen := _signed_in.get(authority or default_authority()):
        return chosen
    from azure.identity import DefaultAzureCredential

    # AZURE_CLIENT_ID (also of a user-assigned identity), AZURE_TENANT_ID, AZURE_AUTHORITY_HOST,
    # AZURE_ADDITIONALLY_ALLOWED_TENANTS and AZURE_TOKEN_CREDENTIALS are read by azure.identity itself.
    return DefaultAzureCredential(authority=authority) if authority else DefaultAzureCredential()


def device_code_credential(
    prompt: Callable[[str, str, datetime], None], authority: str, tenant: str | None = None, **options: Any
) -> DeviceCodeCredential:
    """Return a person's credential that asks by a code, and only in ``authenticate``; sends nothing.

    Parameters
    ----------
    prompt
        Gets the link, the code, and when it expires (UTC).
    options
        For the credential, of tests.

    Raises
    ------
    ValueError
        ``tenant`` has characters that no tenant's name has.
    """
    from azure.identity import DeviceCodeCredential

    return DeviceCodeCredential(
        authority=authority,
        tenant_id=tenant,
        prompt_callback=prompt,
        # A command in the middle of its work must not wait for a code that nobody reads.
        disable_automatic_authentication=True,
        # A vault names its own tenant: of a guest, not the one that signs in.
        additionally_allowed_tenants=["*"],
        **options,
    )


def me(credential: TokenCredential, scope: str, tenant: str | None = None) -> Identity:
    """Return whom ``credential`` speaks for, to services of ``scope``.

    Raises
    ------
    StoreUnavailable
        Nobody is signed in, or the tenant refused.
    """
    return identity_of(_token(credential, scope, {"tenant_id": tenant} if tenant else {}))


def token_text(scope: str) -> str:
    """Return a token of ``scope``; azure.identity caches and renews it.

    Raises
    ------
    StoreUnavailable
        Nobody is signed in, or the tenant refused.
    """
    return _token(credential(), scope, {})


def _token(credential: TokenCredential, scope: str, options: dict[str, Any]) -> str:
    return _access(credential, (scope,), options).token


def _access(credential: TokenCredential, scopes: tuple[str, ...], options: dict[str, Any]) -> AccessToken:
    from azure.core.exceptions import ClientAuthenticationError

    try:
        with sign_in_quiet:
            return credential.get_token(*scopes, **options)
    except ClientAuthenticationError as error:
        # Its text lists every way that was tried, over a screen long.
        problem, hint = why_no_token(str(error.message))
    raise StoreUnavailable(problem, hint)
