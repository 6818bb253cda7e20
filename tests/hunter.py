"""Hunts a secret in anything that may have leaked it: bytes, text, files, objects.

`variants` lists the forms a secret takes on its way out; `hunt` says which of them are
in a haystack. A hunt that finds nothing proves something only beside a control that
finds a planted leak (``assert_clean`` makes one each time).
"""

from __future__ import annotations

import base64
import json
import traceback
from pathlib import Path
from urllib.parse import quote, quote_plus

SHORTEST_PART = 8
"""Characters of the beginning or end of a secret that count as a leak of it."""


def variants(secret: str) -> dict[str, bytes]:
    """Return the forms ``secret`` may leak in: what it is called, and its bytes.

    Hex is in lower case: `hunt` looks for it in the lowered haystack. Of base64 only the
    characters that do not depend on what stands before and after the secret are kept.
    """
    raw = secret.encode()
    found = {
        "utf-8": raw,
        "utf-16-le": secret.encode("utf-16-le"),
        "utf-16-be": secret.encode("utf-16-be"),
        "hex": raw.hex().encode(),
        "reversed": secret[::-1].encode(),
        "url-encoded": quote(secret, safe="").encode(),
        "form-encoded": quote_plus(secret).encode(),
        "json-escaped": json.dumps(secret)[1:-1].encode(),
        "repr": repr(secret)[1:-1].encode(),
    }
    for alignment in range(3):
        inner = _base64_core(raw, alignment)
        found[f"base64+{alignment}"] = inner
        found[f"base64url+{alignment}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    if len(secret) >= 2 * SHORTEST_PART:
        found["beginning"] = secret[:SHORTEST_PART].encode()
        found["end"] = secret[-SHORTEST_PART:].encode()
    return found


def _base64_core(raw: bytes, alignment: int) -> bytes:
    encoded = base64.b64encode(b"\0" * alignment + raw)
    first = -(-alignment * 8 // 6)  # the characters before it hold bits of what stands before
    last = (alignment + len(raw)) * 8 // 6
    return encoded[first:last]


def as_bytes(haystack: object) -> bytes:
    """Return all that can be seen of ``haystack``.

    A path is read (a folder with every file below it), an exception is its whole chain
    of tracebacks with their local variables, anything else its ``repr`` and ``str``.
    """
    if isinstance(haystack, (bytes, bytearray)):
        return bytes(haystack)
    if isinstance(haystack, Path):
        files = sorted(p for p in haystack.rglob("*") if p.is_file()) if haystack.is_dir() else [haystack]
        return b"\n".join(str(p).encode() + b"\n" + p.read_bytes() for p in files)
    if isinstance(haystack, BaseException):
        shown = traceback.TracebackException.from_exception(haystack, capture_locals=True)
        return "".join(shown.format()).encode(errors="surrogatepass") + repr(haystack.args).encode()
    if isinstance(haystack, str):
        return haystack.encode(errors="surrogatepass")
    return f"{haystack!r}\n{haystack!s}".encode(errors="surrogatepass")


def hunt(secret: str, *haystacks: object) -> list[str]:
    """Return the names of the variants of ``secret`` that any of ``haystacks`` holds."""
    found = []
    for haystack in haystacks:
        seen = as_bytes(haystack)
        lowered = seen.lower()
        for name, needle in variants(secret).items():
            if needle in (lowered if name == "hex" else seen):
                found.append(name)
    return found


def assert_clean(secret: str, *haystacks: object) -> None:
    """Fail if any of ``haystacks`` holds a variant of ``secret``; never prints it."""
    for name, needle in variants(secret).items():
        assert name in hunt(secret, b"before " + needle + b" after"), f"the hunt itself is blind to {name}"
    for place, haystack in enumerate(haystacks):
        leaked = hunt(secret, haystack)
        # Not an `assert a == b`: pytest would print the haystack.
        if leaked:
            raise AssertionError(f"haystack {place} ({type(haystack).__name__}) holds the secret as {leaked}")
