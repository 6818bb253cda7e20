"""What an import finds in its target under the names that it wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import fold
from pfconn_jupyter.errors import PfconnError
from pfconn_jupyter.stores.copying import equal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Records
    from pfconn_jupyter.interop.steps import Place, Step
    from pfconn_jupyter.stores.store import Store


def compared(steps: Sequence[Step], target: Store) -> list[Step]:
    """Return the steps; one whose name is taken there is ``same`` or a ``conflict``."""
    wanted = {s.place for s in steps if s.action == "create"}
    if not wanted:
        return list(steps)
    there = {(r.scope, fold(r.name)): r for r in target.list()}
    values = {
        (r.scope, fold(r.name)): value for r, value in target.values([r for p, r in there.items() if p in wanted])
    }
    gone = {(r.scope, fold(r.name)): r for r in _known(target.deleted)}
    return [_settled(s, there, values, gone) if s.action == "create" else s for s in steps]


def _settled(
    step: Step,
    there: Mapping[Place, ConnectionRecord],
    values: Mapping[Place, Connection | PfconnError],
    gone: Mapping[Place, ConnectionRecord],
) -> Step:
    place = step.place
    other = f"Take another name: --rename '{step.found.name}=NEW'."
    if place in gone and place not in there:
        was = gone[place].name
        restore = f"{was} was deleted there and keeps its name: %pfconn restore {was}, or %pfconn purge {was}."
        return step.because("conflict", restore, other)
    if place not in there:
        return step
    name, value = there[place].name, values[place]
    if isinstance(value, PfconnError):
        return step.because("conflict", f"{name} is there and cannot be compared: {value.problem}", value.hint)
    if equal(value, step.connection):
        return step.because("same", f"{name} is there already, equal.")
    same_type = value.stored_type == step.connection.stored_type
    what = _difference(value, step.connection) if same_type else "is of another type"
    first = f"Or first: %pfconn delete {name}."
    return step.because("conflict", f"{name} is there and {what}; it stays.", other, first)


def _difference(there: Connection, new: Connection) -> str:
    """Name the fields that differ; never their values."""
    ours, theirs = ({**c.configs, **c.secrets} for c in (there, new))
    fields = sorted(f for f in {**ours, **theirs} if ours.get(f) != theirs.get(f))
    return f"differs in {', '.join(fields)}"


def _known(ask: Callable[[], Records]) -> Records:
    """Return what may be seen; who may not see it is told when the write is refused."""
    try:
        return ask()
    except PfconnError:
        return []
