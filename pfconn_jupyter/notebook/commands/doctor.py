"""Look at everything that has to fit: versions, front end, store, rights, key, network, SDKs; only reads.

For example:

  %pfconn doctor
  %pfconn doctor --try-write      also writes, deletes and purges a throw-away connection
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import PfconnError
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
    from pfconn_jupyter.notebook import tables
    from pfconn_jupyter.notebook.doctor.page import WithPage

    if args.try_write and not _may_write(args, context):
        return Notice("Cancelled: nothing was written.", done=False)
    started = time.monotonic()
    found = _found(context, try_write=args.try_write)
    # Only a page can open the form, and only the page knows whether it may.
    kind = WithPage if context.asks == "form" else tables.Table
    note = _note(found, time.monotonic() - started, args.try_write)
    return tables.table((vars(f) for f in found), COLUMNS, note, kind)


def _may_write(args: Namespace, context: Context) -> bool:
    place = _shared.where(context)
    question = f"doctor will write, delete and purge a connection pfconn-doctor-… in {place}. Go on?"
    return _shared.confirm(question, args, context)


def _found(context: Context, *, try_write: bool) -> list[Finding]:
    from pfconn_jupyter.checks.doctor.plan import examine_all
    from pfconn_jupyter.finding import Axis, Finding
    from pfconn_jupyter.notebook.doctor import front_end

    asks, in_kernel, choice = context.asks, hasattr(context.shell, "kernel"), context.choice
    chosen = Finding("store in use", "ok", f"{choice.address}, chosen by {choice.said_by}")
    own = (Axis("front end", lambda: front_end.look(asks, in_kernel)), Axis("store in use", lambda: [chosen]))
    try:
        return context.connections.doctor(try_write=try_write, more=own)
    except PfconnError as error:
        # Not even its address can be read.
        unknown = Finding("store", "fail", error.problem, error.hint)
    return examine_all((*own, Axis("store", lambda: [unknown])), ())


def _note(found: list[Finding], seconds: float, wrote: bool) -> str:
    counts = [f"{n} {status}" for status in ("fail", "warn", "ok") if (n := sum(f.status == status for f in found))]
    tried = "" if wrote else " Whether you may write was not tried: %pfconn doctor --try-write."
    return f"{', '.join(counts)}, in {seconds:.1f} s.{tried}"
