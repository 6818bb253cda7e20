"""What stands in a secret's tags, and back. Pure. Tags can be read by all who list: no secret, ever."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 1
MOST = 15
LONGEST = 256
"""Characters of a tag's key and value; the service allows more."""
CONFIG = "c."
# pfconn, name, type, by, rev, prev: kept free also where there is no prev yet, lest the
# second version fit in fewer tags than the first.
_OURS = 6
NEWER = "It was written by a newer pfconn_jupyter: %pip install --upgrade pfconn_jupyter."
_CHANGED = "Its tags were changed outside pfconn: "


@dataclass(frozen=True)
class Metadata:
    """What the tags of one version say.

    Attributes
    ----------
    name, type, by, rev, prev
        As in the record; ``""`` where the tag is missing.
    configs
        Those that fit into tags.
    more
        True if others stand in the value.
    problem
        Why it cannot be used, in words.
    newer
        True if a newer pfconn_jupyter wrote it: left alone.
    """

    name: str
    type: str = ""
    by: str = ""
    rev: str = ""
    prev: str = ""
    configs: dict[str, str] = field(default_factory=dict)
    more: bool = False
    problem: str = ""
    newer: bool = False


def are_ours(tags: Mapping[str, str] | None) -> bool:
    """Tell whether tags were written by pfconn; a version without them was written by others."""
    return bool(tags) and any(key == "pfconn" or key in ("rev", "type") for key in tags or {})


def metadata(tags: Mapping[str, str] | None, folded: str) -> Metadata:
    """Return what tags say of the connection of this folded name; raises for nothing."""
    tags = tags or {}
    name = tags.get("name") or ""
    return Metadata(
        name=name if fold(name) == folded else folded,
        type=tags.get("type") or "",
        by=tags.get("by") or "",
        rev=tags.get("rev") or "",
        prev=tags.get("prev") or "",
        # A tag without a value may come as None.
        configs={key[len(CONFIG) :]: value or "" for key, value in tags.items() if key.startswith(CONFIG)},
        more=tags.get("more") == "1",
        problem=_problem(tags, name, folded),
        newer=_schema(tags) > SCHEMA,
    )


def written(found: Metadata) -> dict[str, str]:
    """Return the tags that say ``found``."""
    base = {"name": found.name, "type": found.type, "by": _cut(found.by), "rev": found.rev, "prev": found.prev}
    tags = {"pfconn": str(SCHEMA), **{key: value for key, value in base.items() if value}}
    tags.update({CONFIG + key: value for key, value in found.configs.items()})
    return {**tags, "more": "1"} if found.more else tags


def that_fit(configs: Mapping[str, str]) -> dict[str, str]:
    """Return the configs that find room in tags; the others go into the value."""
    # Tags that differ in case only may be one to the service, and an empty one none.
    seen: set[str] = set()
    fit = {}
    for key, value in configs.items():
        tag = CONFIG + key
        if tag.lower() not in seen and value and _length(tag) <= LONGEST and _length(value) <= LONGEST:
            seen.add(tag.lower())
            fit[key] = value
    room = MOST - _OURS
    if len(configs) > len(fit) or len(fit) > room:
        return dict(list(fit.items())[: room - 1])
    return fit


def _problem(tags: Mapping[str, str], name: str, folded: str) -> str:
    if _schema(tags) > SCHEMA:
        return NEWER
    schema = tags.get("pfconn") or ""
    if schema != str(SCHEMA):
        return f"{_CHANGED}pfconn is {schema[:20]!r}." if schema else f"{_CHANGED}pfconn is missing."
    missing = [key for key in ("name", "type", "rev") if not tags.get(key)]
    if missing:
        return f"{_CHANGED}{' and '.join(missing)} missing."
    if fold(name) != folded:
        return f"{_CHANGED}name is {name[:64]!r}, which is another one."
    return ""


def _schema(tags: Mapping[str, str]) -> int:
    number = tags.get("pfconn") or ""
    # More digits than any number of ours would be an error of int().
    return int(number) if number.isdecimal() and number.isascii() and len(number) < 10 else 0


def _length(text: str) -> int:
    # As .NET and JavaScript count: an emoji is two.
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str) -> str:
    return text if _length(text) <= LONGEST else text[: LONGEST // 2]
