"""Say what the commands do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "More"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("command", nargs="?", metavar="COMMAND")
    parser.add_argument("part", nargs="?", metavar="TOOL", help="of %%pfconn run, one tool")


def run(args: Namespace, context: Context) -> Any:
    """Return the text."""
    from pfconn_jupyter.notebook import commands
    from pfconn_jupyter.notebook.commands._overview import Text, overview

    if args.part:
        return Text(commands.part(args.command, args.part).format_help())
    if args.command:
        return Text(commands.parser(commands.command(args.command)[0]).format_help())
    return Text(overview())
