"""Put working code into the next cell: it takes the connection from the store when it runs.

For example:

  %pfconn snippet my_aoai --for openai
  %pfconn snippet my_aoai --for agent-framework --deployment gpt-4o-mini
  %pfconn snippet my_aoai --for app-service      settings of a deployed app, for a vault's connection
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.notebook.commands import _shared
from pfconn_jupyter.notebook.commands._overview import Text
from pfconn_jupyter.notebook.notice import Notice

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Carry"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", metavar="NAME")
    targets = _targets()
    parser.add_argument(
        "--for", dest="target", required=True, metavar="TARGET", choices=targets, help=", ".join(targets)
    )
    parser.add_argument("--deployment", metavar="NAME", help="the deployment or model to call")
    parser.add_argument("--print", dest="as_text", action="store_true", help="return the code instead")
    _shared.add_scope(parser)


def run(args: Namespace, context: Context) -> Any:
    """Put the code into the next cell, or return it."""
    from pfconn_jupyter.interop import snippets
    from pfconn_jupyter.interop.described import describe
    from pfconn_jupyter.interop.snippets._about import About

    api = context.stored
    record = api.record(_shared.checked_name(args.name), scope=args.scope)
    target = snippets.target(args.target, record.type)
    described = describe(api, record)
    model = args.deployment or described.configs.get("deployment") or described.configs.get("model")
    about = About(described, model or "YOUR-DEPLOYMENT", lambda: api.store.reference(record.name, record.scope))
    code = target.code(about)
    if args.as_text:
        return Text(code)
    notes = list(filter(None, [getattr(target, "NOTE", "")]))
    if "YOUR-DEPLOYMENT" in code:
        notes.append("Put your deployment or model in place of YOUR-DEPLOYMENT, or add --deployment NAME.")
    if target.NEEDS:
        notes.append(f"It needs: %pip install {target.NEEDS}")
    context.shell.set_next_input(code)
    what = f"{record.name}, {record.scope}, of {context.connections.store.title}"
    return Notice(f"The next cell holds code for {args.target} that uses {what}. No secret is in it.", tuple(notes))


def _targets() -> tuple[str, ...]:
    from pfconn_jupyter.interop import snippets

    return snippets.names()
