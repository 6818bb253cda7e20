"""What an accepted answer tells besides "yes": numbers and names that its probe asks for, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.checks.redaction import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pfconn_jupyter.connections.probe import Reading, Tell
    from pfconn_jupyter.connections.secret import Secret

MOST_NAMES = 8
"""Names that are told of a longer list."""


def told(tells: Iterable[Tell], answer: object, secrets: Sequence[Secret]) -> tuple[list[str], Reading | None]:
    """Return what ``answer`` has to tell, and what a number of zero in it means.

    Parameters
    ----------
    answer
        The answer's JSON. What is not there, or of another kind, is not told: services
        leave out and add fields.
    secrets
        What must not be told, whatever the service echoes.
    """
    said = []
    meaning = None
    for tell in tells:
        value = _at(answer, tell.key)
        found = _names(value, tell.each) if tell.each else _number(value)
        if found is not None:
            said.append(one_line(tell.words.format(found), secrets))
        if isinstance(found, int) and found <= 0:
            meaning = meaning or tell.none_left
    return said, meaning


def _at(answer: object, path: str) -> Any:
    for key in path.split("/"):
        answer = answer.get(key) if isinstance(answer, dict) else None
    return answer


def _number(value: object) -> int | None:
    number = len(value) if isinstance(value, list) else value
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _names(items: object, key: str) -> str | None:
    if not isinstance(items, list):
        return None
    names = [item[key] for item in items if isinstance(item, dict) and isinstance(item.get(key), str)]
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return (", ".join(names[:MOST_NAMES]) or "none") + more
