"""Connections of AI services for notebooks and scripts.

In a notebook: ``%load_ext pfconn_jupyter``, then ``%pfconn create``. In any program::

    import pfconn_jupyter as pfconn

    client = pfconn.get("my_aoai").client()

The module's functions act on the store in use; `connections` opens another one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from pfconn_jupyter.api import Connections
    from pfconn_jupyter.connections.connection import Ask, Connection
    from pfconn_jupyter.connections.custom import CustomConnection
    from pfconn_jupyter.connections.endpoint import Endpoint
    from pfconn_jupyter.connections.probe import EntraToken, Probe, Reading
    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.errors import PfconnError, PfconnWarning
    from pfconn_jupyter.tools.tool import tool

__version__ = "0.1.0"

# Imported on first use: `%load_ext` must cost nothing.
_HOMES = {
    "Ask": "connections.connection",
    "Endpoint": "connections.endpoint",
    "EntraToken": "connections.probe",
    "Probe": "connections.probe",
    "Reading": "connections.probe",
    "Connections": "api",
    "Connection": "connections.connection",
    "CustomConnection": "connections.custom",
    "ConnectionRecord": "connections.record",
    "Secret": "connections.secret",
    "PfconnError": "errors",
    "PfconnWarning": "errors",
    "tool": "tools.tool",
}
_ROOMS = ("interop", "tools")
_METHODS = (
    "create",
    "get",
    "list",
    "update",
    "rotate",
    "test",
    "check",
    "explain",
    "doctor",
    "delete",
    "deleted",
    "restore",
    "purge",
    "history",
    "rollback",
)

# Without the methods: `from pfconn_jupyter import *` must not replace `list`.
__all__ = [
    "Ask",
    "Connection",
    "ConnectionRecord",
    "Connections",
    "CustomConnection",
    "Endpoint",
    "EntraToken",
    "PfconnError",
    "PfconnWarning",
    "Probe",
    "Reading",
    "Secret",
    "connections",
    "load_ipython_extension",
    "tool",
    "unload_ipython_extension",
]

# Loading the subpackage binds its name here; the function of that name is bound after it.
import_module("pfconn_jupyter.connections")


def connections(address: str | None = None) -> Connections:
    """Return the connections of the store at ``address``, or of the store in use."""
    from pfconn_jupyter import api

    return api.connections(address)


def __getattr__(name: str) -> Any:
    if home := _HOMES.get(name):
        return getattr(import_module(f"{__name__}.{home}"), name)
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name in _METHODS:
        return getattr(import_module(f"{__name__}.api").connections(), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_METHODS, *_ROOMS])


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Register ``%pfconn``; called by ``%load_ext pfconn_jupyter``."""
    from pfconn_jupyter.notebook.magic import load

    load(ipython)


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """Take back everything `load_ipython_extension` registered."""
    from pfconn_jupyter.notebook.magic import unload

    unload(ipython)
