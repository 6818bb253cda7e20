"""Takes a secret that was typed into a cell out of where IPython has already put it.

What cannot be reached: other clients that saw the cell run, an undo in the cell, an
autosave before it ran. So the message says "rotate", never "removed".
"""

from __future__ import annotations

import contextlib
import linecache
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from IPython.core.interactiveshell import InteractiveShell

REDACTED = "<redacted>"
_WHOLE = "# redacted: a secret was typed here"


def scrub(shell: InteractiveShell, secrets: Iterable[str]) -> None:
    """Replace ``secrets`` in the history, ``In``, the line cache and the cell itself."""
    clean = _cleaner([s for s in secrets if s])
    raw = _last_raw(shell)
    _scrub_lists(shell, clean)
    _scrub_database(shell, clean)
    _scrub_linecache(clean)
    _scrub_terminal(shell, clean)
    _after_the_cell(shell, clean)
    if raw and clean(raw) != raw:
        shell.set_next_input(clean(raw), replace=True)


def _cleaner(secrets: list[str]) -> Callable[[str], str]:
    # As typed, and as it stands in the source that IPython makes of a magic line.
    forms = sorted({form for s in secrets for form in (s, repr(s)[1:-1])}, key=len, reverse=True)

    def clean(text: str) -> str:
        found = text
        for form in forms:
            found = found.replace(form, REDACTED)
        # Quotation marks inside the word: it is there, but not in one piece.
        if found == text and "pfconn" in text and any(_in_pieces(s, text) for s in secrets):
            return _WHOLE
        return found

    return clean


def _in_pieces(secret: str, text: str) -> bool:
    return secret in text.replace("'", "").replace('"', "").replace("\\", "")


def _last_raw(shell: InteractiveShell) -> str:
    history = getattr(shell.history_manager, "input_hist_raw", [])
    return history[-1] if history else ""


def _scrub_lists(shell: InteractiveShell, clean: Callable[[str], str]) -> None:
    manager: Any = shell.history_manager
    for inputs in (manager.input_hist_parsed, manager.input_hist_raw):
        inputs[:] = [clean(text) for text in inputs]
    for name in ("_i00", "_i", "_ii", "_iii"):
        if isinstance(text := getattr(manager, name, None), str):
            setattr(manager, name, clean(text))
    for name, value in list(shell.user_ns.items()):
        if name.startswith("_i") and isinstance(value, str):
            shell.user_ns[name] = clean(value)


def _scrub_database(shell: InteractiveShell, clean: Callable[[str], str]) -> None:
    manager: Any = shell.history_manager
    if not manager.enabled:
        return
    with manager.db_input_cache_lock:
        manager.db_input_cache[:] = [(n, clean(source), clean(raw)) for n, source, raw in manager.db_input_cache]
    # The history is a convenience: a locked or broken one must not hide the refusal.
    with contextlib.suppress(Exception), manager.db as db:
        db.execute("PRAGMA secure_delete=ON")
        session = (manager.session_number,)
        rows = db.execute("SELECT line, source, source_raw FROM history WHERE session=?", session).fetchall()
        for line, source, raw in rows:
            if (clean(source), clean(raw)) != (source, raw):
                update = "UPDATE history SET source=?, source_raw=? WHERE session=? AND line=?"
                db.execute(update, (clean(source), clean(raw), *session, line))


def _scrub_linecache(clean: Callable[[str], str]) -> None:
    for name, entry in list(linecache.cache.items()):
        if len(entry) == 4 and any(clean(line) != line for line in entry[2]):  # lazy entries have one
            size, mtime, lines, full = entry
            linecache.cache[name] = (size, mtime, [clean(line) for line in lines], full)


def _scrub_terminal(shell: InteractiveShell, clean: Callable[[str], str]) -> None:
    """Take it from the lines that the up arrow brings back."""
    history = getattr(getattr(shell, "pt_app", None), "history", None)
    loaded = getattr(history, "_loaded_strings", None)
    if loaded is not None:
        loaded[:] = [clean(text) for text in loaded]


def _after_the_cell(shell: InteractiveShell, clean: Callable[[str], str]) -> None:
    """Clean what exists only when the cell has ended: its result, and the traceback's frames."""

    def finish(result: Any) -> None:
        shell.events.unregister("post_run_cell", finish)
        info = getattr(result, "info", None)
        for name in ("raw_cell", "transformed_cell"):
            if isinstance(text := getattr(info, name, None), str):
                setattr(info, name, clean(text))
        # %debug would show the frames' arguments.
        for name in ("last_traceback", "last_exc"):
            if hasattr(sys, name):
                setattr(sys, name, None)

    shell.events.register("post_run_cell", finish)
