"""How far a long command is, in JupyterLab and in a terminal; gone when it is done."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython
from IPython.display import display

if TYPE_CHECKING:
    from typing_extensions import Self

PATIENCE = 0.7
"""Seconds before anything is shown: a quick answer needs no progress."""


class Progress:
    """``with Progress("tested") as progress: … progress.step()``; `step` may get anything."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.count = 0
        self._next = time.monotonic() + PATIENCE
        self._handle = None
        self._in_kernel = hasattr(get_ipython(), "kernel")
        # A file or a pipe has no line that can be written over.
        self._in_terminal = not self._in_kernel and sys.stdout is not None and sys.stdout.isatty()
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def step(self, _: object = None) -> None:
        """Count one more; shown at most five times a second."""
        self.count += 1
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 0.2
            self._show(f"{self.count} {self.verb} …")

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            self._handle.update({"text/plain": ""}, raw=True)
        if self._width:
            self._write(" " * self._width + "\r")

    def _show(self, text: str) -> None:
        if self._in_terminal:
            self._width = max(self._width, len(text))
            self._write(text)
        elif not self._in_kernel:
            return
        elif self._handle is None:
            self._handle = display({"text/plain": text}, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update({"text/plain": text}, raw=True)

    @staticmethod
    def _write(text: str) -> None:
        print(f"\r{text}", end="", flush=True)  # noqa: T201  # a terminal's progress line
