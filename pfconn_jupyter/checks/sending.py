"""Sends one probe to its own host and brings back the answer, or why there is none."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import requests

from pfconn_jupyter.checks.failures import verdict_of
from pfconn_jupyter.checks.outcome import Verdict
from pfconn_jupyter.connections.endpoint import host_of
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.quiet import requests_quiet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.connections.probe import EntraToken, Probe

BUDGET = 10.0
"""Seconds that a probe may take, from the name lookup to the last byte."""
LONGEST_BODY = 64 * 1024
"""Bytes of an answer that are read."""
_CHUNK = 16 * 1024
_DEFAULT_PORTS = {"https": 443, "http": 80}
_SAFE_TO_REPEAT = ("GET", "HEAD")

Ending = Literal["whole", "capped", "broken", "slow"]


@dataclass(frozen=True)
class Answer:
    """What a service sent.

    Attributes
    ----------
    http, headers, body
        Its status, its headers by their lower-case names, and its first `LONGEST_BODY` bytes.
    ending
        Whether the body is whole, or why not.
    latency_ms
        Milliseconds from sending to the headers.
    """

    http: int
    headers: Mapping[str, str]
    body: bytes = b""
    ending: Ending = "whole"
    latency_ms: float | None = None


def send(session: requests.Session, probe: Probe, home: str, known_hosts: tuple[str, ...] = ()) -> Answer | Verdict:
    """Send ``probe``, if it goes to ``home``; never raises, since an exception would carry the secret.

    Parameters
    ----------
    home
        The connection's own address: nothing is sent to another origin.
    known_hosts
        Endings of the service's hosts, for a hint after a typing error.
    """
    deadline = time.monotonic() + BUDGET
    with requests_quiet:
        try:
            request = prepared(session, probe)
            if not stays_home(request.url or "", home):
                return Verdict(
                    "not_checked",
                    f"this type's test leads away from {host_of(home) or 'the connection'}; nothing was sent",
                    "Tell the author of this connection type: a probe must stay on the connection's own host.",
                )
            return _exchange(session, request, deadline)
        except Exception as error:  # noqa: BLE001  its frames and text hold the secret
            return verdict_of(error, home, known_hosts)


def prepared(session: requests.Session, probe: Probe) -> requests.PreparedRequest:
    """Return the request of ``probe`` as it is sent, its secrets in place."""
    # No compression: a small answer could unpack to a huge one.
    headers = {"User-Agent": "pfconn_jupyter", "Accept": "application/json, */*", "Accept-Encoding": "identity"}
    return session.prepare_request(
        requests.Request(
            probe.method,
            probe.url,
            headers=headers | {name: _header(_text(value)) for name, value in probe.headers.items()},
            params={name: _text(value) for name, value in probe.query.items()},
            json=probe.body,
            # Without an auth of its own, requests would put one from ~/.netrc over our header.
            auth=_as_it_is,
        )
    )


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _text(value: str | Secret | EntraToken) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, str):
        return value
    raise TypeError("an Entra token must be fetched before its probe is sent")


def _header(text: str) -> str:
    # requests looks for line ends only, and says the value when it refuses one.
    if text != text.strip() or any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):
        raise requests.exceptions.InvalidHeader
    return text


def stays_home(url: str, home: str) -> bool:
    """Tell whether ``url`` is at the origin of ``home``: same scheme, host and port."""
    return _origin(url) == _origin(home)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode()
    return parts.scheme, host, parts.port or _DEFAULT_PORTS.get(parts.scheme)


def _exchange(session: requests.Session, request: requests.PreparedRequest, deadline: float) -> Answer:
    settings = session.merge_environment_settings(request.url, {}, True, None, None)
    if urlsplit(request.url or "").scheme == "http":
        # To a service of this machine: a proxy would read the secret, and not reach the service.
        settings["proxies"] = {}
    try:
        return _once(session, request, deadline, settings)
    except requests.exceptions.ConnectionError as error:
        # Hosts that idle close a connection now and then; once is chance, twice is an answer.
        if request.method not in _SAFE_TO_REPEAT or not _was_dropped(error):
            raise
    return _once(session, request, deadline, settings)


def _was_dropped(error: requests.exceptions.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    return any(isinstance(e, (ConnectionResetError, ConnectionAbortedError)) for e in getattr(cause, "args", ()))


def _once(
    session: requests.Session, request: requests.PreparedRequest, deadline: float, settings: Mapping[str, object]
) -> Answer:
    left = deadline - time.monotonic()
    if left <= 0:
        raise requests.exceptions.Timeout
    started = time.monotonic()
    response = session.send(request, timeout=left, allow_redirects=False, **settings)  # type: ignore[arg-type]
    latency = round((time.monotonic() - started) * 1000, 1)
    with response:
        body, ending = _body(response, deadline)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, body, ending, latency)


def _body(response: requests.Response, deadline: float) -> tuple[bytes, Ending]:
    """Read until the end, the cap or the deadline; the status alone often decides."""
    # read1 returns what has come, so that a dripping body meets the deadline; urllib3 1.26 has none.
    read = getattr(response.raw, "read1", response.raw.read)
    body = b""
    try:
        while len(body) < LONGEST_BODY:
            if time.monotonic() > deadline:
                return body, "slow"
            chunk = read(_CHUNK, decode_content=True)
            if not chunk:
                return body, "whole"
            body += chunk
    except Exception as error:  # noqa: BLE001  urllib3's, of every kind
        return body, "slow" if "Timeout" in type(error).__name__ else "broken"
    return body[:LONGEST_BODY], "capped"
