"""A tool's arguments as data: its command line, its help and its completion are made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "texts", "number", "integer", "switch", "data"]


@dataclass(frozen=True)
class Argument:
    """One parameter of a tool, and its option of the same name (``max_tokens`` is ``--max-tokens``).

    Attributes
    ----------
    name, help
        The function's parameter, and one line about it.
    kind
        ``texts`` may be given several times; ``data`` is the name of a variable, or JSON,
        or else the text itself.
    choices
        The values, if they are few; of ``data``, words that mean themselves and no variable.
    """

    name: str
    help: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()

    @property
    def option(self) -> str:
        """The option on a command line."""
        return f"--{self.name.replace('_', '-')}"
