"""Say which store is in use, who you are to it, where the key is, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import PfconnError

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "More"


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments: none."""


def run(args: Namespace, context: Context) -> Any:
    """Return the table."""
    from pfconn_jupyter.notebook import tables

    store = context.connections.store
    rows = {"store": f"{store.title} ({store.address})", "chosen by": context.choice.said_by}
    count = 0
    try:
        rows["you"] = str(store.who())
        listing = store.listing()
        count = len(listing.records)
        rows["connections"] = str(count)
        if listing.others:
            rows["connections"] += f", and {len(listing.others)} private ones of others (%pfconn list --scope all)"
    except PfconnError as error:
        rows["connections"] = f"cannot be listed: {error.problem} {error.hint}"
    rows |= _key()
    if not store.address.startswith("local:"):
        # Of the local store, what the key protects says it.
        rows["who can read"] = store.protection()
    rows["questions"] = {"form": "in a form", "prompt": "at a prompt", "nobody": "nobody can be asked here"}[
        context.asks
    ]
    note = f"{_workspace(context)}{_next_steps(count)}"
    return tables.table(({"what": k, "now": v} for k, v in rows.items()), ("what", "now"), note)


def _workspace(context: Context) -> str:
    """Offer what belongs to an Azure ML workspace, where nobody has chosen a store; never switches."""
    from pfconn_jupyter.stores.workspace import workspace_here

    found = workspace_here() if context.choice.by_default else None
    if found is None:
        return ""
    return (
        f"This looks like the Azure ML workspace {found.name}; to use its vault: %pfconn store keyvault:@workspace; "
        "its own connections: %pfconn store azureml:. "
    )


def _key() -> dict[str, str]:
    from pfconn_jupyter.stores.custody import custody

    key = custody()
    rows = {"sealing key": f"{key.location}{f' (id {key.key_id})' if key.key_id else ''}"}
    if key.problem:
        rows["key problem"] = key.problem
    if key.protects:
        rows["protects"] = key.protects
    if key.not_protects:
        rows["does not protect"] = key.not_protects
    return rows


def _next_steps(count: int) -> str:
    if count == 0:
        return "Next: %pfconn create. Something wrong? %pfconn doctor. All commands: %pfconn help."
    return "Next: %pfconn list, or %pfconn test --all. Something wrong? %pfconn doctor. All commands: %pfconn help."
