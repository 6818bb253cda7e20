"""List the connection types, or the fields of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.registry import connection_type

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "More"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("type", nargs="?", metavar="TYPE")


def run(args: Namespace, context: Context) -> Any:
    """Return the table."""
    from pfconn_jupyter.notebook import tables

    return tables.fields(connection_type(args.type)) if args.type else tables.types()
