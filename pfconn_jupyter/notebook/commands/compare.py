"""Ask for a secret and answer whether it is the stored one; neither is shown.

For example:

  %pfconn compare my_aoai
  %pfconn compare my_aoai --set api_key='${env:NAME}'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import CannotAsk
from pfconn_jupyter.notebook.commands import _shared
from pfconn_jupyter.notebook.notice import Notice

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Care"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--set", action="append", default=[], metavar="SECRET='${env:NAME}'", help="the secret, from a variable"
    )
    _shared.add_scope(parser)


def run(args: Namespace, context: Context) -> Any:
    """Compare what is given, or what is typed."""
    from pfconn_jupyter.connections.set_items import parse_set
    from pfconn_jupyter.notebook.prompts import ask_secret

    api = context.stored
    current = api.get(_shared.checked_name(args.name), scope=args.scope)
    given = parse_set(current.kind, args.set)
    secrets: dict[str, Any] = dict(given.get("secrets", {}) if _shared.is_custom(current.kind) else given)
    if not secrets:
        if context.asks == "nobody":
            raise CannotAsk("Nobody can be asked in a batch run.", "Add --set api_key='${env:NAME}'.")
        secrets = {name: ask_secret(f"{name} to compare: ") for name in current.secrets}
    found = api.compare(current.name, scope=args.scope, **secrets)
    said = ", ".join(f"{field} is {'the same' if same else 'different'}" for field, same in found.items())
    text = f"{current.name} in {api.store.title}: {said}."
    return Notice(text, tuple(context.notes), found, done=all(found.values()))
