"""Just enough HTTP/1.1: requests with a length, answers with a length, connections kept open."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_HEAD = 65_536
_LONGEST_BODY = 4_000_000
_REASONS = {200: "OK", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
_SERVER = "pfconn_jupyter Key Vault emulator (a test double)"


class Request(NamedTuple):
    """One request; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> tuple[str, ...]:
        """The parts of the path; a slash at the end does not count."""
        return tuple(unquote(part) for part in self.target.partition("?")[0].split("/") if part)

    @property
    def query(self) -> dict[str, str]:
        """The parameters by name."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))


class Answer(NamedTuple):
    """One answer; of a ``cut`` one only half the body is sent."""

    status: int
    body: bytes = b""
    headers: Iterable[tuple[str, str]] = ()
    cut: bool = False

    def encoded(self) -> bytes:
        """Return what goes over the wire."""
        head = [f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Answer')}", f"Server: {_SERVER}"]
        if self.body:
            head.append("Content-Type: application/json; charset=utf-8")
        if self.status != 204:
            head.append(f"Content-Length: {len(self.body)}")
        head += [f"{name}: {value}" for name, value in self.headers]
        body = self.body[: len(self.body) // 2] if self.cut else self.body
        return "\r\n".join([*head, "", ""]).encode("latin-1", "replace") + body


class Malformed(Exception):
    """What came is no request that we read."""


class Reader:
    """Reads requests from a connection, one after the other."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._rest = connection, b""

    @property
    def pending(self) -> bool:
        """Whether bytes were read that belong to what follows."""
        return bool(self._rest)

    def read(self) -> Request | None:
        """Return the next request, or None where the client has left.

        Raises
        ------
        Malformed
        """
        end = self._rest.find(b"\r\n\r\n")
        while end < 0:
            if len(self._rest) > _LONGEST_HEAD:
                raise Malformed("The head is too long.")
            if not self._more():
                return None
            end = self._rest.find(b"\r\n\r\n")
        head, self._rest = self._rest[:end].decode("latin-1"), self._rest[end + 4 :]
        first, *lines = head.split("\r\n")
        try:
            method, target, _ = first.split(" ")
            headers = {
                name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            length = int(headers.get("content-length") or 0)
        except ValueError:
            raise Malformed("This is not HTTP.") from None
        if "transfer-encoding" in headers or not 0 <= length <= _LONGEST_BODY:
            raise Malformed("The length of the body is missing or too large.")
        while len(self._rest) < length:
            if not self._more():
                return None
        body, self._rest = self._rest[:length], self._rest[length:]
        return Request(method, target, headers, body)

    def _more(self) -> bool:
        if hasattr(socket, "TCP_QUICKACK"):
            # Through a proxy urllib3 holds a body back until its head is acknowledged: that is 40 ms on Linux.
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        data = self._connection.recv(65_536)
        self._rest += data
        return bool(data)
