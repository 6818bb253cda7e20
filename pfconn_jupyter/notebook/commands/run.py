"""Run a built-in tool with a connection; in a cell, the text below is the prompt, text or query.

For example:

  %%pfconn run llm my_aoai --deployment gpt-4o-mini
  # system:
  You are terse.
  # user:
  What is the capital of {{ country }}?

  %pfconn run serp_api my_serp --query 'pfconn jupyter' --num 5 --into hits

{{ names }} are variables of the notebook: texts, numbers, lists, dicts and DataFrames.
Tools: llm, embedding, content_safety_text, vector_db_lookup, serp_api, python.
The arguments of one: %pfconn help run llm
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.notebook.commands import _shared
from pfconn_jupyter.notebook.parsing import CommandParser

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.tools.arguments import Argument

GROUP = "More"
TAKES_CELL = True
_NUMBERS = {"number": float, "integer": int}


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments; those of a tool are read by its own parser."""
    parser.add_argument("tool", metavar="TOOL", help="one of the tools above")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="NAME", help="a connection, and the tool's options")


def parser_of(word: str) -> CommandParser:
    """Return the parser of one tool's words."""
    from pfconn_jupyter.tools.registry import tool_named

    tool = tool_named(word)
    parser = CommandParser(f"run {tool.word}", f"{tool.summary}.\n\nConnections: {', '.join(tool.types)}.")
    parser.add_argument("name", metavar="NAME", help="a connection")
    content = tool.module.CELL
    if content not in {a.name for a in tool.arguments} and content != "code":
        parser.add_argument(f"--{content}", metavar="TEXT", help=f"the {content}, where there is no cell")
    for argument in tool.arguments:
        _add(parser, argument)
    if content == "prompt":
        parser.add_argument("--no-stream", action="store_true", help="show the answer when it is whole")
    if content != "code":
        parser.add_argument("--raw", action="store_true", help="the text is no template: {{ and {%% are only text")
    parser.add_argument("--into", metavar="VARIABLE", help="keep the result under this name")
    return parser


def run(args: Namespace, context: Context) -> Any:
    """Run the tool and return its result."""
    from pfconn_jupyter.notebook import running
    from pfconn_jupyter.tools._connection import connection_for
    from pfconn_jupyter.tools.registry import tool_named

    tool = tool_named(args.tool)
    own = parser_of(tool.word).parse(args.words)
    if own.into:
        running.check_target(own.into)
    call = running.prepare(tool, own, context)
    connection = connection_for(tool.label, _shared.checked_name(own.name), store=context.stored)
    return running.run(call, connection, context)


def secrets_in(line: str, cell: str | None) -> dict[str, str]:
    """Return the secrets that were typed: a prompt may talk of keys and tokens, but hold none."""
    from pfconn_jupyter.notebook import literals
    from pfconn_jupyter.tools.registry import TOOLS

    declared = {argument.option for tool in TOOLS.values() for argument in tool.arguments}
    declared |= {f"--{tool.module.CELL}" for tool in TOOLS.values()}
    return literals.on_line(line, frozenset(declared)) | (literals.in_text(cell) if cell else {})


def _add(parser: CommandParser, argument: Argument) -> None:
    options: dict[str, Any] = {"help": argument.help, "dest": argument.name}
    if argument.kind == "switch":
        parser.add_argument(argument.option, action="store_true", default=None, **options)
        return
    if argument.kind == "texts":
        options["action"] = "append"
    if argument.choices and argument.kind != "data":
        options["choices"] = argument.choices
    else:
        options["metavar"] = "DATA" if argument.kind == "data" else argument.name.rpartition("_")[2].upper()
    parser.add_argument(argument.option, type=_NUMBERS.get(argument.kind, str), **options)
