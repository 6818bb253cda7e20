"""TLS with the same trust as requests, read from its file once instead of for each connection.

Loading a bundle of certificates takes 17 ms of computing; for a thousand connections
that would be most of the time of a run.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH

if TYPE_CHECKING:
    from ssl import SSLContext

    from requests import PreparedRequest


_loading = threading.Lock()


class SharedTrust(HTTPAdapter):
    """Verifies certificates and host names as requests does, against a shared set of authorities."""

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: bool | str, cert: Any = None
    ) -> Any:
        """Return where to connect, and with which trust; the hook that requests 2.32 offers for it."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] != "https":
            return host, {}
        bundle = verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH
        with _loading:
            context = _context(bundle, Path(bundle).stat().st_mtime_ns)
        return host, {"cert_reqs": "CERT_REQUIRED", "ssl_context": context}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the trust as it is set above; older versions of requests set it here."""
        if "ssl_context" not in conn.conn_kw:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=4)
def _context(bundle: str, changed: int) -> SSLContext:  # noqa: ARG001  part of the cache's key
    """Return a context that trusts ``bundle``, a file or a folder; ``changed`` lets a new one be read."""
    import ssl

    from urllib3.util.ssl_ import create_urllib3_context

    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.check_hostname = True
    if Path(bundle).is_dir():
        context.load_verify_locations(capath=bundle)
    else:
        context.load_verify_locations(cafile=bundle)
    return context
