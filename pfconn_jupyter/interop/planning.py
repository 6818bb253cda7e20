"""What an import would do with each connection it found: nothing is written here."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import did_you_mean
from pfconn_jupyter.errors import InvalidName, PfconnError, UsageProblem
from pfconn_jupyter.interop.comparing import compared
from pfconn_jupyter.interop.steps import Step
from pfconn_jupyter.stores.copying import equal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pfconn_jupyter.connections.record import Scope
    from pfconn_jupyter.interop.found import Found
    from pfconn_jupyter.interop.steps import Place, Wishes
    from pfconn_jupyter.stores.store import Store


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
    return compared(named, target)


def _named(found: Found, target: Store, wishes: Wishes) -> Step:
    """Give it a legal name and a scope; ``create`` is only a hope yet."""
    new_name, notes = _name(found.name, target, wishes)
    scope, said = _scope(found, target, wishes)
    step = Step(found, new_name, scope, "create", (*notes, *said, *found.notes))
    if isinstance(found.content, PfconnError):
        return replace(step, why=found.notes).because("cannot", found.content.problem, found.content.hint)
    if not new_name:
        return step.because("cannot", "Nothing of its name is legal here.", f"Give one: --rename '{found.name}=NEW'.")
    if scope is None:
        ways = " or ".join(f"--{scope}" for scope in target.scopes)
        return step.because("cannot", f"Who can use it in the target is not said: add {ways}.")
    return step


def _name(name: str, target: Store, wishes: Wishes) -> tuple[str, tuple[str, ...]]:
    if new := wishes.name or wishes.rename.get(name):
        return target.check_name(new), ()
    near = name
    # A store may ask more of a name than all do: what is legal in general may not be so there.
    for _ in range(3):
        try:
            legal = target.check_name(near)
        except InvalidName as error:
            near = error.problems[0].suggestion or ""
        else:
            return legal, () if legal == name else (f"Its name is not legal here; {legal} is.",)
    return "", ()


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
    first, number = taken.setdefault(step.place, step), 2
    if first is step:
        return step
    if equal(first.connection, step.connection):
        return step.because("same", f"It is equal to {first.found.name} of {first.found.origin}.")
    why = (f"{first.found.name} of {first.found.origin} comes to the same name.", *step.why)
    while (renamed := replace(step, new_name=f"{step.new_name}-{number}", why=why)).place in taken:
        number += 1
    taken[renamed.place] = renamed
    return renamed


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
