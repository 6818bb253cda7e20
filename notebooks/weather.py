"""A stand-in of a weather service on this machine, for 04-custom-types. Only Python's own modules."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "weather-key-of-the-stand-in"
_STATIONS = {"stations": [{"name": "Harbour", "degrees": 11}, {"name": "Hill", "degrees": 8}]}


class StandIn:
    """The running service; `endpoint` is its address."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """End the service."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("api-key") != KEY:
            self._send(401, {"error": "Who are you?"})
        elif self.path.partition("?")[0] == "/v1/stations":
            self._send(200, _STATIONS)
        else:
            self._send(404, {"error": "No such page"})

    def _send(self, status: int, content: dict) -> None:
        sent = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *args: object) -> None:
        """Write nothing into the notebook."""
