"""Show one connection, field by field, with its secret masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.notebook.commands import _shared

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Care"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", metavar="NAME")
    _shared.add_scope(parser)


def run(args: Namespace, context: Context) -> Any:
    """Return the table."""
    from pfconn_jupyter.notebook import tables

    record = context.stored.record(_shared.checked_name(args.name), scope=args.scope)
    return tables.connection(record, f"In {_shared.where(context)}.")
