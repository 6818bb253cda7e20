"""Where the environment says something of a connection; what it says is read later, and a secret only for `get`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from pfconn_jupyter.connections.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    # For annotations in a class that has a field called `list`.
    from pfconn_jupyter.connections.secret import Secret

TYPE, NAME = "type", "name"
"""What tells the connection's type, which it must, and its name, which it may."""
CONFIGS, SECRETS = "configs.", "secrets."
"""Fields of custom connections begin so."""


class Source(Protocol):
    """A variable or a file that says one field."""

    @property
    def shown(self) -> str:
        """Return what it is called in messages."""

    def given(self) -> bool:
        """Tell whether it says anything; does not read it."""

    def text(self) -> str:
        """Return what it says, for what is no secret.

        Raises
        ------
        StoreError
        """

    def secret(self) -> Secret:
        """Return what it says.

        Raises
        ------
        StoreError
        """


@dataclass
class Found:
    """All that is said of one connection.

    Attributes
    ----------
    word
        Its name, as the variables or the folder spell it.
    example
        How a field is said there; ``{}`` stands for the field.
    fields
        Field to where it is said.
    twice
        Fields that are said in two places, which must not be.
    stray
        What names no field.
    """

    word: str
    example: str
    fields: dict[str, Source] = field(default_factory=dict)
    twice: dict[str, tuple[str, str]] = field(default_factory=dict)
    stray: str = ""

    def add(self, name: str, source: Source) -> None:
        """Add where a field is said."""
        if name in self.fields:
            self.twice[name] = (self.fields[name].shown, source.shown)
        self.fields[name] = source


def merged(parts: Iterable[Found]) -> Iterator[Found]:
    """Yield what is said of each connection, that of several places together."""
    together: dict[str, Found] = {}
    for part in parts:
        known = together.setdefault(fold(part.word), Found(part.word, part.example))
        known.stray = known.stray or part.stray
        known.twice |= part.twice
        for name, source in part.fields.items():
            known.add(name, source)
    yield from together.values()
