"""The files below a folder, in a fixed order, without what nobody wrote by hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST = 50_000
"""Entries that are looked at: a home folder with everything in it is no folder of connections."""
_NOT_OURS = ("node_modules", "__pycache__", "site-packages")


def files(folder: Path, tell: Callable[[str], None]) -> Iterator[Path]:
    """Yield the files below ``folder``, those of hidden folders left out; ``tell`` is told of an end before the end."""
    seen = 0
    for here, folders, names in os.walk(folder):
        # Pruned in place: os.walk goes on with what is left.
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _NOT_OURS)
        seen += len(folders) + len(names)
        yield from (Path(here, name) for name in sorted(names))
        if seen > MOST:
            tell(f"Only the first {MOST:,} files below {folder} were looked at: name the folder more closely.")
            return
