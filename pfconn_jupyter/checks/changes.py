"""Who changed a connection lately: what was fetched before holds the old key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.record import now

if TYPE_CHECKING:
    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.record import ConnectionRecord

LATELY = timedelta(hours=24)
"""How long ago a change may be to be worth a word."""


def told(outcome: Outcome, record: ConnectionRecord) -> Outcome:
    """Return the outcome of testing what the store holds, with its last change if that was lately."""
    # Made and never changed: there is nothing older that anybody could hold.
    if record.updated is None or record.updated == record.created or now() - record.updated > LATELY:
        return outcome
    if outcome.status == "ok":
        return _adding(outcome, f"{_said(record)}: objects fetched earlier hold the old key, conn = conn.refresh().")
    if outcome.status in ("denied", "misconfigured", "not_found"):
        return _adding(outcome, f"{_said(record)}: %pfconn history {record.name}, %pfconn rollback {record.name}.")
    return outcome


def outdated(outcome: Outcome, held: ConnectionRecord, current: ConnectionRecord) -> Outcome:
    """Return the outcome of testing an object that was fetched as ``held``, if the store has a newer one."""
    if outcome.status == "ok" or held.rev == current.rev:
        return outcome
    hint = f"{_said(current)}: this object holds the old one. Fetch it again, conn = conn.refresh(), and test that."
    return replace(outcome, hint=hint)


def _said(record: ConnectionRecord) -> str:
    if record.updated is None:
        return "Changed since"
    day = "" if record.updated.date() == now().date() else f"on {record.updated:%Y-%m-%d} "
    by = f" by {record.owner}" if record.owner else ""
    return f"Changed {day}{record.updated:%H:%M} UTC{by}"


def _adding(outcome: Outcome, words: str) -> Outcome:
    return replace(outcome, hint=f"{outcome.hint} {words}".strip())
