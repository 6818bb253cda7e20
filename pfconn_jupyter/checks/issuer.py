"""Who issued a certificate that was refused: a company's proxy that reads TLS names itself there."""

from __future__ import annotations

import base64
import http.client
import ssl
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pfconn_jupyter.checks import route
from pfconn_jupyter.checks.redaction import one_line

if TYPE_CHECKING:
    from cryptography.x509 import Name

SECONDS = 3.0
"""What the second handshake may take: it is only for a word in a hint."""
_LONGEST = 60


def issuer_of(url: str) -> str:
    """Return the name of whoever issued the certificate at ``url``, or ``""``.

    Shakes hands once more without trusting anybody, and sends nothing over it.
    """
    try:
        return _name(_certificate(url))
    except Exception:  # noqa: BLE001  whatever goes wrong, the hint does without
        return ""


def _certificate(url: str) -> bytes:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    there, proxy = urlsplit(url), route.proxy_of(url)
    if proxy:
        by = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        connection = http.client.HTTPSConnection(by.hostname or "", by.port or 80, timeout=SECONDS, context=context)
        connection.set_tunnel(there.hostname or "", there.port or 443, _sign_in(by.username, by.password))
    else:
        connection = http.client.HTTPSConnection(
            there.hostname or "", there.port or 443, timeout=SECONDS, context=context
        )
    try:
        connection.connect()
        return connection.sock.getpeercert(binary_form=True) or b""
    finally:
        connection.close()


def _sign_in(user: str | None, password: str | None) -> dict[str, str]:
    if user is None:
        return {}
    pair = f"{unquote(user)}:{unquote(password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _name(certificate: bytes) -> str:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    issuer: Name = x509.load_der_x509_certificate(certificate).issuer
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := issuer.get_attributes_for_oid(kind):
            return one_line(str(found[0].value), ())[:_LONGEST]
    return ""
