"""What a snippet is written from, and the lines that many have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.interop.described import Described

ENTRA_SCOPE = "https://cognitiveservices.azure.com/.default"
QUESTION = "Say hi in one word."


@dataclass(frozen=True)
class About:
    """A connection, and what was said of the code that is to use it.

    Attributes
    ----------
    described
        The connection, without secrets.
    model
        The deployment or model to call, or a word that says what belongs there.
    reference
        Returns the URL at which other programs read its secret.
    """

    described: Described
    model: str
    reference: Callable[[], str]

    @property
    def entra(self) -> bool:
        """True if it signs in with Microsoft Entra ID."""
        return self.described.record.auth != "key"

    @property
    def get(self) -> str:
        """The expression that fetches it: names store and scope, so that it works in every kernel."""
        record = self.described.record
        # A vault may have a shared and a private one of this name, now or later.
        scope = f', scope="{record.scope}"' if record.store.startswith("keyvault:") else ""
        return f'pfconn.connections("{_text(record.store)}").get("{record.name}"{scope})'


def lines(*parts: str) -> str:
    """Return ``parts`` as one text; ``""`` is an empty line."""
    return "\n".join(parts) + "\n"


def call(function: str, **arguments: str) -> str:
    """Return a call with an argument on each line; the values are code."""
    inside = "".join(f"    {name}={value},\n" for name, value in arguments.items())
    return f"{function}(\n{inside})"


def quoted(text: str) -> str:
    """Return ``text`` as a literal in double quotes."""
    return f'"{_text(text)}"'


def _text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
