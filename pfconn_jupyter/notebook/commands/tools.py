"""List the built-in tools and the connection types that each takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "More"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments: none."""


def run(args: Namespace, context: Context) -> Any:
    """Return the table."""
    from pfconn_jupyter.notebook import type_tables

    return type_tables.tools()
