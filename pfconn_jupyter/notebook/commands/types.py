"""List the connection types, or the fields of one.

For example:

  %pfconn types                  the built-in ones, those of packages, and those of this notebook
  %pfconn types azure_openai     its fields, their defaults, and the variables they are read from
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    from pfconn_jupyter.notebook import type_tables

    return type_tables.fields(args.type) if args.type else type_tables.types()
