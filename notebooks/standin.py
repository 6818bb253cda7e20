"""A stand-in of Azure OpenAI and OpenAI on this machine, for the quickstart. No model is behind it.

It has two keys, as an Azure resource has, and answers on the paths of both services:
the list of models, and chats. A wrong key gets 401. Only Python's own modules.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY_1 = "quickstart-key-1-of-the-stand-in"
KEY_2 = "quickstart-key-2-of-the-stand-in"
_REFUSED = "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."


class StandIn:
    """The running service; `endpoint` is its address, `keys` are those it takes now."""

    def __init__(self) -> None:
        self.keys = {KEY_1, KEY_2}
        self.requests: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def revoke(self, key: str) -> None:
        """Take a key no longer, as after *Regenerate* in the portal."""
        self.keys.discard(key)

    def stop(self) -> None:
        """End the service."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict]:
        """Return status and content for a request whose key was right."""
        path = path.partition("?")[0]
        if method == "GET" and path in ("/openai/v1/models", "/openai/models", "/v1/models"):
            return 200, {"object": "list", "data": [{"id": "gpt-4o-mini", "object": "model"}]}
        if method == "POST" and path.endswith("/chat/completions"):
            said = json.loads(body)["messages"][-1]["content"]
            message = {"role": "assistant", "content": f"You said: {said} (I am a stand-in without a model.)"}
            return 200, {
                "id": "chatcmpl-standin",
                "object": "chat.completion",
                "created": 0,
                "model": "gpt-4o-mini",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
            }
        return 404, {"error": {"code": "404", "message": "Resource not found"}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                key = self.headers.get("api-key") or self.headers.get("Authorization", "").removeprefix("Bearer ")
                service.requests.append(f"{self.command} {self.path}")
                if key in service.keys:
                    status, content = service.answer(self.command, self.path, body)
                else:
                    status, content = 401, {"error": {"code": "401", "message": _REFUSED}}
                sent = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = _serve

            def log_message(self, *args: object) -> None:
                """Write nothing into the notebook."""

        return Handler
