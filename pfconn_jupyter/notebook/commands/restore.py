"""Bring a deleted connection back, with all its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.notebook.commands import _shared
from pfconn_jupyter.notebook.notice import saved

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
    """Restore it."""
    record = context.connections.restore(_shared.checked_name(args.name), scope=args.scope)
    return saved(record, context, "restored")
