"""Does a host live in a private network: then no key helps from outside of it."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from pfconn_jupyter.checks import route
from pfconn_jupyter.checks.side_by_side import within

SECONDS = 1.0
"""What the name lookup may take: it is only for a word in a hint."""


def said_of(url: str) -> str:
    """Return why the host of ``url`` may be out of reach from here, or ``""`` if nothing tells of a private network."""
    host = urlsplit(url).hostname or ""
    # Behind a proxy it is the proxy that looks names up, and that must have a way.
    if not host or route.proxy_of(url):
        return ""
    names, addresses = within(SECONDS, lambda: _looked_up(host)) or ([], [])
    private = next((a for a in addresses if _is_private(a)), "")
    if private:
        return f"{host} is {private}, an address of a private network: be in that network, or in its VPN."
    if any(".privatelink." in name for name in names):
        return f"{host} has a private endpoint: be in its network or VPN, or have its owner allow this address."
    return ""


def _looked_up(host: str) -> tuple[list[str], list[str]]:
    """Return the names and addresses of ``host``."""
    try:
        name, aliases, addresses = socket.gethostbyname_ex(host)
    except (OSError, UnicodeError):
        return [], [host]
    return [f".{n}" for n in (name, *aliases)], addresses


def _is_private(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.is_private and not address.is_loopback and not address.is_link_local
