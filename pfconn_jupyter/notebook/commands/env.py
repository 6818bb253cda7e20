"""Set the environment variables that SDKs read, for this kernel, and take them back.

For example:

  %pfconn env my_aoai             set them
  %pfconn env                     what is set now
  %pfconn env --unset             take all back; env NAME --unset those of one
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.notebook.commands import _shared
from pfconn_jupyter.notebook.notice import Notice

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.interop.sdk_variables import Environment
    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Carry"
COLUMNS = ("variable", "value", "field", "of")


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME")
    parser.add_argument("--unset", action="store_true", help="take them back")
    _shared.add_scope(parser)


def run(args: Namespace, context: Context) -> Any:
    """Set, take back or show them."""
    from pfconn_jupyter.interop import sdk_variables

    if args.unset:
        return _unset(args.name, context)
    if not args.name:
        note = (
            "Take them back: %pfconn env --unset."
            if sdk_variables.held
            else "Nothing is set. Set some: %pfconn env NAME."
        )
        return _table(sdk_variables.held, note)
    connection = context.stored.get(_shared.checked_name(args.name), scope=args.scope)
    for rival in sdk_variables.rivals(connection):
        context.note(rival)
    environment = sdk_variables.hold(connection)
    if not environment.changed:
        raise UsageProblem(
            f"No SDK reads variables of a {connection.LABEL} connection.",
            f"Use it in Python: pfconn.get({connection.name!r}).",
        )
    secret = "; its secret is among them" if connection.secrets else ""
    note = f"Set for this kernel and all that it starts{secret}. Take back: %pfconn env {connection.name} --unset."
    return _table({str(connection.record): environment}, note)


def _table(environments: dict[str, Environment], note: str) -> Any:
    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.notebook import tables

    rows = [
        {
            "variable": variable.name,
            "value": "taken away: it was another service's" if variable.value is None else str(variable.value),
            "field": f"{variable.field} (secret)" if isinstance(variable.value, Secret) else variable.field,
            "of": of,
        }
        for of, environment in environments.items()
        for variable in environment.changed
    ]
    return tables.table(rows, COLUMNS, note)


def _unset(name: str | None, context: Context) -> Notice:
    from pfconn_jupyter.connections.names import fold
    from pfconn_jupyter.interop import sdk_variables

    keys = [key for key in reversed(sdk_variables.held) if name is None or fold(key.partition(" in ")[0]) == fold(name)]
    if not keys:
        what = f"{name} set no variables" if name else "No variables are set"
        return Notice(f"{what} in this kernel.", done=False)
    for key in keys:
        for variable in sdk_variables.release(key).get(key, []):
            context.note(f"{variable} was changed by somebody else since, and stays as it is.")
    return Notice(f"Variables taken back: {'; '.join(keys)}.", tuple(context.notes))
