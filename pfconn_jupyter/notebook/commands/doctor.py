"""Look at everything that has to fit: versions, front end, store, rights, key, network, SDKs; only reads.

For example:

  %pfconn doctor
  %pfconn doctor --try-write      also writes, deletes and purges a throw-away connection
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.notebook.commands import _shared
from pfconn_jupyter.notebook.notice import Notice

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.finding import Finding
    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "More"
COLUMNS = ("check", "status", "detail", "hint")


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--try-write", action="store_true", help="also write, delete and purge a throw-away connection")
    parser.add_argument("--yes", action="store_true", help="with --try-write: do not ask")


def run(args: Namespace, context: Context) -> Any:
    """Return the table."""
    from pfconn_jupyter.finding import Axis
    from pfconn_jupyter.notebook import tables
    from pfconn_jupyter.notebook.doctor import front_end
    from pfconn_jupyter.notebook.doctor.page import WithPage

    place = _shared.where(context)
    if args.try_write and not _shared.confirm(
        f"doctor will write, delete and purge a connection pfconn-doctor-… in {place}. Go on?", args, context
    ):
        return Notice("Cancelled: nothing was written.", done=False)
    in_kernel = hasattr(context.shell, "kernel")
    started = time.monotonic()
    found = context.connections.doctor(
        try_write=args.try_write, more=(Axis("front end", lambda: front_end.look(context.asks, in_kernel)),)
    )
    # Only a page can open the form, and only the page knows whether it may.
    kind = WithPage if context.asks == "form" else tables.Table
    note = _note(found, time.monotonic() - started, args.try_write)
    return tables.table((vars(f) for f in found), COLUMNS, note, kind)


def _note(found: list[Finding], seconds: float, wrote: bool) -> str:
    counts = [f"{n} {status}" for status in ("fail", "warn", "ok") if (n := sum(f.status == status for f in found))]
    tried = "" if wrote else " Whether you may write was not tried: %pfconn doctor --try-write."
    return f"{', '.join(counts)}, in {seconds:.1f} s.{tried}"
