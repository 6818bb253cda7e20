"""A small HTTP(S) service with scripted answers, for the faults that real ones show rarely."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    import trustme

    Misbehave = Callable[["BaseHTTPRequestHandler"], None]


@dataclass(frozen=True)
class Received:
    """One request as it came in; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """One answer: a dict or list is sent as JSON; ``delay`` seconds pass before it."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        time.sleep(self.delay)
        sent = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        handler.send_response(self.status)
        kind = "application/octet-stream" if isinstance(self.body, bytes) else "application/json"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(sent)), **self.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(sent)


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection with a TCP reset, without an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def half(handler: BaseHTTPRequestHandler) -> None:
    """Promise a thousand bytes and send a few."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data": [{"id": "gp')


def drip(status: int = 200) -> Misbehave:
    """Return a misbehaviour: an answer that comes a byte at a time and never ends."""

    def misbehave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.end_headers()
        while True:
            handler.wfile.write(b" ")
            time.sleep(0.05)

    return misbehave


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Send 100 MB, as fast as they are taken."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(100_000_000))
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x" * 1_000_000)


class Service:
    """A service on a free port of this machine; a context manager.

    ``on(path, *replies)`` scripts it: the replies of a path are given one after the
    other, the last one again and again; a path without a script gets that of ``ANY``, or
    404. Everything that comes in is in ``received``. With ``certificate`` it speaks TLS.
    """

    ANY = "*"

    def __init__(self, certificate: trustme.LeafCert | None = None) -> None:
        self.received: list[Received] = []
        self._replies: dict[str, list[Misbehave]] = {}
        self._server = _Server(("127.0.0.1", 0), self._handler())
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            # The handshake waits for the first read, which is in the connection's own thread.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self._server.server_port}"

    def on(self, path: str, *replies: Misbehave) -> Service:
        """Answer requests of ``path`` (any method) with ``replies``, in turn."""
        self._replies[path] = list(replies)
        return self

    def __enter__(self) -> Service:  # noqa: PYI034  nobody derives from it
        threading.Thread(target=self._server.serve_forever, args=(0.002,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _next(self, path: str) -> Misbehave:
        replies = self._replies.get(path) or self._replies.get(self.ANY)
        if not replies:
            return Reply(404, {"error": {"code": "404", "message": "Resource not found"}})
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                # A proxy is asked to CONNECT to host:port, which is no path.
                path = parts.path if self.command != "CONNECT" else self.path
                self.asked = Received(self.command, path, parse_qs(parts.query), headers, body)
                service.received.append(self.asked)
                service._next(path)(self)

            do_GET = do_POST = do_HEAD = do_CONNECT = _serve  # noqa: N815  http.server's names

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent: what was received is in ``received``."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: that a client goes away is what many tests are about."""
