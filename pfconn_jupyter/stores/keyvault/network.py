"""Why a vault cannot be reached. The texts of exceptions hold URLs and more: none is passed on."""

from __future__ import annotations

import os
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from pfconn_jupyter.causes import causes
from pfconn_jupyter.errors import AccessDenied, StoreUnavailable
from pfconn_jupyter.identity.no_token import why_no_token

if TYPE_CHECKING:
    from pfconn_jupyter.stores.keyvault.vault import Vault

_CUT = {"RemoteDisconnected", "ConnectionResetError", "BrokenPipeError", "ProtocolError", "IncompleteRead"}
_PROXIES = "HTTPS_PROXY and NO_PROXY"
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def unreachable(error: Exception, vault: Vault, *, writing: bool) -> StoreUnavailable:
    """Return our error for a request that, as azure.core says, did not get out."""
    found = list(causes(error))
    names = {type(e).__name__ for e in found}
    host = vault.url.removeprefix("https://")
    bundle = next((name for name in _BUNDLES if (path := os.environ.get(name)) and not Path(path).exists()), "")
    if bundle:
        hint = f"Point {bundle} to the file with your company's certificates, or unset it."
        return StoreUnavailable(f"{bundle} names a file that does not exist; nothing was sent.", hint)
    # Behind a proxy, urllib3 calls it the proxy's fault when an answer is lost: the request was out.
    if names & _CUT:
        return cut(error, vault, writing=writing)
    # Before TLS and DNS: the proxy's own troubles come wrapped in a ProxyError.
    if "ProxyError" in names:
        return _proxy(found, host)
    if any(isinstance(e, ssl.SSLError) for e in found) or "SSLError" in names:
        hint = "Behind a company proxy, set REQUESTS_CA_BUNDLE to the file with its certificates."
        return StoreUnavailable(f"The certificate of {host} is not trusted; nothing was sent.", hint)
    if any(isinstance(e, socket.gaierror) for e in found) or "NameResolutionError" in names:
        hint = "Compare the vault's name; a vault that is deleted, or in a private network only, has no address here."
        return StoreUnavailable(f"There is no host {host}, or no network.", hint)
    late = any("Timeout" in name for name in names)
    no_way = StoreUnavailable(f"There is no way to {host}.", f"Compare your network and VPN, {_PROXIES}.")
    return _late(vault) if late else no_way


def _proxy(causes: list[BaseException], host: str) -> StoreUnavailable:
    # The only part of the texts that is looked at, and none of it is kept.
    if any("407" in str(e) for e in causes if isinstance(e, OSError)):
        hint = "Put user and password into HTTPS_PROXY, or ask its administrator."
        return StoreUnavailable(f"The proxy before {host} asks for a sign-in.", hint)
    hint = f"Compare the proxy settings {_PROXIES}; add the host to NO_PROXY if it needs no proxy."
    return StoreUnavailable(f"The proxy does not connect to {host}.", hint)


def cut(error: Exception, vault: Vault, *, writing: bool) -> StoreUnavailable:
    """Return our error for an answer that did not come, or not whole."""
    if any("Timeout" in type(e).__name__ for e in causes(error)):
        return _late(vault, writing=writing)
    problem = f"The connection to {vault.name} was cut before its answer was read."
    return StoreUnavailable(problem, _DONE_OR_NOT if writing else "Repeat.")


def sign_in(error: Exception, vault: Vault) -> AccessDenied:
    """Return our error for a credential that gave no token."""
    text = str(getattr(error, "message", ""))
    if "additionally_allowed_tenants" in text:
        return AccessDenied(
            f"{vault.name} belongs to another tenant than AZURE_TENANT_ID.",
            "Set AZURE_TENANT_ID to the vault's tenant, or name it in AZURE_ADDITIONALLY_ALLOWED_TENANTS.",
        )
    return AccessDenied(*why_no_token(text))


_DONE_OR_NOT = "It may have been carried out all the same: look at %pfconn list before you repeat it."


def _late(vault: Vault, *, writing: bool = False) -> StoreUnavailable:
    hint = f"Repeat; if it stays, a firewall may swallow the requests: compare your network, {_PROXIES}."
    return StoreUnavailable(f"{vault.name} did not answer in time.", _DONE_OR_NOT if writing else hint)
