"""Services that the tools call: aimock with answers of every kind, scripted ones, and connections to them."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

import pfconn_jupyter as pfconn
from requirements import require
from standins import aimock as standin
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY, ROTATED = "Zk7q0We5Rt1Y2u9I4o8P", "Rotated-9I4o8P-Zk7q0"
CHAT = "/openai/deployments/gpt/chat/completions"
LONG = " ".join(f"word{i}" for i in range(400))
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a place",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
ANSWERS: list[dict[str, Any]] = [
    {
        "match": {"toolName": "get_weather"},
        "response": {"toolCalls": [{"name": "get_weather", "arguments": {"city": "Oslo"}}]},
    },
    {
        "match": {"userMessage": "too fast", "sequenceIndex": 0},
        "response": {"error": {"message": "Rate limited", "type": "rate_limit_error", "code": "429"}, "status": 429},
    },
    {"match": {"userMessage": "too fast"}, "response": {"content": "Now it works."}},
    {
        "match": {"userMessage": "a harmful question"},
        "response": {
            "error": {"message": "Filtered by the policy.", "type": "invalid_request_error", "code": "content_filter"},
            "status": 400,
        },
    },
    {
        "match": {"model": "gone"},
        "response": {
            "error": {"message": "The API deployment does not exist.", "type": "x", "code": "DeploymentNotFound"},
            "status": 404,
        },
    },
    {"match": {"userMessage": "capital of Finland"}, "response": {"content": "Helsinki is the capital."}},
    {"match": {"userMessage": "a long story"}, "response": {"content": LONG}, "latency": 40},
    {"match": {"inputText": "apple"}, "response": {"embedding": [1.0, 0.0, 0.5]}},
    {"match": {"inputText": "pear"}, "response": {"embedding": [0.9, 0.1, 0.5]}},
]


@pytest.fixture(scope="session")
def chat_server() -> Iterator[standin.Aimock]:
    """Return an aimock that chats, calls functions, streams slowly and embeds."""
    require("node")
    require("openai")
    require("jinja2")
    with standin.aimock(require("aimock"), more=ANSWERS) as server:
        yield server


@pytest.fixture
def service() -> Iterator[Service]:
    """Return a scripted service."""
    require("openai")
    require("jinja2")
    with Service() as running:
        yield running


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every test have a local store of its own."""
    monkeypatch.setenv("PFCONN_STORE", "local:")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait next to nothing between tries."""
    monkeypatch.setattr("pfconn_jupyter.tools.retrying.FIRST_WAIT", 0.01)


@pytest.fixture
def aoai(service: Service) -> str:
    """Store a connection ``my_aoai`` to the scripted service; return its name."""
    pfconn.create("azure_openai", "my_aoai", api_base=service.url, api_key=KEY, deployment="gpt")
    return "my_aoai"


def to_aimock(server: standin.Aimock, word: str = "azure_openai", **fields: Any) -> str:
    """Store a connection ``mock`` to aimock; return its name."""
    where = {"api_base": server.url} if word == "azure_openai" else {"base_url": f"{server.url}/v1"}
    pfconn.create(word, "mock", api_key=server.key, **where, **fields)
    return "mock"


def answer(content: str | None = "pong", finish: str = "stop", **message: Any) -> dict[str, Any]:
    """Return a chat's answer, as the vendor documents it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def refusal(status: int, code: str, message: str, headers: dict[str, str] | None = None, **more: Any) -> Reply:
    """Return a refusal of Azure OpenAI."""
    return Reply(status, {"error": {"code": code, "message": message, **more}}, headers or {})


def chunk(content: str | None = None, finish: str | None = None) -> str:
    """Return one event of a streamed chat."""
    delta = {"content": content} if content is not None else {}
    data = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return f"data: {json.dumps(data)}\n\n"


class Stream:
    """A reply that streams events; ``closed`` is how many it had sent when the client went away, or None."""

    def __init__(self, events: list[str], pause: float = 0.0, repeat_last: int = 0) -> None:
        self.events = [*events, *([events[-1]] * repeat_last)]
        self.pause = pause
        self.closed: int | None = None

    def __call__(self, handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        for number, event in enumerate(self.events):
            try:
                handler.wfile.write(event.encode())
                handler.wfile.flush()
            except OSError:
                self.closed = number
                return
            time.sleep(self.pause)


def body_of(service: Service, number: int = -1) -> dict[str, Any]:
    """Return the JSON of a request that came in."""
    found: dict[str, Any] = json.loads(service.received[number].body)
    return found


def wait_for(happened: Callable[[], object], seconds: float = 5.0) -> bool:
    """Wait until something happened; say whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happened():
            return True
        time.sleep(0.02)
    return False
