"""May this identity read values: found out without reading one."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import ConnectionNotFound

if TYPE_CHECKING:
    from pfconn_jupyter.stores.keyvault.access import Access

# Of the shared ones, so that a condition on the name's beginning (docs/administrators.md) is met too.
_NOBODYS = "pfconn-s-doctor-"


def try_reading(access: Access) -> str:
    """Ask for a secret that does not exist: who may not read is refused before it is looked for.

    Raises
    ------
    AccessDenied, StoreUnavailable
    """
    name = f"{_NOBODYS}{secrets.token_hex(4)}"
    try:
        access.call("get", "", lambda: access.client.get_secret(name), name)
    except ConnectionNotFound:
        return "values may be read; none was: a name that does not exist was asked for"
    return "values may be read"
