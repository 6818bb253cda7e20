"""What a person wishes of an import, and what becomes of each connection."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from pfconn_jupyter.connections.names import fold
from pfconn_jupyter.errors import PfconnError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import Scope
    from pfconn_jupyter.interop.found import Found

    Place = tuple[Scope, str]

Action = Literal["create", "created", "same", "conflict", "cannot", "failed", "not done"]


@dataclass(frozen=True)
class Wishes:
    """What the person said.

    Attributes
    ----------
    scope
        For those whose source says none that the target has.
    name
        What it is called in the target, where only one is chosen.
    only
        Names or globs; all if empty.
    rename
        Name in the source to name in the target.
    """

    scope: Scope | None = None
    name: str = ""
    only: Sequence[str] = ()
    rename: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One connection of the source, and what becomes of it.

    Attributes
    ----------
    found
        As the source has it.
    new_name, scope
        What it is called in the target, and who can use it there; None where that must be said.
    action
        ``same``: there already, equal. ``conflict``: another one has the name, and keeps it.
        ``failed``: it did not pass its test, or the target refused.
    why
        Sentences: the reason, what was changed, what to do.
    test
        What its test found, if there was one.
    """

    found: Found
    new_name: str
    scope: Scope | None
    action: Action
    why: tuple[str, ...] = ()
    test: Outcome | None = None

    def because(self, action: Action, *why: str) -> Step:
        """Return the step with another action, and why."""
        return replace(self, action=action, why=(*(w for w in why if w), *self.why))

    @property
    def connection(self) -> Connection:
        """What the source has; only of one that could be read."""
        assert not isinstance(self.found.content, PfconnError)
        return self.found.content

    @property
    def place(self) -> Place:
        """Where it goes: two names that fold alike are one place in a scope."""
        assert self.scope
        return self.scope, fold(self.new_name)
