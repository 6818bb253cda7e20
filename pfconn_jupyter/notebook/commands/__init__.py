"""One file per subcommand.

A module has a docstring (its first line is the summary in help), ``GROUP``,
``add_arguments(parser)`` and ``run(args, context)``; ``ALIASES`` and ``TAKES_CELL`` if it
needs them; ``parser_of(part)`` if its words depend on the first (the tools of ``run``), and
``secrets_in(line, cell)`` if its cell is text and not YAML. Any module in this folder is a
command: adding one is adding one file. A command that Python has as a keyword
ends with ``_`` there (``import_``).
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from keyword import iskeyword
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Protocol, cast

from pfconn_jupyter.connections.names import did_you_mean
from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.notebook.parsing import CommandParser

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context

GROUPS = ("Everyday", "Care", "Team", "Carry", "More")
EVERYDAY = ("create", "list", "test", "get", "import")


class Command(Protocol):
    """What a command's module has."""

    GROUP: str

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""

    def run(self, args: Namespace, context: Context) -> Any:
        """Do it and return what the cell shows."""


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Return the names of all commands, the everyday ones first; imports none."""
    found = sorted(m.name.rstrip("_") for m in iter_modules(__path__) if not m.name.startswith("_"))
    return (*EVERYDAY, *(n for n in found if n not in EVERYDAY))


@lru_cache(maxsize=1)
def aliases() -> dict[str, str]:
    """Return alias to name."""
    return {alias: name for name in names() for alias in getattr(_module(name), "ALIASES", ())}


def command(word: str) -> tuple[str, Command]:
    """Return the name and module of a command.

    Raises
    ------
    UsageProblem
        There is none; says the nearest.
    """
    name = word if word in names() else aliases().get(word, "")
    if not name:
        shown = word if len(word) <= 24 else f"{word[:6]}…"
        nearest = did_you_mean(word, [*names(), *aliases()])
        raise UsageProblem(f"There is no %pfconn {shown}.{nearest}", f"Commands: {', '.join(names())}.")
    return name, _module(name)


def parser(name: str) -> CommandParser:
    """Return the parser of a command, with its module's docstring as the description."""
    module = _module(name)
    made = CommandParser(name, (module.__doc__ or "").strip())
    module.add_arguments(made)
    return made


def part(name: str, word: str) -> CommandParser:
    """Return the parser of a part of a command: of a tool of ``run``.

    Raises
    ------
    UsageProblem
        The command has no parts, or not this one.
    """
    found, module = command(name)
    if not hasattr(module, "parser_of"):
        raise UsageProblem(f"%pfconn {found} has no parts.", f"See %pfconn help {found}.")
    parser: CommandParser = module.parser_of(word)
    return parser


def summary(name: str) -> str:
    """Return the first line of a command's help."""
    return (_module(name).__doc__ or "").strip().splitlines()[0]


def _module(name: str) -> Command:
    return cast("Command", import_module(f"{__name__}.{name}{'_' * iskeyword(name)}"))
