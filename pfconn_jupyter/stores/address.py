"""An address, as ``%pfconn store`` takes it, to its store."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import did_you_mean
from pfconn_jupyter.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.stores.store import Store

# Scheme to "module:factory", imported on first use; the factory takes what follows the colon.
STORES: dict[str, str] = {
    "local": "pfconn_jupyter.stores.address:open_local",
    "keyvault": "pfconn_jupyter.stores.keyvault.store:open_keyvault",
    "azureml": "pfconn_jupyter.stores.azureml.store:open_azureml",
    "env": "pfconn_jupyter.stores.environment.store:open_environment",
}
_EXAMPLES = (
    "local: (this machine), local:/path/file.db, keyvault:NAME or keyvault:@workspace, azureml: (the workspace's own), "
    "env: or env:/path (read-only)"
)


def open_store(address: str) -> Store:
    """Return the store at ``address``. Reads and makes nothing yet.

    Raises
    ------
    StoreUnavailable
        It is no address.
    """
    scheme, colon, rest = address.strip().partition(":")
    scheme = scheme.lower()
    if ".vault." in address and scheme not in STORES:
        # The vault's URL, as the portal shows it.
        scheme, colon, rest = "keyvault", ":", address
    if colon and scheme in STORES:
        module, _, name = STORES[scheme].partition(":")
        factory: Callable[[str], Store] = getattr(import_module(module), name)
        return factory(rest)
    nearest = _nearest(address, scheme, colon)
    raise StoreUnavailable(f"{address!r} is no address of a store.{nearest}", f"Use {_EXAMPLES}.")


def open_local(rest: str) -> Store:
    """Return the local store of ``local:rest``; the default file if ``rest`` is empty."""
    from pfconn_jupyter.stores.local import LocalStore

    return LocalStore(Path(rest) if rest else None)


def _nearest(address: str, scheme: str, colon: str) -> str:
    if not colon and address.endswith((".db", ".sqlite")):
        return f" Did you mean local:{address}?"
    known = [f"{name}:" for name in STORES]
    return did_you_mean(f"{scheme}:", known)
