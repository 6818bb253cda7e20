"""The built-in tools as data: prompt flow's table of tools is made from here and from the connection types."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.names import did_you_mean
from pfconn_jupyter.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.tools.arguments import Argument


@dataclass(frozen=True)
class Tool:
    """A built-in tool.

    Attributes
    ----------
    word
        Its name on a command line, and of its module and function here.
    label
        Its name in prompt flow, and in a connection type's ``TOOLS``.
    summary
        What it does.
    """

    word: str
    label: str
    summary: str

    @property
    def module(self) -> Any:
        """Its module: ``LABEL``, ``CELL`` (the parameter that a cell fills) and ``ARGUMENTS``."""
        return import_module(f"{__package__}.{self.word}")

    @property
    def function(self) -> Callable[..., Any]:
        """The function that a program calls."""
        found: Callable[..., Any] = getattr(self.module, self.word)
        return found

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """What it takes besides the connection and the cell."""
        found: tuple[Argument, ...] = self.module.ARGUMENTS
        return found

    @property
    def types(self) -> tuple[str, ...]:
        """The connection types that it takes, as the types themselves say."""
        from pfconn_jupyter.connections.registry import all_types

        return tuple(cls.TYPE for cls in all_types() if self.label in cls.TOOLS)


TOOLS: dict[str, Tool] = {
    tool.word: tool
    for tool in (
        Tool("llm", "LLM", "Ask a language model; the cell is the prompt"),
        Tool("embedding", "Embedding", "Turn text into vectors"),
        Tool("content_safety_text", "Content Safety (Text)", "Look for harmful content in a text"),
        Tool("vector_db_lookup", "Vector DB Lookup", "Find what is nearest to a vector or a text"),
        Tool("serp_api", "Serp API", "Search the web with Google or Bing"),
        Tool("python", "Python", "Call your own @tool function with any connection"),
    )
}
"""Word to tool, in the order of prompt flow's table."""


def tool_named(word: str) -> Tool:
    """Return the tool of a word, in any case, with ``-`` for ``_``, or of a label.

    Raises
    ------
    UsageProblem
        There is none; says the nearest.
    """
    wanted = word.lower().replace("-", "_")
    for tool in TOOLS.values():
        if wanted in (tool.word, tool.label.lower()):
            return tool
    shown = word if len(word) <= 24 else f"{word[:6]}…"
    raise UsageProblem(f"There is no tool {shown!r}.{did_you_mean(wanted, TOOLS)}", f"Tools: {', '.join(TOOLS)}.")
