"""One connection found in a source: whole, or with why it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.causes import bare
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.plain_text import NoPlainText
from pfconn_jupyter.connections.registry import connection_type, type_name
from pfconn_jupyter.errors import PfconnError
from pfconn_jupyter.interop.promptflow_kinds import OLDEST, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import Scope

    Tell = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """A connection of a source.

    Attributes
    ----------
    name, type
        As the source calls them; ``type`` is our word where there is one.
    origin
        Where it stands: a file, a store's address.
    content
        The connection, or why it cannot be had.
    scope
        Who can use it there; None where the source does not say.
    notes
        What was changed or assumed on the way, and what to do about it.
    expires
        UTC, if it does.
    """

    name: str
    type: str
    origin: str
    content: Connection | PfconnError
    scope: Scope | None = None
    notes: tuple[str, ...] = ()
    expires: datetime | None = None


def built(name: str, word: str, fields: dict[str, Any], origin: str, notes: Sequence[str] = ()) -> Found:
    """Return what ``fields`` make; a broken rule becomes its ``content``.

    Parameters
    ----------
    word
        The type, in our words or prompt flow's.
    fields
        As `build` takes them; empty afterwards.
    """
    said = list(notes)
    content: Connection | PfconnError
    try:
        with NoPlainText(fields):
            cls = connection_type(word)
            # What prompt flow always writes says nothing.
            given = {k: v for k, v in fields.items() if cls.IMPLIED.get(k) != v}
            content = build(cls, _with_version(cls, given, said.append), said.append)
        said += _outdated(content)
    except PfconnError as error:
        content = bare(error)
    finally:
        given = {}
    return Found(name, type_name(word) or word, origin, content, notes=tuple(said))


def _outdated(connection: Connection) -> list[str]:
    version, oldest = connection.configs.get("api_version", ""), OLDEST.get(connection.TYPE, "")
    if not version or version >= oldest:
        return []
    told = f"Its service names {oldest} as the oldest api-version it supports: see whether %pfconn test passes"
    return [f"{told} with {version}; if not: %pfconn update, --set api_version={oldest}."]


def _with_version(cls: type[Connection], fields: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Add the api-version that prompt flow has used all along where the source left it out."""
    kind = kind_of(cls.TYPE)
    if kind is None or not kind.api_version or fields.get("api_version"):
        return fields
    tell(f"api_version is not said: {kind.api_version}, prompt flow's own default.")
    return {**fields, "api_version": kind.api_version}
