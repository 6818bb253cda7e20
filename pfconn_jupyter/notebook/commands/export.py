"""Write connections to a file that can be shared: everything but their secrets.

For example:

  %pfconn export my_aoai --to my_aoai.yaml
  %pfconn export --to connections/                    a file for each
  %pfconn export my_aoai --to .env.example            the variables that SDKs read
  %pfconn export --to flows/ --as promptflow          for pf connection create -f
  %pfconn export my_aoai --to .env.example --keyvault   references that App Service reads

To move values as well: %pfconn copy NAME --to STORE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.notebook.commands import _shared

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.interop.described import Described
    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Carry"
COLUMNS = ("file", "connections")
# As in interop.exporting, which this file must not import at load.
_FORMATS = ("pfconn", "promptflow", "env")


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="names or globs; all if none is given")
    parser.add_argument("--to", required=True, metavar="FILE", help="a file, or a folder with / at its end")
    parser.add_argument("--as", dest="format", choices=_FORMATS, help="pfconn is the default, env for .env files")
    parser.add_argument("--keyvault", action="store_true", help="in a .env file: references to the vault's secrets")
    parser.add_argument("--replace", action="store_true", help="write over files that exist")


def run(args: Namespace, context: Context) -> Any:
    """Write the files and return what is in them."""
    from pfconn_jupyter.interop.described import describe
    from pfconn_jupyter.interop.exporting import format_of, plan, write
    from pfconn_jupyter.notebook import tables

    if args.keyvault and format_of(args.to, args.format) != "env":
        raise UsageProblem(
            "--keyvault is for .env files: YAML has no reference to a vault's secret.",
            "Leave it out, or add --as env.",
        )
    api = context.stored
    everything = [describe(api, record) for record in _found(args.names, context)]
    files = plan(everything, args.to, args.format, _reference(args, context))
    write(files, replace=args.replace)
    for note in (note for file in files for note in file.notes):
        context.note(note)
    count = f"{len(everything)} connection{'' if len(everything) == 1 else 's'}"
    note = f"{count} of {_shared.where(context)} written, without secrets."
    return tables.table(({"file": str(f.path), "connections": ", ".join(f.names)} for f in files), COLUMNS, note)


def _found(names: list[str], context: Context) -> list[ConnectionRecord]:
    found: dict[tuple[str, str], ConnectionRecord] = {}
    for pattern in names or ["*"]:
        matches = context.stored.list(_shared.checked_name(pattern))
        if not matches and names:
            # Says what is there instead.
            context.stored.record(pattern)
        found |= {(record.name, record.scope): record for record in matches}
    if not found:
        raise UsageProblem(
            f"There is nothing to export in {_shared.where(context)}.", "Create one first: %pfconn create."
        )
    return list(found.values())


def _reference(args: Namespace, context: Context) -> Any:
    if not args.keyvault:
        return lambda *_: ""
    store = context.connections.store

    def of(described: Described, _: str) -> str:  # a raw secret has one field
        return f"@Microsoft.KeyVault(SecretUri={store.reference(described.name, described.record.scope)})"

    return of
