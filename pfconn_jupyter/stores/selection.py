"""The connections of a store that names, a type and a scope choose: their values come while it is still listed."""

from __future__ import annotations

import threading
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import fold
from pfconn_jupyter.stores.missing import missing
from pfconn_jupyter.stores.store import Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from pfconn_jupyter.connections.record import ConnectionRecord, Records, Scope
    from pfconn_jupyter.stores.store import Store, Values


def fits(record: ConnectionRecord, pattern: str | None, type: str | None = None, scope: Scope | None = None) -> bool:
    """Tell whether a record has this name or fits this glob, in any case, and is of this type and scope."""
    return (
        (pattern is None or fold(record.name) == fold(pattern) or fnmatchcase(record.name.lower(), pattern.lower()))
        and type in (None, record.type)
        and scope in (None, record.scope)
    )


class Selection:
    """What was chosen of a store.

    Parameters
    ----------
    fits
        Tells of each record whether it is chosen, while `values` lists the store.
    everything, records
        Where the store is listed already: what it holds, and what was chosen of it.

    Attributes
    ----------
    everything
        What the store holds, as soon as `values` has come to the end of its listing; None before.
    """

    def __init__(
        self,
        store: Store,
        fits: Callable[[ConnectionRecord], bool],
        everything: Listing | None = None,
        records: Sequence[ConnectionRecord] = (),
    ) -> None:
        self.everything = everything
        self._store, self._fits = store, fits
        self._listed: Records = [*records]
        self._lock, self._closed = threading.Lock(), False

    def values(self) -> Values:
        """Yield each chosen record with its connection, or with the error, as they come; each is read once."""
        return self._store.values(self._coming() if self.everything is None else self._listed)

    def listed(self) -> Records:
        """Return the chosen records that the listing has reached, in the order of a list; it ends with that.

        A page that is still on its way when the account is given must not change it afterwards.
        """
        with self._lock:
            self._closed = True
            return in_order(self._listed)

    def _coming(self) -> Iterator[ConnectionRecord]:
        everything = Listing([], [])
        for part in self._store.parts():
            everything.records.extend(part.records)
            everything.others.extend(part.others)
            chosen = [r for r in part.records if self._fits(r)]
            with self._lock:
                if self._closed:
                    return
                self._listed += chosen
            yield from chosen
        with self._lock:
            if not self._closed:
                self.everything = Listing(in_order(everything.records), in_order(everything.others))


def choose(
    store: Store,
    names: Sequence[str],
    waiting: Collection[str],
    *,
    type: str | None = None,
    scope: Scope | None = None,
    whole: bool = False,
) -> Selection:
    """Choose by names or globs; all if none is given.

    One pattern is met while the store is listed. With several the whole list comes first: each
    must fit something before anything is done.

    Parameters
    ----------
    waiting
        As in `missing`.
    whole
        The whole list comes first in any case.

    Raises
    ------
    ConnectionNotFound
        A name fits nothing; for a single one that shows later.
    """
    if not whole and len(names) < 2:
        single = names[0] if names else None
        return Selection(store, lambda r: fits(r, single, type, scope))
    everything = store.listing()
    chosen: dict[int, ConnectionRecord] = {}
    for pattern in names:
        matches = {n: r for n, r in enumerate(everything.records) if fits(r, pattern, type, scope)}
        if not matches:
            raise missing(store, waiting, pattern)
        chosen |= matches
    return Selection(store, lambda _: True, everything, [*chosen.values()])


def in_order(records: Records) -> Records:
    """Return records in the order of a list."""
    return sorted(records, key=lambda r: (fold(r.name), r.name.lower(), r.scope))
