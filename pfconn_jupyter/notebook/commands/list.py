"""List connections as a DataFrame; no secret is read.

For example:

  %pfconn list                    all
  %pfconn list team-*             by name
  df = %pfconn list --wide        every column, for your own filters
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.record import expiry_said
from pfconn_jupyter.notebook.commands import _shared

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.connections.record import Records
    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Everyday"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("pattern", nargs="?", metavar="PATTERN", help="a name or glob")
    parser.add_argument("--type", metavar="TYPE", help="of one type")
    parser.add_argument(
        "--scope", choices=("private", "shared", "restricted", "all"), help="of one scope; all: others' too"
    )
    parser.add_argument("--tool", metavar="TOOL", help="that this built-in tool takes: llm, serp_api, …")
    parser.add_argument("--deleted", action="store_true", help="deleted ones, which can be restored")
    parser.add_argument("--wide", action="store_true", help="every column")


def run(args: Namespace, context: Context) -> Any:
    """Return the table."""
    from pfconn_jupyter.notebook import tables

    api = context.stored
    if args.deleted:
        found = api.deleted()
        note = f"{len(found)} deleted in {_shared.where(context)}. Back with %pfconn restore NAME."
        return tables.records(found, note, args.wide)
    found = api.list(args.pattern, type=args.type, scope=args.scope, tool=args.tool)
    return tables.records(found, _note(found, args, context), args.wide)


def _note(found: Records, args: Namespace, context: Context) -> str:
    count, place = len(found), _shared.where(context)
    if count == 0 and any((args.pattern, args.type, args.scope, args.tool)):
        return f"No connection in {place} fits."
    if count == 0:
        return f"No connections in {place} yet. Create one: %pfconn create"
    soon = [f"{r.name} {expiry_said(r)}" for r in found if expiry_said(r)]
    hidden = 0 if args.scope == "all" else context.hidden
    others = f", and {hidden} private of others (--scope all)" if hidden else ""
    told = f" Soon: {'; '.join(soon)}." if soon else ""
    return f"{count} connection{'s' if count > 1 else ''} in {place}{others}.{told}"
