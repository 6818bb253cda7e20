"""Test connections: one request each, to the connection's own host; failures first.

It spends no tokens, except with --deployment. For example:

  %pfconn test my_aoai
  %pfconn test --all
  %pfconn test my_aoai --deployment gpt-4o    calls that deployment, or model: spends a token
  %pfconn test my_aoai --explain              what would be sent, and where to; sends nothing
  %pfconn test --all --strict                 the cell fails unless all pass, for scheduled notebooks
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, get_args

from pfconn_jupyter.connections.names import looks_like_key
from pfconn_jupyter.connections.probe import Status
from pfconn_jupyter.errors import CheckFailed, SecretRefused, UsageProblem
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
    parser.add_argument("--deployment", metavar="D", default="", help="call this deployment or model: spends a token")
    parser.add_argument("--strict", action="store_true", help="fail the cell unless all pass")
    parser.add_argument("--explain", action="store_true", help="say what would be sent, and where to; send nothing")


def run(args: Namespace, context: Context) -> Any:
    """Return the table of outcomes."""
    from pfconn_jupyter.notebook import tables
    from pfconn_jupyter.notebook.progress import Progress

    _check(args)
    api = context.stored
    names = [_shared.checked_name(name) for name in args.names]
    if args.explain:
        lines = api.explain(*names, type=args.type, deployment=args.deployment)
        return tables.explained(lines, _explained_note(len(lines), context))
    with Progress("tested") as progress:
        found = api.test(*names, type=args.type, deployment=args.deployment, on_done=progress.step)
    if args.strict:
        _stop_if_failed(found, context)
    return tables.outcomes(found, _note(found, context))


def _check(args: Namespace) -> None:
    if args.all and args.names:
        raise UsageProblem("--all and names do not go together.", "Give the names, or --all.")
    if args.explain and args.strict:
        raise UsageProblem("--explain tests nothing, so --strict has nothing to say.", "Leave one of them out.")
    if looks_like_key(args.deployment):
        raise SecretRefused(
            "This deployment looks like a key; treat it as known to others and rotate it.",
            "Give the deployment's name, such as gpt-4o-mini.",
        )
    if args.deployment and not (args.names or args.all or args.explain):
        raise UsageProblem("--deployment spends a token for each connection.", "Name the connections, or say --all.")


def _stop_if_failed(found: list[Outcome], context: Context) -> None:
    if not found:
        raise CheckFailed(
            f"There is nothing to test in {_shared.where(context)}.", "Compare the store with %pfconn status."
        )
    failed = sorted((o for o in found if o.failed), key=lambda o: o.status == "not_checked")
    if failed:
        first, *others = failed
        told = [f"{first.name} {first.status}: {first.detail}", *(f"{o.name} {o.status}" for o in others[:4])]
        more = f"; and {len(others) - 4} more" if len(others) > 4 else ""
        raise CheckFailed(f"{len(failed)} of {len(found)} failed: {'; '.join(told)}{more}", first.hint)


def _note(found: list[Outcome], context: Context) -> str:
    place = _shared.where(context)
    if not found:
        return f"Nothing to test in {place}. Create one: %pfconn create"
    counts = Counter(o.status for o in found)
    # As the words of `Status` are ordered: what is ok first, what was not checked last.
    return f"{', '.join(f'{counts[status]} {status}' for status in get_args(Status) if counts[status])}, in {place}."


def _explained_note(count: int, context: Context) -> str:
    place = _shared.where(context)
    if not count:
        return f"Nothing to test in {place}. Create one: %pfconn create"
    return f"Nothing was sent to a service: this is what %pfconn test sends, for what is in {place}."
