"""A proxy for https: tunnels what it is asked to, wherever a test says, and sees no more than a real one."""

from __future__ import annotations

import select
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from standins.service import Misbehave


def tunnel_to(url: str) -> Misbehave:
    """Return an answer to CONNECT: a tunnel to the service at ``url``, whatever host was named."""
    parts = urlsplit(url)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        with socket.create_connection((parts.hostname or "", parts.port or 443)) as there:
            handler.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _pump(handler.connection, there)

    return answer


def _pump(one: socket.socket, other: socket.socket) -> None:
    ends = {one: other, other: one}
    while True:
        for ready in select.select(list(ends), [], [], 5)[0]:
            data = ready.recv(65536)
            if not data:
                return
            ends[ready].sendall(data)
