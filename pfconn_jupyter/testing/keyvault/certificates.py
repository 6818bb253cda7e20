"""A certificate authority of the emulator's own, made anew for each."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from pfconn_jupyter.identity import MANAGERS
from pfconn_jupyter.testing.keyvault.clouds import CLOUDS

if TYPE_CHECKING:
    from pathlib import Path

# Azure Resource Manager too: a stand-in of it may be served in the same way.
_OTHERS = (*(cloud.authority for cloud in CLOUDS.values()), *MANAGERS.values())
_NAMES = (
    *(f"*.{cloud.domain}" for cloud in CLOUDS.values()),
    *(address.removeprefix("https://") for address in _OTHERS),
    "localhost",
    "127.0.0.1",
)


def make(ca_file: Path) -> ssl.SSLContext:
    """Write the authority's certificate to ``ca_file``; return what a server needs."""
    import trustme

    authority = trustme.CA(organization_name="pfconn_jupyter Key Vault emulator (a test double)")
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*_NAMES).configure_cert(context)
    return context
