"""What a tool's result looks like in a notebook: text as Markdown, live while it comes; rows as a table."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython
from IPython.display import display

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.tools.registry import Tool

_PAUSE = 0.1
"""Seconds between two updates of what is shown."""


class Answer(str):
    """A text that a notebook shows as Markdown and a terminal as it is; a ``str`` in all else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return str(self)


class Streamed(str):  # noqa: SLOT000  it knows its cell
    """An answer that its own cell has shown already while it came; other cells show it."""

    _cell: int

    def __new__(cls, text: str, cell: int) -> Streamed:  # noqa: PYI034  str's own way
        """Make one that the cell of this number has shown."""
        made = super().__new__(cls, text)
        made._cell = cell
        return made

    def __repr__(self) -> str:
        return str(self)

    def _ipython_display_(self) -> None:
        shell = get_ipython()
        if getattr(shell, "execution_count", None) != self._cell:
            display(Answer(self))  # type: ignore[no-untyped-call]
        elif not hasattr(shell, "kernel"):
            # A terminal has written "Out[…]: " already.
            print(f"({len(self)} characters, above)")  # noqa: T201


class Vector(list[float]):
    """The numbers of an embedding, shown in one line."""

    def __repr__(self) -> str:
        shown = ", ".join(f"{number:.4g}" for number in self[:4])
        return f"[{shown}{', …' if len(self) > 4 else ''}] ({len(self)} numbers)"


@dataclass(frozen=True)
class Shown:
    """What came of a stream, and the error or Ctrl-C that ended it early."""

    text: str
    ended_by: BaseException | None = None

    @property
    def whole(self) -> bool:
        """True if it came to its end."""
        return self.ended_by is None


def show_stream(stream: Any, context: Context) -> Shown:
    """Show the pieces of an answer as they come; what has come stays, however it ends."""
    live = _Live(in_kernel=hasattr(context.shell, "kernel"))
    ended_by: BaseException | None = None
    try:
        for piece in stream:
            live.add(piece)
    except KeyboardInterrupt:
        # A new one: the frames of the old one are the SDK's.
        ended_by = KeyboardInterrupt()
    except Exception as error:  # noqa: BLE001  raised by the caller, after the rest is kept
        ended_by = error.with_traceback(None)
    finally:
        stream.close()
        live.finish()
    return Shown(stream.text, ended_by)


def shaped(tool: Tool, found: Any, given: Mapping[str, Any]) -> Any:
    """Return a result as a notebook shows it."""
    if isinstance(found, str):
        return Answer(found)
    if shape := getattr(tool.module, "rows", None):
        rows, columns, note = shape(found, given)
        return _framed(rows, columns, note, found)
    if isinstance(found, list) and tool.module.LABEL == "Embedding":
        return _vectors(found, given)
    return found


def tell_notes(context: Context) -> None:
    """Write what was noted beside the output, for a cell that ends in an error."""
    for note in context.notes:
        print(f"! {note}", file=sys.stderr)  # noqa: T201  beside the answer
    context.notes.clear()


def _framed(rows: list[dict[str, Any]], columns: tuple[str, ...], note: str, found: Any) -> Any:
    from pfconn_jupyter.notebook import tables

    frame = tables.table(rows, columns, note)
    # All of it, for what the table leaves out.
    frame.attrs["answer"] = found
    return frame


def _vectors(found: list[Any], given: Mapping[str, Any]) -> Any:
    if not found or not isinstance(found[0], list):
        return Vector(found)
    import pandas as pd

    return pd.DataFrame(found, index=pd.Index(given["input"], name="input"))


class _Live:
    """The text so far, in one output that is updated, or printed piece by piece in a terminal."""

    def __init__(self, in_kernel: bool) -> None:
        self._in_kernel = in_kernel
        self._text = ""
        self._handle: Any = None
        self._next = 0.0

    def add(self, piece: str) -> None:
        """Show one more piece."""
        self._text += piece
        if not self._in_kernel:
            print(piece, end="", flush=True)  # noqa: T201  a terminal's stream
        elif time.monotonic() >= self._next:
            self._update()

    def finish(self) -> None:
        """Show the last pieces."""
        if self._in_kernel and self._text:
            self._update()
        elif self._text:
            print()  # noqa: T201  ends the line

    def _update(self) -> None:
        self._next = time.monotonic() + _PAUSE
        shown = {"text/markdown": self._text, "text/plain": self._text}
        if self._handle is None:
            self._handle = display(shown, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(shown, raw=True)
