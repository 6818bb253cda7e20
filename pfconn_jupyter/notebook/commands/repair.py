"""Give a connection its metadata again, after others wrote it (the portal, a rotation Function)."""

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
    """Write it back."""
    record = context.stored.repair(_shared.checked_name(args.name), scope=args.scope)
    return saved(record, context, "repaired")
