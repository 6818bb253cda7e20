"""Copy connections, with their secrets, to another store; nothing there is overwritten.

For example:

  %pfconn copy my_aoai --to keyvault:contoso --shared
  %pfconn copy team-* --to local: --private
  %pfconn copy my_aoai --as team_aoai --to keyvault:contoso --shared

Who can use the copies is said each time: --private or --shared (in azureml: --shared or --restricted).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import ConnectionExists, PfconnError, UsageProblem
from pfconn_jupyter.notebook.commands import _shared
from pfconn_jupyter.notebook.notice import Notice

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser
    from pfconn_jupyter.stores.copying import Copied

GROUP = "Team"
COLUMNS = ("name", "new_name", "type", "scope", "status", "detail", "hint")


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("names", nargs="+", metavar="NAME", help="names or globs")
    parser.add_argument(
        "--to", required=True, metavar="STORE", help="local:, local:/path/file.db, keyvault:NAME, azureml:"
    )
    parser.add_argument("--as", dest="new_name", default="", metavar="NEW", help="another name, for one connection")
    parser.add_argument(
        "--from-scope", choices=("private", "shared", "restricted"), help="only those of this scope here"
    )
    _shared.add_scope(parser)


def run(args: Namespace, context: Context) -> Any:
    """Copy them; return a sentence for one, a table for several."""
    from pfconn_jupyter import api
    from pfconn_jupyter.notebook import tables
    from pfconn_jupyter.notebook.progress import Progress

    target = api.connections(args.to)
    if args.scope is None:
        words = " or ".join(f"--{scope}" for scope in target.store.scopes)
        raise UsageProblem("%pfconn copy needs to know who can use the copies.", f"Add {words}.")
    names = [_shared.checked_name(name) for name in args.names]
    with Progress("copied") as progress:
        found = context.stored.copy(
            *names,
            to=target,
            scope=args.scope,
            new_name=args.new_name,
            from_scope=args.from_scope,
            on_done=progress.step,
        )
    if len(found) == 1:
        return _sentence(found[0], target.store.title, context)
    counts = {s: sum(c.status == s for c in found) for s in dict.fromkeys(c.status for c in found)}
    told = ", ".join(f"{n} {s}" for s, n in counts.items())
    ordered = sorted(found, key=lambda c: (c.status in ("copied", "same"), c.name))
    return tables.table(
        (vars(c) for c in ordered), COLUMNS, f"{told}, to {target.store.title} ({target.store.address})."
    )


def _sentence(copied: Copied, title: str, context: Context) -> Notice:
    notes = tuple(context.notes)
    if copied.status == "exists":
        raise ConnectionExists(copied.detail, copied.hint)
    if copied.status in ("failed", "not done"):
        raise PfconnError(f"{copied.name} was not copied: {copied.detail}", copied.hint)
    if copied.status == "same":
        return Notice(f"{copied.new_name} is in {title} already, equal.", notes, copied, done=False)
    return Notice(f"{copied.name} copied to {title}, {copied.scope}, as {copied.new_name}.", notes, copied)
