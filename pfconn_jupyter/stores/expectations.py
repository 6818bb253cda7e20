"""What a write expects of the name it goes to, and the words when it is otherwise. For every store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.errors import AmbiguousName, ConnectionChanged, ConnectionExists, ConnectionNotFound
from pfconn_jupyter.stores.store import ANY, NEW

if TYPE_CHECKING:
    from pfconn_jupyter.connections.record import ConnectionRecord, Versions

_ALIKE = " The two names count as one: case, '.', '_' and '-' make no difference."


def check(found: ConnectionRecord | None, name: str, expect: str, title: str) -> None:
    """Raise unless ``put(name, expect=expect)`` may replace ``found``.

    Parameters
    ----------
    found
        What has this name, or one that folds alike; its ``deleted`` set if it was deleted.
    title
        The store's.
    """
    if found and found.deleted and expect in (NEW, ANY):
        raise ConnectionExists(
            f"{found.name} was deleted from {title} and can be restored: its name is still taken.",
            f"Restore it: %pfconn restore {found.name}. Or remove it for ever: %pfconn purge {found.name}.",
        )
    if expect == ANY:
        return
    if expect == NEW:
        if found:
            why = "" if found.name == name else _ALIKE
            raise ConnectionExists(
                f"{found.name} exists already in {title}.{why}",
                f"Change it: %pfconn update {found.name}. Or take another name.",
            )
        return
    if found is None or found.deleted:
        raise not_found(name, title, found)
    if found.rev != expect:
        when = f" at {found.updated:%Y-%m-%d %H:%M} UTC" if found.updated else ""
        raise ConnectionChanged(
            f"{found.name} was changed in {title} since it was read (now version {found.rev}{when}).",
            f"Nothing was written. Look at %pfconn history {found.name}, fetch it again, then repeat.",
        )


def not_found(name: str, title: str, deleted: ConnectionRecord | None = None) -> ConnectionNotFound:
    """Return the error for a name that is not there, or only as a deleted one."""
    if deleted:
        return ConnectionNotFound(
            f"{deleted.name} was deleted from {title}.", f"Bring it back: %pfconn restore {deleted.name}."
        )
    return ConnectionNotFound(f"There is no connection {name!r} in {title}.", "See %pfconn list.")


def not_deleted(name: str, title: str, found: ConnectionRecord | None = None) -> ConnectionNotFound:
    """Return the error for `restore` and `purge` of what was not deleted."""
    hint = "See %pfconn list --deleted."
    if found:
        hint = f"{found.name} is there: %pfconn delete {found.name} comes first."
    return ConnectionNotFound(f"There is no deleted connection {name!r} in {title}.", hint)


def one_version(name: str, prefix: str, versions: Versions) -> str:
    """Return the one rev that begins with ``prefix``.

    Raises
    ------
    ConnectionNotFound
        None does.
    AmbiguousName
        Several do.
    """
    fits = [v.rev for v in versions if prefix and v.rev.startswith(prefix)]
    if prefix in fits:
        return prefix
    if not fits:
        raise ConnectionNotFound(f"{name} has no version {prefix!r}.", f"See %pfconn history {name}.")
    if len(fits) > 1:
        raise AmbiguousName(f"{prefix!r} begins {len(fits)} versions of {name}: {', '.join(fits)}.", "Give more of it.")
    return fits[0]
