r"""CARRY IT: connections to and from prompt flow, variables, files and other people's SDKs.

::

    from pfconn_jupyter import interop

    with interop.environ(conn):  # the variables that SDKs read
        ...
    chat(interop.to_promptflow(conn), prompt="user:\nhi", deployment_name="gpt-4o-mini")
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Imported on first use: most need none of them.
_HOMES = {"environ": "sdk_variables", "from_promptflow": "promptflow", "to_promptflow": "promptflow"}

__all__ = ["environ", "from_promptflow", "to_promptflow"]


def __getattr__(name: str) -> Any:
    if home := _HOMES.get(name):
        return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
