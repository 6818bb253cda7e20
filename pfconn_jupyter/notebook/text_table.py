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
_READABLE = 30
"""Columns that a sentence needs; with less room it stands below its row."""


def text_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the table; a file or a pipe gets one line per row, however long."""
    width = shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else 0
    return laid_out(titles, rows, width)


def laid_out(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """Return the table in at most ``width`` columns, if its narrowest form fits; 0 is any width."""
    table = [titles, *rows]
    whole = [max(map(len, column)) for column in zip(*table, strict=True)]
    widths = _fitted(table, width) if width else whole
    below = [place for place, found in enumerate(widths) if found < min(whole[place], _READABLE) and _says(rows, place)]
    if not below or len(below) == len(titles):
        return "\n".join(line for row in table for line in _lines(row, widths))
    return _with_sentences_below(titles, rows, below, width)


def _says(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Tell whether a column holds sentences or lists, not single words."""
    return any(" " in row[place] and len(row[place]) > _READABLE for row in rows)


def _with_sentences_below(
    titles: Sequence[str], rows: Sequence[Sequence[str]], below: Sequence[int], width: int
) -> str:
    beside = [place for place in range(len(titles)) if place not in below]
    table = [[row[place] for place in beside] for row in (titles, *rows)]
    widths = _fitted(table, width)
    lines = _lines(table[0], widths)
    for row, short in zip(rows, table[1:], strict=True):
        lines += _lines(short, widths)
        for place in below:
            if row[place]:
                indent = len(_GAP) * 2 * " "
                lines += textwrap.wrap(
                    f"{titles[place]}: {row[place]}",
                    width,
                    initial_indent=indent,
                    subsequent_indent=indent + _GAP,
                    break_on_hyphens=False,
                )
    return "\n".join(lines)


def _fitted(table: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return the columns' widths: less than they need where they do not fit, words whole as long as possible."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    words = [max(len(word) for cell in column for word in cell.split() or [""]) for column in zip(*table, strict=True)]
    room = width - len(_GAP) * (len(widths) - 1)
    for least in (words, [_NARROWEST] * len(words)):
        _narrow(widths, least, room)
    return widths


def _narrow(widths: list[int], least: Sequence[int], room: int) -> None:
    """Take from the widest column that can give, again and again, until all fit or none can."""
    while sum(widths) > room:
        giving = [place for place, found in enumerate(widths) if found > max(least[place], _NARROWEST)]
        if not giving:
            return
        widths[max(giving, key=widths.__getitem__)] -= 1


def _lines(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = [
        textwrap.wrap(cell, width, break_on_hyphens=False) or [""] for cell, width in zip(row, widths, strict=True)
    ]
    return [
        _GAP.join(f"{part:<{width}}" for part, width in zip(parts, widths, strict=True)).rstrip()
        for parts in zip_longest(*cells, fillvalue="")
    ]
