"""What an import would do with each connection it found: nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from pfconn_jupyter.connections.names import check_name, did_you_mean, fold, nearest_legal
from pfconn_jupyter.errors import InvalidName, PfconnError, UsageProblem
from pfconn_jupyter.stores.copying import equal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Records, Scope
    from pfconn_jupyter.interop.found import Found
    from pfconn_jupyter.stores.store import Store

    Place = tuple[Scope, str]

Action = Literal["create", "created", "same", "conflict", "cannot", "failed", "not done"]


@dataclass(frozen=True)
class Wishes:
    """What the person said.

    Attributes
    ----------
    scope
        For those whose source says none that the target has.
    name
        What it is called in the target, where only one is chosen.
    only
        Names or globs; all if empty.
    rename
        Name in the source to name in the target.
    """

    scope: Scope | None = None
    name: str = ""
    only: Sequence[str] = ()
    rename: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One connection of the source, and what becomes of it.

    Attributes
    ----------
    found
        As the source has it.
    new_name, scope
        What it is called in the target, and who can use it there; None where that must be said.
    action
        ``same``: there already, equal. ``conflict``: another one has the name, and keeps it.
        ``failed``: it did not pass its test, or the target refused.
    why
        Sentences: the reason, what was changed, what to do.
    test
        What its test found, if there was one.
    """

    found: Found
    new_name: str
    scope: Scope | None
    action: Action
    why: tuple[str, ...] = ()
    test: Outcome | None = None

    def because(self, action: Action, *why: str) -> Step:
        """Return the step with another action, and why."""
        return replace(self, action=action, why=(*(w for w in why if w), *self.why))


def chosen(found: Iterable[Found], wishes: Wishes) -> Iterator[Found]:
    """Yield those that ``--only`` names.

    Raises
    ------
    UsageProblem
        A name of ``--only`` or ``--rename`` fits nothing.
    """
    names = []
    fits: set[str] = set()
    for each in found:
        names.append(each.name)
        hits = {p for p in wishes.only if p == each.name or fnmatchcase(each.name.lower(), p.lower())}
        fits |= hits
        if hits or not wishes.only:
            yield each
    for option, words in (("--only", set(wishes.only) - fits), ("--rename", wishes.rename.keys() - set(names))):
        for word in sorted(words):
            nearest = did_you_mean(word, names)
            raise UsageProblem(f"{option} {word}: the source has no such connection.{nearest}", "Nothing was changed.")


def plan(found: Iterable[Found], target: Store, wishes: Wishes) -> list[Step]:
    """Return what an import of ``found`` into ``target`` would do.

    Raises
    ------
    UsageProblem, StoreError
    """
    named: list[Step] = []
    taken: dict[Place, Step] = {}
    all_chosen = list(chosen(found, wishes))
    if wishes.name and len(all_chosen) > 1:
        problem = f"{len(all_chosen)} connections were found, and only one can be called {wishes.name}."
        raise UsageProblem(problem, "Choose one with --only, or use --rename OLD=NEW.")
    for each in all_chosen:
        step = _named(each, target, wishes)
        if step.action == "create" and step.scope:
            step = _apart(step, taken)
        named.append(step)
    return _compared(named, target)


def _named(found: Found, target: Store, wishes: Wishes) -> Step:
    """Give it a legal name and a scope; ``create`` is only a hope yet."""
    new_name, notes = _name(found.name, wishes)
    scope, said = _scope(found, target, wishes)
    step = Step(found, new_name, scope, "create", (*notes, *said, *found.notes))
    if isinstance(found.content, PfconnError):
        return replace(step, why=found.notes).because("cannot", found.content.problem, found.content.hint)
    if not new_name:
        return step.because("cannot", "Nothing of its name is legal here.", f"Give one: --rename '{found.name}=NEW'.")
    if scope is None:
        return step.because("cannot", "Who can use it in the target is not said: add --shared or --private.")
    return step


def _name(name: str, wishes: Wishes) -> tuple[str, tuple[str, ...]]:
    if new := wishes.name or wishes.rename.get(name):
        return check_name(new), ()
    try:
        return check_name(name), ()
    except InvalidName:
        near = nearest_legal(name)
        return near, (f"Its name is not legal here; {near} is.",) if near else ()


def _scope(found: Found, target: Store, wishes: Wishes) -> tuple[Scope | None, tuple[str, ...]]:
    """Return the scope in the target: the source's own, what was said, or the only one there is."""
    scopes = list(target.scopes)
    if found.scope in target.scopes:
        return found.scope, ()
    was = (f"It is {found.scope} in the source.",) if found.scope else ()
    if wishes.scope:
        return wishes.scope, was
    return (scopes[0] if len(scopes) == 1 else None), was


def _apart(step: Step, taken: dict[Place, Step]) -> Step:
    """Keep two of the source from one place: the second gets a number, unless they are equal."""
    assert step.scope
    first, number = taken.setdefault((step.scope, fold(step.new_name)), step), 2
    if first is step:
        return step
    if _content(first) and equal(_content(first), _content(step)):
        return step.because("same", f"It is equal to {first.found.name} of {first.found.origin}.")
    while (place := (step.scope, fold(f"{step.new_name}-{number}"))) in taken:
        number += 1
    why = f"{first.found.name} of {first.found.origin} comes to the same name."
    taken[place] = renamed = replace(step, new_name=f"{step.new_name}-{number}", why=(why, *step.why))
    return renamed


def _compared(steps: Sequence[Step], target: Store) -> list[Step]:
    """Look at what has those names in the target."""
    wanted = {_place(s) for s in steps if s.action == "create"}
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
    place = _place(step)
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
    if equal(value, _content(step)):
        return step.because("same", f"{name} is there already, equal.")
    what = "is of another type" if step.found.type != value.TYPE else _difference(value, _content(step))
    first = f"Or first: %pfconn delete {name}."
    return step.because("conflict", f"{name} is there and {what}; it stays.", other, first)


def _difference(there: Connection, new: Connection) -> str:
    """Name the fields that differ; never their values."""
    ours, theirs = ({**c.configs, **c.secrets} for c in (there, new))
    fields = sorted(f for f in {**ours, **theirs} if ours.get(f) != theirs.get(f))
    return f"differs in {', '.join(fields)}"


def _content(step: Step) -> Connection:
    assert not isinstance(step.found.content, PfconnError)
    return step.found.content


def _place(step: Step) -> Place:
    assert step.scope
    return step.scope, fold(step.new_name)


def _known(ask: Callable[[], Records]) -> Records:
    """Return what may be seen; who may not see it is told when the write is refused."""
    try:
        return ask()
    except PfconnError:
        return []
