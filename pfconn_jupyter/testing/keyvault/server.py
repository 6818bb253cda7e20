"""One port for three things: the API over TLS, a proxy that leads to it, and the identity endpoint.

The first byte tells them apart. A proxied connection is not passed on: after CONNECT it is
the API's own, so the way through the proxy costs no more than the direct one.
"""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.testing.keyvault.service import ConnectionLost
from pfconn_jupyter.testing.keyvault.wire import Answer, Malformed, Reader

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from pfconn_jupyter.testing.keyvault.wire import Request

    Respond = Callable[[Request], Answer]

_HANDSHAKE_SECONDS = 10
_TLS = b"\x16"


class Server:
    """Serves on this machine only.

    Parameters
    ----------
    api, plain
        Answer requests that came over TLS, and plain ones that are no CONNECT.
    leads
        Tells whether the proxy leads to a host; elsewhere it refuses, so that no test leaves the machine.
    """

    def __init__(
        self, context: ssl.SSLContext, api: Respond, plain: Respond, leads: Callable[[str], bool], port: int = 0
    ) -> None:
        self._context, self._api, self._plain, self._leads = context, api, plain, leads
        self._open: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._server = _Listener(("127.0.0.1", port), self._serve)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Close every connection and wait for what is being answered."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        with self._lock:
            connections, threads = list(self._open), list(self._threads)
        for connection in connections:
            with suppress(OSError):
                # Not SSLSocket.shutdown, which takes the TLS state from the thread that reads.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in threads:
            thread.join(2)

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._open.add(connection)
            self._threads.add(threading.current_thread())
        try:
            if connection.recv(1, socket.MSG_PEEK) == _TLS:
                self._serve_tls(connection)
            else:
                self._serve_plain(connection)
        except (OSError, Malformed):
            pass  # the client left, or does not trust our CA, or speaks something else
        finally:
            with self._lock:
                self._open.discard(connection)
                self._threads.discard(threading.current_thread())

    def _serve_tls(self, connection: socket.socket) -> None:
        connection.settimeout(_HANDSHAKE_SECONDS)
        secure = self._context.wrap_socket(connection, server_side=True)
        secure.settimeout(None)
        with self._lock:
            self._open.discard(connection)
            self._open.add(secure)
        try:
            self._converse(secure, self._api)
        except ConnectionLost:
            # Linger of no seconds: closing sends a reset.
            secure.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        finally:
            with self._lock:
                self._open.discard(secure)
            secure.close()

    def _serve_plain(self, connection: socket.socket) -> None:
        reader = Reader(connection)
        while (request := reader.read()) is not None:
            if request.method == "CONNECT":
                host, _, port = request.target.rpartition(":")
                if reader.pending or port != "443" or not self._leads(host):
                    connection.sendall(Answer(502).encoded())
                    return
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                self._serve_tls(connection)
                return
            connection.sendall(self._plain(request).encoded())

    def _converse(self, connection: socket.socket, respond: Respond) -> None:
        reader = Reader(connection)
        while (request := reader.read()) is not None:
            answer = respond(request)
            connection.sendall(answer.encoded())
            if answer.cut or request.headers.get("connection", "").lower() == "close":
                return


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        super().__init__(address, socketserver.BaseRequestHandler)

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  socketserver's words
        """Hand the connection on."""
        self._serve(request)
