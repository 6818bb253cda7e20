"""Reads an exception of requests into a verdict. Their texts hold URLs: none is passed on."""

from __future__ import annotations

import os
import socket
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

import requests.exceptions as faults

from pfconn_jupyter.causes import causes
from pfconn_jupyter.checks import private_network
from pfconn_jupyter.checks.issuer import issuer_of
from pfconn_jupyter.checks.outcome import Verdict
from pfconn_jupyter.checks.route import BUNDLES
from pfconn_jupyter.connections.endpoint import host_of

_PROXIES = "HTTPS_PROXY and NO_PROXY"


def verdict_of(error: Exception, home: str, known_hosts: tuple[str, ...] = ()) -> Verdict:
    """Return what ``error`` means for a probe to ``home``."""
    host = host_of(home)
    if isinstance(error, faults.RequestException) and not isinstance(error, ValueError):
        return _of_network(error, home, known_hosts)
    if isinstance(error, (faults.InvalidHeader, UnicodeError)):
        return Verdict(
            "misconfigured",
            "the secret or its header holds characters that no HTTP header can carry; nothing was sent",
            "Copy the secret again, alone: no blanks around it, no line ends, no letters outside Latin.",
        )
    if isinstance(error, OSError) and (bundle := _missing_bundle()):
        return Verdict(
            "tls",
            f"{bundle} names a file that does not exist; nothing was sent",
            f"Point {bundle} to the file with your company's certificates, or unset it.",
        )
    return Verdict(
        "not_checked",
        f"the test of {host} could not be sent ({type(error).__name__})",
        "Compare the address and the proxy settings; if they are right, report this.",
    )


def timed_out(home: str) -> Verdict:
    """Return the verdict on a host that did not answer in time."""
    general = f"Test again; if it stays, a firewall or a private network may swallow the request: see {_PROXIES}."
    return Verdict("timeout", f"{host_of(home)} did not answer in time", private_network.said_of(home) or general)


def _of_network(error: Exception, home: str, known_hosts: tuple[str, ...]) -> Verdict:
    if isinstance(error, faults.ProxyError):
        return _of_proxy(error, host_of(home))
    if isinstance(error, faults.SSLError):
        return _of_tls(error, home)
    if isinstance(error, faults.Timeout):
        return timed_out(home)
    return _of_connection(error, home, known_hosts)


def _of_connection(error: Exception, home: str, known_hosts: tuple[str, ...]) -> Verdict:
    host = host_of(home)
    found = list(causes(error))
    if any(isinstance(e, socket.gaierror) for e in found):
        return Verdict("unreachable", f"there is no host {host}", _spelling(home, known_hosts))
    if any(isinstance(e, ConnectionRefusedError) for e in found):
        return Verdict(
            "unreachable",
            f"{host} refuses connections",
            "Is the service running, and the port right? A firewall may also refuse.",
        )
    if any(type(e).__name__ in ("NewConnectionError", "ConnectTimeoutError") for e in found):
        hint = private_network.said_of(home) or f"Compare your network and VPN, {_PROXIES}."
        return Verdict("unreachable", f"no way to {host}", hint)
    return Verdict(
        "unreachable",
        f"{host} closed the connection without an answer",
        "Test again; if it stays, a firewall or proxy may cut it, or the port is not one for https.",
    )


def _spelling(home: str, known_hosts: tuple[str, ...]) -> str:
    host = urlsplit(home).hostname or ""
    resource, _, _ = host.partition(".")
    likely = [ending if not ending.startswith(".") else resource + ending for ending in known_hosts]
    if host in likely or not known_hosts:
        return "Look for a typing error; the resource may be deleted, or known only inside a private network."
    nearest = get_close_matches(host, likely, n=1, cutoff=0.7)
    if nearest:
        return f"Look for a typing error: did you mean {nearest[0]}?"
    return f"Look for a typing error: such hosts end with {' or '.join(known_hosts[:2])}."


def _of_proxy(error: Exception, host: str) -> Verdict:
    # The only part of the text that is looked at, and none of it is kept.
    if "407" in "".join(str(e) for e in causes(error) if isinstance(e, OSError)):
        return proxy_sign_in()
    return Verdict(
        "unreachable",
        f"the proxy did not connect to {host}",
        f"Compare the proxy settings {_PROXIES}; add the host to NO_PROXY if it needs no proxy.",
    )


def proxy_sign_in() -> Verdict:
    """Return the verdict on a proxy that wants to know who is there (HTTP 407)."""
    return Verdict(
        "unreachable",
        "the proxy asks for a sign-in",
        "Put user and password into HTTPS_PROXY (http://user:password@proxy:port), or ask its administrator.",
    )


def _of_tls(error: Exception, home: str) -> Verdict:
    host = host_of(home)
    refusals = [e for e in causes(error) if "Cert" in type(e).__name__]
    if not refusals:
        return Verdict(
            "tls",
            f"{host} and this machine found no common TLS; nothing was sent",
            "Is the port one for https? A company proxy or an old server may also break TLS.",
        )
    what, hint = next((said for words, *said in _CERTIFICATES if any(words in str(e) for e in refusals)), ("", ""))
    if what:
        return Verdict("tls", f"the certificate of {host} {what}; nothing was sent", hint)
    issuer = issuer_of(home)
    by = f", issued by {issuer}," if issuer else ""
    whose = f"If {issuer} is your company's proxy" if issuer else "Behind a company proxy"
    return Verdict(
        "tls",
        f"the certificate of {host}{by} is not trusted; nothing was sent",
        f"{whose}, set REQUESTS_CA_BUNDLE to the file with its certificates; else compare the address.",
    )


# OpenSSL's words, what they mean, and what to do.
_CERTIFICATES = (
    ("match", "is for another name", "Compare the address: the service's own host name must stand in it."),
    ("certificate has expired", "has run out", "Is this machine's clock right? Else its owner must renew it."),
    ("not yet valid", "is not valid yet", "Is this machine's clock right? It seems to be behind."),
)


def _missing_bundle() -> str:
    return next((name for name in BUNDLES if (path := os.environ.get(name)) and not Path(path).exists()), "")
