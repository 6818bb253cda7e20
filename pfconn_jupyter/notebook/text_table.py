"""A table as text: one line per row, or, in a terminal that is too narrow, cells of several lines."""

from __future__ import annotations

import shutil
import sys
import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = "  "
_NARROWEST = 12


def text_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the table; a file or a pipe gets one line per row, however long."""
    width = shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else 0
    return laid_out(titles, rows, width)


def laid_out(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """Return the table in at most ``width`` columns, if its narrowest form fits; 0 is any width."""
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    if width:
        _narrow(widths, width - len(_GAP) * (len(widths) - 1))
    return "\n".join(line for row in (titles, *rows) for line in _lines(row, widths))


def _narrow(widths: list[int], room: int) -> None:
    """Take from the widest column, again and again, until all fit or none can give more."""
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1


def _lines(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = [
        textwrap.wrap(cell, width, break_on_hyphens=False) or [""] for cell, width in zip(row, widths, strict=True)
    ]
    return [
        _GAP.join(f"{part:<{width}}" for part, width in zip(parts, widths, strict=True)).rstrip()
        for parts in zip_longest(*cells, fillvalue="")
    ]
