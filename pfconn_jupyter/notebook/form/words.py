"""What the form says: problems beside their field, an outcome, and the line that remains."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.errors import FieldProblem
    from pfconn_jupyter.notebook.form.purpose import Purpose

_GOOD = ("ok",)
_OPEN = ("not_checked",)
_REVOKE = "The old key still works at the service until it is revoked there."


def problem_said(cls: type[Connection] | None, problem: FieldProblem) -> dict[str, Any]:
    """Return a problem as the form shows it: the same rule, without the words of the command line."""
    titles = {name: ask.title for name, ask in cls.asks().items()} if cls else {}
    title = {"name": "Name", "expires": "Expiry", "": "The connection", **titles}.get(problem.field, problem.field)
    hint = problem.hint.partition(": --set")[0] + "." if ": --set" in problem.hint else problem.hint
    for field, ask in cls.asks().items() if cls else ():
        for value, label in ask.choices:
            hint = hint.replace(f"{field}={value}", f"choose {label}")
    starts_lower = problem.problem[:1].islower()
    return {
        "field": problem.field,
        "text": f"{title} {problem.problem}" if starts_lower else problem.problem,
        "hint": "" if hint == "Add it." else hint,
        "suggestion": problem.suggestion or "",
    }


def outcome_said(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as the form shows it."""
    status = str(outcome.status)
    word = "OK" if status in _GOOD else status.replace("_", " ").capitalize()
    return {
        "tone": "ok" if status in _GOOD else "open" if status in _OPEN else "no",
        "word": word,
        "ms": outcome.latency_ms,
        "text": sentence(outcome.detail),
        "hint": sentence(outcome.hint),
    }


def sentence(text: str) -> str:
    """Return ``text`` with a capital before it and a full stop behind it."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def tested_said(outcome: Outcome | None, seconds: float, name: str) -> str:
    """Say whether what was saved had been tested, and when."""
    if outcome is None or outcome.status in _OPEN:
        return f"not tested yet: %pfconn test {name}"
    long_ago = f"{seconds:.0f} s ago" if seconds < 60 else f"{seconds / 60:.0f} min ago"
    ago = "just now" if seconds < 1 else long_ago
    if outcome.status in _GOOD:
        return f"tested {ago}"
    return f"but its test {ago} said: {outcome.status.replace('_', ' ')}"


def saved_said(purpose: Purpose, scope: str, tested: str, notes: list[str]) -> tuple[str, str]:
    """Return the sentence after the name, and what should be known besides."""
    verbs = {"create": "saved in", "update": "changed in", "rotate": "has its new key in"}
    line = f"{verbs[purpose.verb]} {purpose.connections.store.title}, {scope}, {tested}."
    return line, " ".join(notes + ([_REVOKE] if purpose.verb == "rotate" else []))


def line_bundle(mark: str, name: str, rest: str, more: str = "") -> dict[str, str]:
    """Return the one line that remains in the notebook; ``name`` is set in bold.

    ``mark`` is ``ok``, ``done``, ``open`` or ``no``: a dot of another colour or shape.
    """
    sign, colour = {
        "ok": ("●", "var(--jp-success-color1, #388e3c)"),
        "done": ("●", "var(--jp-ui-font-color2, #616161)"),
        "open": ("○", "var(--jp-ui-font-color2, #616161)"),
        "no": ("▲", "var(--jp-error-color1, #d32f2f)"),
    }[mark]
    plain = " ".join(filter(None, [sign, name, rest, more]))
    bold = f"<b>{escape(name)}</b> " if name else ""
    small = f'<br><span style="color:var(--jp-ui-font-color2, #616161)">{escape(more)}</span>' if more else ""
    html = (
        '<div style="font:var(--jp-ui-font-size1, 13px)/1.5 var(--jp-ui-font-family, sans-serif);padding:4px 0">'
        f'<span style="color:{colour}">{sign}</span> {bold}{escape(rest)}{small}</div>'
    )
    return {"text/plain": plain, "text/html": html}
