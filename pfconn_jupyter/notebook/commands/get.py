"""Get a connection as an object, with its secret masked.

For example:

  conn = %pfconn get my_aoai
  conn.client()                   the vendor's SDK client

In any program: import pfconn_jupyter as pfconn; pfconn.get("my_aoai").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.notebook.commands import _shared

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Everyday"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", metavar="NAME")
    _shared.add_scope(parser)


def run(args: Namespace, context: Context) -> Any:
    """Return the connection."""
    return context.stored.get(_shared.checked_name(args.name), scope=args.scope)
