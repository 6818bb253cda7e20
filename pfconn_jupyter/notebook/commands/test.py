"""Test connections: one request each, to the connection's own host; failures first.

For example:

  %pfconn test my_aoai
  %pfconn test --all
  %pfconn test --all --strict     the cell fails if one fails, for scheduled notebooks
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import CheckFailed, UsageProblem
from pfconn_jupyter.notebook.commands import _shared

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Everyday"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="names or globs; all if none is given")
    parser.add_argument("--all", action="store_true", help="all of the store")
    parser.add_argument("--type", metavar="TYPE", help="of one type")
    parser.add_argument("--strict", action="store_true", help="fail the cell if a test fails")


def run(args: Namespace, context: Context) -> Any:
    """Return the table of outcomes."""
    from pfconn_jupyter.notebook import tables
    from pfconn_jupyter.notebook.progress import Progress

    if args.all and args.names:
        raise UsageProblem("--all and names do not go together.", "Give the names, or --all.")
    api = context.stored
    names = [_shared.checked_name(name) for name in args.names]
    with Progress("tested") as progress:
        found = api.test(*names, type=args.type, on_done=progress.step)
    if args.strict:
        _stop_if_failed(found)
    return tables.outcomes(found, _note(found, context))


def _stop_if_failed(found: list[Outcome]) -> None:
    failed = [o for o in found if o.status not in ("ok", "not_checked")]
    if failed:
        told = "; ".join(f"{o.name} {o.status}: {o.detail}" for o in failed)
        raise CheckFailed(f"{len(failed)} of {len(found)} failed: {told}", failed[0].hint)


def _note(found: list[Outcome], context: Context) -> str:
    place = _shared.where(context)
    if not found:
        return f"Nothing to test in {place}. Create one: %pfconn create"
    counts = {status: sum(o.status == status for o in found) for status in dict.fromkeys(o.status for o in found)}
    return f"{', '.join(f'{n} {status}' for status, n in counts.items())}, in {place}."
