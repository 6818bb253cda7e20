"""Delete connections; where the store keeps them, they can be restored until they are purged."""

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
    parser.add_argument("names", nargs="+", metavar="NAME")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    _shared.add_scope(parser)


def run(args: Namespace, context: Context) -> Any:
    """Delete them, after asking."""
    api = context.stored
    # All are looked up before the first is deleted: a typo deletes nothing.
    found = [api.record(_shared.checked_name(name), scope=args.scope) for name in args.names]
    names = ", ".join(r.name for r in found)
    kept = api.store.keeps_deleted
    way_back = "It can be restored." if kept else "There is no way back."
    if not _shared.confirm(f"Delete {names} from {_shared.where(context)}? {way_back}", args, context):
        return Notice("Cancelled: nothing was deleted.", done=False)
    deleted = [api.delete(r.name, scope=r.scope) for r in found]
    # It brings back one at a time.
    one = found[0].name if len(found) == 1 else "NAME"
    back = f"Back with: %pfconn restore {one}" if kept else "This store keeps nothing of it."
    text = f"{names} deleted from {api.store.title}, {found[0].scope}. {back}"
    return Notice(text, tuple(context.notes), deleted)
