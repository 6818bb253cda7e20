"""Any store of ours as a source: Azure ML workspaces, vaults, other local files, ``env:``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.errors import NotSupported, PfconnError
from pfconn_jupyter.interop.found import Found
from pfconn_jupyter.stores.address import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pfconn_jupyter.interop.sources import Request


def read(request: Request) -> Iterator[Found]:
    """Yield the connections of a store, then the private ones of others with who must import them.

    Raises
    ------
    StoreError
    """
    store = open_store(request.word)
    there = store.listing()
    for record, content in store.values(there.records):
        # Of one that cannot be had, its error says the same.
        notes = (record.problem,) if record.problem and not isinstance(content, PfconnError) else ()
        yield Found(record.name, record.type, store.address, content, record.scope, notes, record.expires)
    for record in there.others:
        who = record.owner or "its creator"
        problem = f"It is private to {who}: it opens for nobody else."
        content = NotSupported(problem, f"{who} must run this import.")
        yield Found(record.name, record.type, store.address, content, record.scope)
