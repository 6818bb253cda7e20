"""Say which store is in use, or use another one.

For example:

  %pfconn store                               which, and who said so
  %pfconn store keyvault:contoso              a team's vault, for this session
  %pfconn store keyvault:@workspace           the vault of the Azure ML workspace here
  %pfconn store azureml:                      the connections of that workspace itself
  %pfconn store env:                          variables PFCONN_CONN_NAME__FIELD, read-only
  %pfconn store local:/data/mine.db           for this session
  %pfconn store local: --remember             for the next ones too
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter import settings
from pfconn_jupyter.notebook.notice import Notice

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Team"
ALIASES = ("use",)


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "address",
        nargs="?",
        metavar="ADDRESS",
        help="local:, local:/path/file.db, keyvault:NAME or its URL, keyvault:@workspace, azureml:, env:, env:/path",
    )
    parser.add_argument("--remember", action="store_true", help="also in the sessions to come")


def run(args: Namespace, context: Context) -> Any:
    """Open the store and count, then use it."""
    from pfconn_jupyter.stores.address import open_store

    if not args.address:
        store, said_by = context.connections.store, context.choice.said_by
        return Notice(f"Using {store.title} ({store.address}), chosen by {said_by}.", (store.protection(),), store)
    store = open_store(args.address)
    count = len(store.list())
    settings.chosen.session = store.address
    if args.remember:
        settings.remember(store.address)
    now = settings.store_in_use()
    if now.address not in (store.address, args.address):
        text = f"Still using {now.address}: {now.said_by} goes before %pfconn store."
        return Notice(text, (f"{store.address} is used once {now.said_by} is unset.",), store, done=False)
    span = "now and in the sessions to come" if args.remember else "in this session"
    text = f"Using {store.title} ({store.address}) {span}: {count} connection{'' if count == 1 else 's'}."
    return Notice(text, (), store)
