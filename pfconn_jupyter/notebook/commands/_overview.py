"""The help of ``%pfconn``, made from the commands themselves."""

from __future__ import annotations

from pfconn_jupyter.notebook import commands

HEAD = """Connections of AI services: created, listed, tested and used from the notebook.

  %pfconn create azure_openai my_aoai     a form with a masked key
  %pfconn list                            a DataFrame
  %pfconn test my_aoai                    does it work, and what to do if not
  conn = %pfconn get my_aoai              then conn.client()
"""


class Text(str):
    """A text that a cell shows as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def overview() -> str:
    """Return all commands by group, one line each."""
    rows = {group: [] for group in commands.GROUPS}  # type: dict[str, list[str]]
    for name in commands.names():
        module = commands.command(name)[1]
        rows[module.GROUP].append(f"  %pfconn {name:<10} {commands.summary(name)}")
    parts = [f"{group}\n" + "\n".join(lines) for group, lines in rows.items() if lines]
    return "\n".join([HEAD, *(p + "\n" for p in parts), "More: %pfconn help COMMAND"])


def markdown_table() -> str:
    """Return the README's table of commands; a test holds the README to it."""
    lines = ["| command | what it does |", "|---|---|"]
    for name in commands.names():
        usage = commands.parser(name).format_usage().removeprefix("usage: ")
        usage = " ".join(usage.split()).replace("|", "\\|")
        lines.append(f"| `{usage}` | {commands.summary(name)} |")
    return "\n".join(lines)
