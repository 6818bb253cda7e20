"""Replace the secret of a connection: asks only for it, tests it, then stores it.

For example:

  %pfconn rotate my_aoai
  %pfconn rotate my_aoai --from-env
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import CannotAsk
from pfconn_jupyter.notebook.commands import _shared
from pfconn_jupyter.notebook.notice import OLD_KEY, Notice, saved

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Care"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--set", action="append", default=[], metavar="SECRET='${env:NAME}'", help="the new secret, from a variable"
    )
    parser.add_argument("--from-env", action="store_true", help="read the variable that the SDKs read")
    parser.add_argument("--no-test", action="store_true", help="store it even if the service does not take it")
    _shared.add_scope(parser)
    _shared.add_prompt(parser)


def run(args: Namespace, context: Context) -> Any:
    """Replace it, or ask for it."""
    from pfconn_jupyter.connections.environment import from_env
    from pfconn_jupyter.connections.set_items import parse_set

    api = context.stored
    current = api.to_change(_shared.checked_name(args.name), scope=args.scope)
    cls = current.kind
    given = parse_set(cls, args.set)
    fields: dict[str, Any] = given.get("secrets", {}) if _shared.is_custom(cls) else given
    if args.from_env:
        fields = {**{k: v for k, v in from_env(cls).items() if k in current.secrets}, **fields}
    if fields:
        record = api.rotate(args.name, scope=args.scope, test=not args.no_test, **fields)
        return Notice(saved(record, context, "rotated").text, (*context.notes, OLD_KEY), record)
    how = "prompt" if args.prompt and context.asks != "nobody" else context.asks
    if how == "nobody":
        raise CannotAsk(
            "The new secret is missing, and nobody can be asked in a batch run.", "Add --set api_key='${env:NAME}'."
        )
    if how == "prompt":
        from pfconn_jupyter.notebook.prompts import rotate

        return rotate(context, current, test=not args.no_test)
    from pfconn_jupyter.notebook.form import show_form

    show_form(context.connections, cls, name=current.name, current=current, only_secrets=True)
    return None
