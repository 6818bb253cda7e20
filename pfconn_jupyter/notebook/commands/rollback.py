"""Make an earlier version of a connection the current one; the others stay."""

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
    parser.add_argument("version", metavar="VERSION", help="a rev of %%pfconn history, or its beginning")
    _shared.add_scope(parser)


def run(args: Namespace, context: Context) -> Any:
    """Write the earlier version again."""
    name = _shared.checked_name(args.name)
    record = context.stored.rollback(name, args.version, scope=args.scope)
    return saved(record, context, f"rolled back to {args.version}")
