"""Plain HTTP for services whose SDK cannot be used: nothing is followed, logged or taken from elsewhere."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.checks.redaction import one_line
from pfconn_jupyter.connections.secret import MASK, Secret
from pfconn_jupyter.errors import ToolFailed
from pfconn_jupyter.quiet import requests_quiet
from pfconn_jupyter.tools.retrying import AGAIN, Trouble, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pfconn_jupyter.connections.connection import Connection

    Value = str | Secret


LARGEST = 20 * 2**20
"""Bytes of an answer that are read."""
_CHUNK = 64 * 1024


class Refused(Exception):
    """An answer that is none: its status, its words and its headers."""

    def __init__(self, http: int, said: str, headers: Mapping[str, str]) -> None:
        super().__init__(http)
        self.http, self.said, self.headers = http, said, headers


def send(
    method: str,
    url: str,
    timeout: float,
    *,
    headers: Mapping[str, Value] | None = None,
    query: Mapping[str, Value] | None = None,
    body: object = None,
) -> tuple[Any, Mapping[str, str]]:
    """Return the JSON and the headers of an answer; a `Secret` is revealed as it is sent.

    Raises
    ------
    Refused
        The status is not 200, or the answer is no JSON.
    """
    import requests

    deadline = time.monotonic() + timeout
    with requests_quiet, requests.Session() as session:
        response = session.request(
            method,
            url,
            params=_revealed(query or {}),
            headers={"User-Agent": "pfconn_jupyter", **_revealed(headers or {})},
            json=body,
            timeout=timeout,
            # A redirect would take the key along; ~/.netrc would put another one on.
            allow_redirects=False,
            auth=_as_it_is,
            stream=True,
        )
        content = _content(response, deadline)
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if response.status_code != 200 or answer is None:
        raise Refused(response.status_code, _said(answer, response.status_code), response.headers)
    return answer, response.headers


def reader(connection: Connection, hints: Mapping[str, str] | None = None) -> Callable[[Exception], Trouble]:
    """Return what says what an exception of `send` means, for `repeat`.

    Parameters
    ----------
    hints
        Words of a refusal to what to do about it; such a refusal is final.
    """
    who = connection.name or connection.LABEL
    test = f"See why: %pfconn test {connection.name}." if connection.name else "Test the connection."

    def read(error: Exception) -> Trouble:
        if isinstance(error, Refused):
            known = next((hint for words, hint in (hints or {}).items() if words in error.said), "")
            said = one_line(error.said, connection.secrets.values())
            failed = ToolFailed(f"{who} refused ({error.http}): {said or 'no reason given'}", known or test, error.http)
            return Trouble(failed, error.http in AGAIN and not known, retry_after(error.headers))
        import requests

        # Never its own text: it holds the address, and the address may hold the key.
        if isinstance(error, requests.exceptions.Timeout):
            return Trouble(ToolFailed(f"{who} did not answer in time.", "Give a longer --timeout."), again=True)
        # Of the body, urllib3's own come through.
        if isinstance(error, requests.exceptions.ConnectionError) or type(error).__module__.startswith("urllib3"):
            return Trouble(ToolFailed(f"{who} cannot be reached.", test), again=True)
        return Trouble(ToolFailed(f"The call of {who} failed ({type(error).__name__}).", test))

    return read


def without(answer: Any, secret: Secret) -> Any:
    """Return an answer with a mask where it echoes ``secret``."""
    if isinstance(answer, dict):
        return {name: without(value, secret) for name, value in answer.items()}
    if isinstance(answer, list):
        return [without(value, secret) for value in answer]
    return answer.replace(secret.reveal(), MASK) if isinstance(answer, str) else answer


def _content(response: Any, deadline: float) -> bytes:
    import requests

    # What has come, so that a dripping answer meets the deadline; urllib3 1.26 has no read1.
    read = getattr(response.raw, "read1", response.raw.read)
    content = b""
    while chunk := read(_CHUNK, decode_content=True):
        content += chunk
        if time.monotonic() > deadline:
            raise requests.exceptions.Timeout
        if len(content) > LARGEST:
            raise Refused(response.status_code, f"the answer has more than {LARGEST // 2**20} MB", response.headers)
    return content


def _revealed(values: Mapping[str, Value]) -> dict[str, str]:
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in values.items()}


def _said(answer: Any, status: int) -> str:
    """Return the words of a refusal: a text, or an object with a message, below ``error`` or not."""
    for key in ("error", "message"):
        if isinstance(answer, dict) and key in answer:
            return _said(answer[key], status)
    if isinstance(answer, list) and answer:
        return _said(answer[0], status)
    if isinstance(answer, str):
        return answer
    return "it sends elsewhere" if 300 <= status < 400 else "the answer is no JSON" if answer is None else ""


def _as_it_is(request: Any) -> Any:
    return request
