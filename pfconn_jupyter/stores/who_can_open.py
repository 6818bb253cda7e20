"""Who can open a private connection of a shared store: which machines, and who runs as its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.identity import MANAGED, PRINCIPAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.stores.store import Listing, Store


def who_can_open(store: Store, record: ConnectionRecord, known: Listing | None) -> Iterator[str]:
    """Yield what the owner of a new private connection should know.

    Parameters
    ----------
    known
        What the store held before: the machines are told of with the first private one.
    """
    who = store.who()
    if who.kind in (MANAGED, PRINCIPAL):
        yield f"{record.name} is private to {who}: whoever runs as it, with its key, can open it."
    if known is None or not any(r.scope == "private" for r in known.records):
        yield (
            "Private connections open on this machine only, with the key in %pfconn status; to open them on"
            " another one: %pfconn key backup here, %pfconn key unlock there."
        )
