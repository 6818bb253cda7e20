"""Change fields of a connection; a secret that is not given stays.

For example:

  %pfconn update my_aoai                              a form with what is stored
  %pfconn update my_aoai --set deployment=gpt-4o
  %pfconn update my_aoai --unset deployment --expires never
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pfconn_jupyter.connections.names import did_you_mean
from pfconn_jupyter.errors import CannotAsk, UsageProblem
from pfconn_jupyter.notebook.commands import _shared
from pfconn_jupyter.notebook.commands.create import given_fields, written
from pfconn_jupyter.notebook.notice import saved

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import datetime

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Care"
TAKES_CELL = True


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", metavar="NAME")
    _shared.add_fields(parser)
    parser.add_argument(
        "--unset", action="append", default=[], metavar="FIELD", help="take it away; custom: configs.KEY or secrets.KEY"
    )
    _shared.add_scope(parser)
    _shared.add_expires(parser)
    _shared.add_prompt(parser)


def run(args: Namespace, context: Context) -> Any:
    """Change it, or open the form."""
    current = context.stored.to_change(_shared.checked_name(args.name), scope=args.scope)
    fields = given_fields(current.kind, written(args, context, current.kind), args)
    _unset(fields, args.unset, current)
    expires: datetime | Literal["never"] | None = "never" if args.expires == "never" else _shared.expiry(args.expires)
    if fields or expires:
        record = context.connections.update(args.name, scope=args.scope, expires=expires, **fields)
        return saved(record, context, "updated")
    how = "prompt" if args.prompt and context.asks != "nobody" else context.asks
    if how == "nobody":
        raise CannotAsk(
            "Nothing to change was given, and nobody can be asked in a batch run.", "Add --set FIELD=VALUE."
        )
    if how == "prompt":
        from pfconn_jupyter.notebook.prompts import update

        return update(context, current)
    from pfconn_jupyter.notebook.form import show_form

    show_form(context.connections, current.kind, name=current.name, current=current)
    return None


def _unset(fields: dict[str, Any], words: list[str], current: Connection) -> None:
    """Put None into ``fields`` for each word of ``--unset``."""
    from pfconn_jupyter.connections.build import field_name

    custom = _shared.is_custom(current.kind)
    stored = {f"configs.{k}" for k in current.configs} | {f"secrets.{k}" for k in current.secrets}
    known = stored if custom else {*current.configs, *current.secrets}
    for word in words:
        name = word if custom else field_name(current.kind, word)
        if name not in known:
            raise UsageProblem(
                f"--unset {word}: {current.name} has no such field.{did_you_mean(word, known)}",
                f"It has: {', '.join(sorted(known))}.",
            )
        if custom:
            part, _, key = name.partition(".")
            fields.setdefault(part, {})[key] = None
        else:
            fields[name] = None
