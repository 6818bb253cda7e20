"""Is there a proxy, and does it answer. Its password is nobody's business."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING
from urllib.request import getproxies

from pfconn_jupyter.checks import route
from pfconn_jupyter.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 2.0
"""What the proxy may take to accept a connection."""
_NAMES = ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def look() -> Iterator[Finding]:
    """Yield findings on the proxy for https, as requests finds it: in variables, or the system's."""
    for name in _NAMES:
        small, large = os.environ.get(name.lower()), os.environ.get(name)
        if small is not None and large is not None and small != large:
            what = f"{name.lower()} and {name} differ: the first is used"
            yield Finding("proxy", "warn", what, f"Set both to the same, or unset {name.lower()}.")
    found = getproxies()
    proxy = found.get("https") or found.get("all") or ""
    if not proxy:
        yield Finding("proxy", "ok", "none")
        return
    without = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    said = route.shown(proxy) + (f", not for {without}" if without else "")
    why = _unreachable(proxy)
    hint = "Compare HTTPS_PROXY with what your company says; unset it where no proxy is needed."
    yield Finding("proxy", "fail" if why else "ok", f"{said}{why}", hint if why else "")


def _unreachable(proxy: str) -> str:
    """Return why the proxy cannot be reached, or ``""``."""
    address = route.shown(proxy)
    host, _, port = address.rpartition("://")[2].rpartition("@")[2].rpartition(":")
    try:
        number = int(port)
    except ValueError:
        # Without a port, requests takes that of the scheme.
        host, number = host or port, 443 if address.startswith("https") else 80
    try:
        socket.create_connection((host.strip("[]"), number), timeout=SECONDS).close()
    except socket.gaierror:
        return ": there is no such host"
    except (OSError, UnicodeError, OverflowError):
        return ": it does not answer"
    return ""
