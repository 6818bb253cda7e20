"""Connections to test stores with: made-up keys, and values that are easily broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection

KEY = "sk-contract-0123456789abcdef"
NEXT_KEY = "sk-contract-fedcba9876543210"
DIFFICULT = {
    "quotes": "a'b\"c`d\\e",
    "lines": "first\nsecond\r\n\tthird\n",
    "blanks": "  kept to the letter  ",
    "unicode": "пароль 密码 🔑 é e\u0301",
    "markup": "<b>&amp;</b> %s {0} ${env:HOME}",
    "long": "x1" * 9_000,  # sealed, that is nearly all that Key Vault keeps
}


def openai(key: str = KEY, **fields: str) -> Connection:
    """Return an OpenAI connection that is not stored."""
    return build(connection_type("openai"), {"api_key": key, **fields})


def custom(configs: dict[str, str], secrets: dict[str, str]) -> Connection:
    """Return a custom connection that is not stored."""
    return build(connection_type("custom"), {"configs": configs, "secrets": secrets})
