"""A sentence as a command's answer, with what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.notebook.context import Context


OLD_KEY = "The old key still works at the service until it is revoked there."


@dataclass(frozen=True)
class Notice:
    """What a command did, in one sentence, and the notes that go with it.

    Attributes
    ----------
    text
        One sentence; it names the store and the scope.
    notes
        What was changed or looks odd.
    result
        The record or records it is about.
    done
        False if nothing was done (cancelled).
    """

    text: str
    notes: Sequence[str] = ()
    result: Any = None
    done: bool = True

    def __repr__(self) -> str:
        return "\n".join([f"{'●' if self.done else '○'} {self.text}", *(f"  ! {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        colour = "var(--jp-success-color1, #388e3c)" if self.done else "var(--jp-ui-font-color2, #616161)"
        notes = "".join(f"<div style='padding-left:1.2em'>⚠ {escape(note)}</div>" for note in self.notes)
        return f"<div><span style='color:{colour}'>{'●' if self.done else '○'}</span> {escape(self.text)}</div>{notes}"


def saved(record: ConnectionRecord, context: Context, what: str = "saved") -> Notice:
    """Return the sentence after a write; it names store and scope."""
    text = f"{record.name} {what} in {context.connections.store.title}, {record.scope}."
    return Notice(text, tuple(context.notes), record)
