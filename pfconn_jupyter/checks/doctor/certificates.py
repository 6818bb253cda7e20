"""Whose certificates are trusted, and whether they can be read."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from pfconn_jupyter.checks import route
from pfconn_jupyter.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator


def look() -> Iterator[Finding]:
    """Yield a finding on the file of authorities that tests and Azure's SDKs use."""
    name, path = route.bundle()
    if not name:
        from requests.utils import DEFAULT_CA_BUNDLE_PATH

        yield Finding("certificates", "ok", f"those of certifi ({_count(DEFAULT_CA_BUNDLE_PATH)} authorities)")
        return
    yield from _of_bundle(name, path)


def _of_bundle(name: str, path: str) -> Iterator[Finding]:
    if not Path(path).exists():
        hint = f"Point {name} to the file with your company's certificates, or unset it."
        yield Finding("certificates", "fail", f"{name} names {path}, which does not exist", hint)
    elif Path(path).is_dir():
        yield Finding("certificates", "ok", f"{name}: the folder {path}")
    elif count := _count(path):
        yield Finding("certificates", "ok", f"{name}: {path} ({count} {'authority' if count == 1 else 'authorities'})")
    else:
        hint = f"Point {name} to a file of certificates in PEM form, or unset it."
        yield Finding("certificates", "fail", f"{name} names {path}, in which no certificate can be read", hint)


def _count(path: str) -> int:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ssl.SSLError):
        return 0
    return len(context.get_ca_certs())
