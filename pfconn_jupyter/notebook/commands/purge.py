"""Remove a deleted connection and all its versions for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.notebook.commands import _shared
from pfconn_jupyter.notebook.notice import Notice

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Care"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    _shared.add_scope(parser)


def run(args: Namespace, context: Context) -> Any:
    """Purge it, after asking."""
    name = _shared.checked_name(args.name)
    question = f"Purge {name} from {_shared.where(context)}? It cannot be restored."
    if not _shared.confirm(question, args, context):
        return Notice("Cancelled: nothing was purged.", done=False)
    context.connections.purge(name, scope=args.scope)
    return Notice(f"{name} purged from {context.connections.store.title}.")
