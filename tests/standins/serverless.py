"""A serverless endpoint of Azure AI Foundry: one model, and its key as a bearer token.

Azure AI model inference, 2024-05-01-preview: /info says what the model is; the calls of
OpenAI are below /v1, as prompt flow uses them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standins.cognitive import WRONG_TOKEN
from standins.service import Reply, Service

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

KEY = "Q4c8Zt-serverless-standin-key"
INFO = {"model_name": "Mistral-large-2407", "model_type": "chat-completion", "model_provider_name": "Mistral"}
PONG = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "Mistral-large-2407",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "pong"}}],
}


class Serverless(Service):
    """An endpoint that takes ``key``."""

    def __init__(self, key: str = KEY) -> None:
        super().__init__()
        self._key = key
        self.on("/info", self._guarded(Reply(200, INFO)))
        self.on("/v1/chat/completions", self._guarded(Reply(200, PONG)))

    def _guarded(self, reply: Reply):
        def answer(handler: BaseHTTPRequestHandler) -> None:
            known = handler.headers.get("Authorization") == f"Bearer {self._key}"
            (reply if known else WRONG_TOKEN)(handler)

        return answer
