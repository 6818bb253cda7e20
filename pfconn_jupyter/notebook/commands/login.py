"""Sign in to Microsoft Entra ID as yourself, by a code that you enter in any browser.

For machines where az login and a managed identity are not there. It lasts until the
kernel restarts: nothing is kept on disk. For example:

  %pfconn login
  %pfconn login --tenant contoso.onmicrosoft.com    the tenant of the vault, for guests
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.errors import CannotAsk, PfconnError
from pfconn_jupyter.notebook.notice import Notice

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Team"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--tenant", metavar="TENANT", help="its id or domain; by default that of your account")
    parser.add_argument(
        "--browserless", action="store_true", help="code and address as plain text, for a browser on another device"
    )


def run(args: Namespace, context: Context) -> None:
    """Show the code, wait for the sign-in, and say as whom in the same place."""
    from pfconn_jupyter.identity.device_code import sign_in
    from pfconn_jupyter.identity.refusals import OTHER_WAYS
    from pfconn_jupyter.notebook.code_view import CodeView
    from pfconn_jupyter.stores.keyvault.vault import CLOUDS, cloud_of, token_scope

    if context.asks == "nobody":
        raise CannotAsk("Nobody can enter a code in a batch run.", OTHER_WAYS)
    cloud = cloud_of(context.choice.address)
    view = CodeView(plain=args.browserless)
    try:
        who = sign_in(view.show, token_scope(cloud), tenant=args.tenant, authority=CLOUDS[cloud])
    except KeyboardInterrupt:
        view.end(Notice("Cancelled: who you are has not changed.", done=False))
        return
    except PfconnError as error:
        view.end(Notice(f"The sign-in failed: {error.problem}", done=False))
        raise
    tenant = f", tenant {who.tenant}" if who.tenant else ""
    view.end(Notice(f"Signed in as {who}{tenant}, until the kernel restarts."))
