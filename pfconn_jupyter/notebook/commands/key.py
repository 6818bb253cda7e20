"""Care for the key that seals the values of the local store.

For example:

  %pfconn key export FILE         a copy under a passphrase, for another machine
  %pfconn key import FILE         take such a copy over
  %pfconn key new                 seal new connections under a new key
  %pfconn key backup              keep it in the vault, under a passphrase
  %pfconn key unlock              take it over from the vault, on another machine
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import CannotAsk, UsageProblem
from pfconn_jupyter.notebook.notice import Notice

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser
    from pfconn_jupyter.stores.key_transfer import ImportedKey

GROUP = "Team"
ACTIONS = ("export", "import", "new", "backup", "unlock")


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", metavar="ACTION", choices=ACTIONS, help=", ".join(ACTIONS))
    parser.add_argument("file", nargs="?", metavar="FILE")
    parser.add_argument("--passphrase-env", metavar="NAME", help="read the passphrase from this variable")


def run(args: Namespace, context: Context) -> Any:
    """Do it."""
    from pfconn_jupyter.stores import key_transfer, keys

    if args.action == "new":
        key_id = keys.new_key()
        note = "What an older key sealed stays listed; it can be read once that key is imported."
        return Notice(f"New connections are sealed under key {key_id}.", (note,))
    if args.action in ("backup", "unlock"):
        return _in_the_store(args, context)
    if not args.file:
        raise UsageProblem(
            f"%pfconn key {args.action} takes a FILE.", f"For example: %pfconn key {args.action} pfconn.key"
        )
    path = Path(args.file).expanduser()
    if args.action == "export":
        key_id = key_transfer.export_key(path, _passphrase(args, context, twice=True))
        note = "Keep file and passphrase apart: together they open your connections."
        return Notice(f"Key {key_id} written to {path}, under your passphrase.", (note,))
    return _imported(key_transfer.import_key(path, _passphrase(args, context, twice=False)))


def _in_the_store(args: Namespace, context: Context) -> Notice:
    store = context.connections.store
    if args.action == "unlock":
        return _imported(store.unlock_key(_passphrase(args, context, twice=False)))
    key_id = store.backup_key(_passphrase(args, context, twice=True))
    note = "Who can read the vault and knows the passphrase can open your private connections."
    return Notice(f"Key {key_id} is kept in {store.title}, under your passphrase.", (note,))


def _imported(imported: ImportedKey) -> Notice:
    if imported.already_there:
        return Notice(f"Key {imported.key_id} was here already.", done=False)
    role = "New connections are sealed with it." if imported.current else "New connections keep the current key."
    return Notice(f"Key {imported.key_id} imported: what it sealed can be read here. {role}")


def _passphrase(args: Namespace, context: Context, *, twice: bool) -> Secret:
    from pfconn_jupyter.connections.environment import resolve_env
    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.notebook.prompts import ask_secret

    if args.passphrase_env:
        return Secret(resolve_env(f"${{env:{args.passphrase_env}}}", "passphrase"))
    if context.asks == "nobody":
        raise CannotAsk("A passphrase is needed, and nobody can be asked in a batch run.", "Add --passphrase-env NAME.")
    passphrase = ask_secret("Passphrase: ")
    if twice and ask_secret("Once more: ") != passphrase:
        raise UsageProblem("The two passphrases differ.", "Nothing was written; repeat the command.")
    return passphrase
