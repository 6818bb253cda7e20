"""The openai SDK's clients for our connections: pinned to their host, with a key that stays fresh."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.client_options import refuse
from pfconn_jupyter.connections.fresh_key import FreshKey
from pfconn_jupyter.errors import MissingPackage

if TYPE_CHECKING:
    from types import ModuleType

    from pfconn_jupyter.connections.connection import Connection

# Options that would send the key elsewhere, or another key here.
_OURS = {
    "api_key",
    "base_url",
    "azure_endpoint",
    "azure_ad_token",
    "azure_ad_token_provider",
    "admin_api_key",
    "data_residency",
    "provider",
    "websocket_base_url",
    "workload_identity",
}
# OPENAI_CUSTOM_HEADERS may hold them; its other headers stay, a gateway may need them.
_OUR_HEADERS = {"authorization", "api-key", "host", "openai-organization", "openai-project"}


def openai_client(connection: Connection, defaults: dict[str, Any], options: dict[str, Any], base_url: str = "") -> Any:
    """Return an ``openai.OpenAI`` for ``connection``; ``options`` go before ``defaults``.

    ``base_url`` is where on the connection's host the calls are, if not at its address.
    """
    client = _pinned(_sdk(options).OpenAI)
    return client(api_key=FreshKey(connection), base_url=base_url or connection.endpoint_url, **{**defaults, **options})


def azure_client(connection: Connection, scope: str, defaults: dict[str, Any], options: dict[str, Any]) -> Any:
    """Return an ``openai.AzureOpenAI`` for ``connection``; without a key it asks for tokens of ``scope``."""
    client = _pinned(_sdk(options).AzureOpenAI)
    credential: dict[str, Any] = {"api_key": FreshKey(connection)}
    if connection.auth != "key":
        from pfconn_jupyter.identity import token_text

        credential = {"azure_ad_token_provider": lambda: token_text(scope)}
    return client(azure_endpoint=connection.endpoint_url, **{**defaults, **options}, **credential)


@lru_cache(maxsize=4)
def _pinned(base: Any) -> Any:
    """Return a subclass of ``base`` without what its constructor reads from the environment.

    A subclass, because ``with_options`` and ``copy`` construct it again.
    """

    class Pinned(base):  # type: ignore[misc]
        _custom_headers: dict[str, Any]

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.organization, self.project = options.get("organization"), options.get("project")
            # OPENAI_ADMIN_KEY, and AZURE_OPENAI_AD_TOKEN, which older versions prefer to a key.
            for name in ("admin_api_key", "_azure_ad_token"):
                if hasattr(self, name):
                    setattr(self, name, None)
            own = {name.lower() for name in options.get("default_headers") or {}}
            self._custom_headers = {
                name: value
                for name, value in self._custom_headers.items()
                if name.lower() not in _OUR_HEADERS or name.lower() in own
            }

        def copy(self, **options: Any) -> Any:
            if not options.get("api_key") and getattr(self, "_api_key_provider", None):
                # Older versions copy the key of the last request, which would never be fresh again.
                options["api_key"] = self._api_key_provider
            return super().copy(**options)

        with_options = copy

        def _prepare_options(self, options: Any) -> Any:
            if _forgets_callable_keys(base) and self._api_key_provider:
                self._refresh_api_key()
            # Older versions send the header api-key along to the other host; all send the messages.
            options.follow_redirects = False
            return super()._prepare_options(options)

    Pinned.__name__ = Pinned.__qualname__ = base.__name__
    return Pinned


def _forgets_callable_keys(base: Any) -> bool:
    """Tell whether ``base`` is an Azure client from before 3.4.0 (openai-python issue 2626)."""
    import openai

    major, minor = openai.__version__.split(".")[:2]
    return issubclass(base, openai.AzureOpenAI) and (int(major), int(minor)) < (3, 4)


def _sdk(options: dict[str, Any]) -> ModuleType:
    refuse(_OURS, options)
    try:
        import openai
    except ModuleNotFoundError:
        raise MissingPackage("openai", "openai") from None
    return openai
