"""Stand-ins of the services that tools call, on this machine, for 03-tools.ipynb. No model is behind them.

One server with the paths of Azure OpenAI, Azure AI Content Safety, Azure AI Search and
SerpAPI, one key for all. What it "understands" are a few words. Only Python's own modules.
"""

import json
import math
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "tools-notebook-key-of-the-stand-in"
_REFUSED = "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."
# A text's vector: how much it is about each of these, and a little of its other words.
TOPICS = {
    "animals": "cat cats kitten dog dogs puppy bird fish pet purrs barks",
    "weather": "rain rains snow sun sunny cloud storm wind weather umbrella",
    "cooking": "soup bread oven cook recipe salt bake onion kitchen stew",
    "computing": "python notebook code kernel variable server error install",
}
HARM = {
    "Hate": {"vermin": 4, "inferior": 4},
    "SelfHarm": {"harm myself": 6},
    "Sexual": {"kiss": 2},
    "Violence": {"hit": 2, "knife": 4, "kill": 6},
}
DOCUMENTS = [
    {"id": "1", "kind": "home", "content": "To bake bread, heat the oven and knead with salt."},
    {"id": "2", "kind": "home", "content": "A kitten purrs when it is content; a puppy barks."},
    {"id": "3", "kind": "work", "content": "If the kernel dies, restart the notebook server."},
    {"id": "4", "kind": "work", "content": "Install the package, then import it in your code."},
    {"id": "5", "kind": "home", "content": "Take an umbrella: rain and wind all week."},
]


def vector(text: str) -> list[float]:
    """Return the vector of a text, of length one."""
    words = [word.strip(".,;:!?").lower() for word in text.split()]
    found = [0.1 + sum(word in known.split() for word in words) for known in TOPICS.values()]
    # Other words count a little, so that no two texts are quite the same.
    rest = [0.0] * 8
    for word in words:
        rest[zlib.crc32(word.encode()) % len(rest)] += 0.25
    found += rest
    length = math.hypot(*found)
    return [number / length for number in found]


def similarity(one: list[float], other: list[float]) -> float:
    """Return the cosine of the angle between two vectors."""
    return sum(a * b for a, b in zip(one, other)) / (math.hypot(*one) * math.hypot(*other))


class StandIn:
    """The running services; `endpoint` is their address."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """End the services."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, query: dict, body: dict) -> tuple[int, object]:
        """Return status and content for a request whose key was right; a list of texts is streamed."""
        if path.endswith("/chat/completions"):
            return 200, _chat(body)
        if path.endswith("/embeddings"):
            texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
            data = [{"object": "embedding", "index": i, "embedding": vector(t)} for i, t in enumerate(texts)]
            return 200, {"object": "list", "model": "stand-in", "data": data, "usage": {}}
        if path == "/contentsafety/text:analyze":
            return 200, _harm(body["text"].lower())
        if path == "/indexes('notes')/docs/search.post.search":
            return 200, {"value": _found(body)}
        if path == "/search.json":
            return 200, _web(query)
        return 404, {"error": {"code": "404", "message": "Resource not found"}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
                service.requests.append(f"{self.command} {parts.path}")
                given = (
                    self.headers.get("api-key")
                    or self.headers.get("Ocp-Apim-Subscription-Key")
                    or self.headers.get("Authorization", "").removeprefix("Bearer ")
                    or query.get("api_key")
                )
                status, content = 401, {"error": {"code": "401", "message": _REFUSED}}
                if given == KEY:
                    status, content = service.answer(parts.path.replace("%27", "'"), query, body)
                if isinstance(content, list):
                    self._stream(content)
                else:
                    self._send(status, content)

            def _send(self, status: int, content: object) -> None:
                sent = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def _stream(self, texts: list[str]) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                for text in texts:
                    self.wfile.write(f"data: {text}\n\n".encode())
                    self.wfile.flush()
                    time.sleep(0.05)

            do_GET = do_POST = _serve

            def log_message(self, *args: object) -> None:
                """Write nothing into the notebook."""

        return Handler


def _chat(body: dict) -> object:
    said = body["messages"][-1]["content"]
    message: dict = {"role": "assistant", "content": f"You said: *{said}* (I am a stand-in without a model.)"}
    reason = "stop"
    if body.get("tools"):
        name = body["tools"][0]["function"]["name"]
        call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": '{"city": "Oslo"}'}}
        message, reason = {"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls"
    base = {"id": "chatcmpl-standin", "created": 0, "model": "stand-in"}
    if not body.get("stream"):
        choice = {"index": 0, "message": message, "finish_reason": reason}
        return {**base, "object": "chat.completion", "choices": [choice], "usage": {}}
    pieces = [{"content": word + " "} for word in str(message["content"]).split(" ")]
    choices = [{"index": 0, "delta": piece, "finish_reason": None} for piece in pieces]
    choices.append({"index": 0, "delta": {}, "finish_reason": reason})
    return [*(json.dumps({**base, "object": "chat.completion.chunk", "choices": [c]}) for c in choices), "[DONE]"]


def _harm(text: str) -> dict:
    found = [
        {"category": category, "severity": max((s for word, s in words.items() if word in text), default=0)}
        for category, words in HARM.items()
    ]
    return {"blocklistsMatch": [], "categoriesAnalysis": found}


def _found(body: dict) -> list[dict]:
    (wanted,) = body["vectorQueries"]
    near = wanted.get("vector") or vector(wanted["text"])
    kind = (body.get("filter") or "").removeprefix("kind eq ").strip("'")
    passed = [d for d in DOCUMENTS if not kind or d["kind"] == kind]
    scored = [{"@search.score": round(similarity(near, vector(d["content"])), 4), **d} for d in passed]
    return sorted(scored, key=lambda d: -d["@search.score"])[: body.get("top", 50)]


def _web(query: dict) -> dict:
    results = [
        {
            "position": n,
            "title": f"{query['q']}, page {n}",
            "link": f"https://example.com/{n}",
            "snippet": "A page of the stand-in.",
        }
        for n in range(1, int(query.get("num", 10)) + 1)
    ]
    return {"search_parameters": {"q": query["q"], "engine": query["engine"]}, "organic_results": results}
