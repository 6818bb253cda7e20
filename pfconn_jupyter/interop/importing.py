"""Carries out a plan: tests first if asked to, then writes side by side; overwrites nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.stores.copying import Job, write_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.interop.steps import Action, Step
    from pfconn_jupyter.stores.copying import Copied
    from pfconn_jupyter.stores.store import Store

    Done = Callable[[object], None]

_ACTIONS: dict[str, Action] = {
    "copied": "created",
    "same": "same",
    "exists": "conflict",
    "failed": "failed",
    "not done": "not done",
}


def checked(steps: Sequence[Step], on_done: Done | None = None) -> list[Step]:
    """Return the steps, those to be created with their test; one that does not pass is ``failed``.

    After a Ctrl-C none of them is to be created any more.
    """
    from pfconn_jupyter.checks.runner import INTERRUPTED, check_all

    todo = {n: s for n, s in enumerate(steps) if s.action == "create"}
    records = {n: _unstored(s) for n, s in todo.items()}
    values = ((records[n], s.connection) for n, s in todo.items())
    outcomes = check_all(values, lambda: [*records.values()], on_done)
    if any(o.detail == INTERRUPTED.detail for o in outcomes):
        why = "Interrupted while they were tested."
        return [s.because("not done", why) if s.action == "create" else s for s in steps]
    found = dict(zip(todo, outcomes, strict=True))
    return [_judged(step, found.get(number)) for number, step in enumerate(steps)]


def applied(steps: Sequence[Step], target: Store, on_done: Done | None = None) -> list[Step]:
    """Write what is to be created; return the steps with what became of each.

    After a Ctrl-C what had begun is ended, and the rest is ``not done``.
    """
    jobs = ((number, _job(step)) for number, step in enumerate(steps) if step.action == "create")
    done = write_all(jobs, target, on_done)
    return [_after(step, done.get(number)) if step.action == "create" else step for number, step in enumerate(steps)]


def _unstored(step: Step) -> ConnectionRecord:
    assert step.scope
    return ConnectionRecord(step.new_name, step.found.type, step.scope, step.found.origin)


def _judged(step: Step, outcome: Outcome | None) -> Step:
    if outcome is None:
        return step
    step = replace(step, test=outcome)
    if outcome.status in ("ok", "not_checked"):
        return step
    again = "To store it all the same, leave --test out."
    return step.because("failed", f"It did not pass its test: {outcome.detail.rstrip('.')}.", outcome.hint, again)


def _job(step: Step) -> Job:
    assert step.scope
    found = step.found
    return Job(found.name, step.new_name, found.type, step.scope, found.content, found.expires)


def _after(step: Step, copied: Copied | None) -> Step:
    if copied is None:
        return step.because("not done", "Interrupted before it. Run the import again: what is there stays.")
    why = () if copied.status == "copied" else (copied.detail, copied.hint)
    return step.because(_ACTIONS[copied.status], *why)
