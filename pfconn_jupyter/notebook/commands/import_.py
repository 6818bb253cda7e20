"""Import connections: from prompt flow, YAML, a .env file, variables, or another store.

For example:

  %pfconn import promptflow                          what would happen; nothing is written
  %pfconn import promptflow --apply                  prompt flow's local connections
  %pfconn import connections/ --shared --apply       YAML files, prompt flow's or ours
  %pfconn import .env --apply                        the variables that SDKs read
  %pfconn import .env --as custom --name my_api      all of the file as one connection
  %pfconn import environ                             the variables of this kernel
  %pfconn import keyvault:contoso --only 'team-*'    another store

Nothing that is there is overwritten, so it can be repeated. A connection keeps its scope;
--private or --shared is for those whose source has none.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.notebook.commands import _shared

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from pfconn_jupyter.interop.found import Found
    from pfconn_jupyter.interop.steps import Step
    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser
    from pfconn_jupyter.notebook.progress import Progress

GROUP = "Everyday"
COLUMNS = ("from", "name", "type", "to", "scope", "new_name", "action", "test", "why", "flows")
_SOURCES = "promptflow, environ, a YAML file or folder, a .env file, or a store's address"
_MOST_NAMED = 12
"""Names that a line takes; for more there is a loop."""
# What to look at comes first.
_ORDER = ("failed", "not done", "conflict", "cannot", "create", "created", "same")


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("source", metavar="SOURCE", help=_SOURCES)
    parser.add_argument("--apply", action="store_true", help="do it; without this nothing is written")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="names or globs, with commas")
    parser.add_argument("--rename", action="append", default=[], metavar="OLD=NEW", help="another name here")
    parser.add_argument("--as", dest="kind", choices=("custom",), help="all of a .env file as one custom connection")
    parser.add_argument("--name", default="", metavar="NAME", help="what it is called here, for one connection")
    parser.add_argument("--test", action="store_true", help="store only what its service accepts")
    parser.add_argument("--flows", default="", metavar="DIR", help="where flow files are; this folder by default")
    _shared.add_scope(parser)


def run(args: Namespace, context: Context) -> Any:
    """Plan it, and with ``--apply`` do it; return the table."""
    from pfconn_jupyter.interop import importing, planning, sources
    from pfconn_jupyter.interop.steps import Wishes
    from pfconn_jupyter.notebook.progress import Progress
    from pfconn_jupyter.stores.looking_up import scope_in

    target = context.connections.store
    if args.scope:
        scope_in(target, args.scope)
    name = _shared.checked_name(args.name) if args.name else ""
    wishes = Wishes(args.scope, name, _words(args.only), _renames(args.rename))
    request = sources.Request(args.source, context.note, name, args.kind == "custom")
    with Progress("found") as progress:
        steps = planning.plan(_counted(sources.read(request), progress), target, wishes)
    if args.test:
        with Progress("tested") as progress:
            steps = importing.checked(steps, progress.step)
    if args.apply:
        with Progress("written") as progress:
            steps = importing.applied(steps, target, progress.step)
        _tell_who_can_open(steps, context)
    return _table(steps, args, context)


def _counted(found: Iterator[Found], progress: Progress) -> Iterator[Found]:
    for each in found:
        progress.step()
        yield each


def _words(given: Sequence[str]) -> list[str]:
    return [word.strip() for part in given for word in part.split(",") if word.strip()]


def _renames(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for item in given:
        old, equals, new = item.partition("=")
        if not equals or not old or not new:
            raise UsageProblem("--rename takes OLD=NEW.", "For example: --rename 'my conn=my_conn'")
        found[old] = _shared.checked_name(new)
    return found


def _tell_who_can_open(steps: Sequence[Step], context: Context) -> None:
    from pfconn_jupyter.connections.record import ConnectionRecord

    api = context.connections
    private = next((s for s in steps if s.action == "created" and s.scope == "private"), None)
    if private and len(api.store.scopes) > 1:
        api.tell_who_can_open(ConnectionRecord(private.new_name, private.found.type, "private", api.store.address))


def _table(steps: Sequence[Step], args: Namespace, context: Context) -> Any:
    from pfconn_jupyter.interop import flows
    from pfconn_jupyter.notebook import tables

    folder = Path(args.flows or ".").expanduser()
    naming = flows.naming({s.found.name for s in steps}, folder, context.note) if steps else {}
    store = context.connections.store
    rows = [
        {
            "from": s.found.origin,
            "name": s.found.name,
            "type": s.found.type,
            "to": store.address,
            "scope": s.scope or "",
            "new_name": s.new_name,
            "action": s.action,
            "test": s.test.status if s.test else "",
            "why": " ".join(s.why),
            "flows": ", ".join(naming[s.found.name]),
        }
        for s in sorted(steps, key=lambda s: (_ORDER.index(s.action), s.found.name.lower()))
    ]
    columns = COLUMNS if args.test else [c for c in COLUMNS if c != "test"]
    return tables.table(rows, columns, "\n".join(_checklist(steps, sum(map(bool, naming.values())), args, context)))


def _checklist(steps: Sequence[Step], named: int, args: Namespace, context: Context) -> Iterator[str]:
    """Yield what happened, and what is to be done now, a line each."""
    counts = {action: sum(s.action == action for s in steps) for action in _ORDER}
    told = ", ".join(f"{n} {action}" for action, n in counts.items() if n) or "Nothing was found"
    yield f"{told}: from {args.source} to {_shared.where(context)}."
    if not args.apply:
        yield "Nothing was written." + (f" Do it: %pfconn {context.line.strip()} --apply" if counts["create"] else "")
    elif undo := _undo([s for s in steps if s.action == "created"]):
        yield f"Undo: {undo}"
        yield "Do they work? %pfconn test --all"
    where = args.flows or "this folder"
    if named:
        yield f"Flow files in {where} still name {named} of them: see the column flows."
    elif steps:
        yield f"No flow file in {where} names one of them. Another folder: --flows DIR."


def _undo(created: Sequence[Step]) -> str:
    if len(created) > _MOST_NAMED:
        return "for name in _[_.action == 'created'].new_name: pfconn.delete(name)"
    scopes = dict.fromkeys(s.scope for s in created)
    lines = (" ".join(s.new_name for s in created if s.scope == scope) + f" --{scope}" for scope in scopes)
    return " and ".join(f"%pfconn delete {line}" for line in lines)
