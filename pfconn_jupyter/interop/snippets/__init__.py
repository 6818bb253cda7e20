"""One file per target: code for the next cell that takes the connection from its store when it runs.

A module has a docstring (its first line is the summary), ``TYPES`` (types it takes; ``()``
for all), ``NEEDS`` (what to install) and ``code(about)``; ``NOTE`` if there is more to say.
Any module in this folder is a target: adding one is adding one file.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Protocol, cast

from pfconn_jupyter.connections.names import did_you_mean
from pfconn_jupyter.errors import UsageProblem

if TYPE_CHECKING:
    from pfconn_jupyter.interop.snippets._about import About


class Target(Protocol):
    """What a target's module has."""

    TYPES: tuple[str, ...]
    NEEDS: str

    def code(self, about: About) -> str:
        """Return the code; no secret is in it."""


def names() -> tuple[str, ...]:
    """Return the names of all targets, as ``--for`` takes them; imports none."""
    return tuple(sorted(m.name.replace("_", "-") for m in iter_modules(__path__) if not m.name.startswith("_")))


def target(name: str, type: str) -> Target:
    """Return the target of this name for a connection of this type.

    Raises
    ------
    UsageProblem
        There is none, or it does not take that type.
    """
    if name not in names():
        raise UsageProblem(
            f"There is no snippet for {name}.{did_you_mean(name, names())}", f"Known: {', '.join(names())}."
        )
    found = _module(name)
    if found.TYPES and type not in found.TYPES:
        fitting = [each for each in names() if not (types := _module(each).TYPES) or type in types]
        raise UsageProblem(
            f"The snippet for {name} takes {', '.join(found.TYPES)}, not {type}.", f"For {type}: {', '.join(fitting)}."
        )
    return found


def _module(name: str) -> Target:
    return cast("Target", import_module(f"{__name__}.{name.replace('-', '_')}"))
