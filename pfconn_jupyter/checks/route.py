"""Which way a request takes: the proxy, and whose certificates are trusted; in words without secrets."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from pfconn_jupyter.connections.secret import MASK

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that name a file of trusted authorities, as requests reads them."""


def proxy_of(url: str) -> str:
    """Return the proxy that a request to ``url`` goes through, with its password if it has one, or ``""``.

    Plain http, which only this machine's own services may speak, takes none: the proxy
    would read the secret.
    """
    from requests.utils import get_environ_proxies, select_proxy

    if urlsplit(url).scheme != "https":
        return ""
    return select_proxy(url, get_environ_proxies(url, no_proxy=None)) or ""


def shown(proxy: str) -> str:
    """Return the address of a proxy without its user and password."""
    scheme, found, rest = proxy.partition("://")
    if not found:
        scheme, rest = "", proxy
    signed_in, at, host = rest.rpartition("@")
    # A password may hold any of the signs that end a host.
    host = host.split("/")[0].split("?")[0].split("#")[0]
    return f"{scheme}{found}{MASK + '@' if at and signed_in else ''}{host}"


def bundle() -> tuple[str, str]:
    """Return the variable that names a file of authorities, and the file; both ``""`` if there is none."""
    return next(((name, path) for name in BUNDLES if (path := os.environ.get(name))), ("", ""))


def trust_of(url: str) -> str:
    """Return whose certificates a request to ``url`` trusts."""
    if urlsplit(url).scheme != "https":
        return "none: plain http"
    name, path = bundle()
    return f"{name} ({path})" if name else "the authorities of certifi"
