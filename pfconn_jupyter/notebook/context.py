"""What a command may know: the shell, the store in use, and whether anybody can be asked."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pfconn_jupyter import settings
from pfconn_jupyter.errors import StoreUnavailable

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from pfconn_jupyter.api import Connections
    from pfconn_jupyter.settings import StoreChoice

Asks = Literal["form", "prompt", "nobody"]


@dataclass
class Context:
    """One call of the magic.

    Attributes
    ----------
    shell
        IPython's.
    line, cell
        What was typed; ``cell`` is None for a line magic.
    notes
        What was changed or looks odd, to be told with the answer.
    """

    shell: InteractiveShell
    line: str = ""
    cell: str | None = None
    notes: list[str] = field(default_factory=list)

    @cached_property
    def choice(self) -> StoreChoice:
        """The store in use, and who said so."""
        return settings.store_in_use()

    @cached_property
    def connections(self) -> Connections:
        """The connections of the store in use."""
        from pfconn_jupyter.api import Connections
        from pfconn_jupyter.stores.address import open_store

        return Connections(open_store(self.choice.address), self.note)

    @property
    def hidden(self) -> int:
        """How many private connections of others the last listing had."""
        from pfconn_jupyter import api

        known = api.last_listing.get(self.connections.store.address)
        return len(known.others) if known else 0

    def note(self, text: str) -> None:
        """Keep what was changed or looks odd, once."""
        if text not in self.notes:
            self.notes.append(text)

    @property
    def stored(self) -> Connections:
        """The same, for commands that read.

        Raises
        ------
        StoreUnavailable
            A batch run would read from a default store that is empty: nobody chose it.
        """
        if self.choice.by_default and self.asks == "nobody" and not self.connections.list():
            raise StoreUnavailable(
                f"No store was chosen, and the default one ({self.connections.store.address}) is empty.",
                "Say where the connections are: set PFCONN_STORE, or run %pfconn store ADDRESS first.",
            )
        return self.connections

    @property
    def asks(self) -> Asks:
        """How a person can be asked: by a form, at a prompt, or not at all."""
        kernel = getattr(self.shell, "kernel", None)
        if kernel is None:
            return "prompt" if sys.stdin is not None and sys.stdin.isatty() else "nobody"
        # nbconvert, papermill and other batch runs set it to False.
        if not getattr(kernel, "_allow_stdin", False):
            return "nobody"
        return "prompt" if os.environ.get("PFCONN_INPUT") == "prompt" else "form"
