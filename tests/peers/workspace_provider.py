"""Run by the Python of a promptflow environment: what its workspace provider reads, as JSON.

Standard input says which workspace and which names; nothing secret is an argument.
"""

from __future__ import annotations

import json
import sys

from promptflow.core._connection_provider._workspace_connection_provider import WorkspaceConnectionProvider


def told(connection) -> dict:
    return {
        "class": type(connection).__name__,
        "configs": dict(connection.configs or {}),
        "secrets": dict(connection.secrets or {}),
    }


def got(provider, name) -> dict:
    try:
        return told(provider.get(name))
    except Exception as error:  # noqa: BLE001  whatever it refuses is its answer
        return {"error": f"{type(error).__name__}: {error}"}


def listed(provider) -> dict:
    try:
        return {connection.name: told(connection) for connection in provider.list()}
    except Exception as error:  # noqa: BLE001
        return {"error": f"{type(error).__name__}: {error}"}


asked = json.load(sys.stdin)
provider = WorkspaceConnectionProvider(*asked["workspace"])
json.dump({"listed": listed(provider), "got": {name: got(provider, name) for name in asked["names"]}}, sys.stdout)
