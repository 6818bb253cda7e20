"""How far a long command is, in JupyterLab and in a terminal; gone when it is done."""

from __future__ import annotations

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

    def _show(self, text: str) -> None:
        if not self._in_kernel:
            print(f"\r{text}", end="", flush=True)  # noqa: T201  # a terminal's progress line
        elif self._handle is None:
            self._handle = display({"text/plain": text}, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update({"text/plain": text}, raw=True)
