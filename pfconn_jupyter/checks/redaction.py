"""Takes secrets out of what a service said: many echo the key they refuse, whole or half."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from pfconn_jupyter.connections.secret import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pfconn_jupyter.connections.secret import Secret

LONGEST = 200
"""Characters of a service's words that are kept."""
_PART = 6
"""Characters of the beginning or end of a secret that are taken for an echo of it."""
_SHORTEST = 4
# No pattern is made from a secret: `re` keeps its patterns in a cache.
_TOKEN = re.compile(r"[^\s\"'<>&?=,;()]+")
_BEARER = re.compile(r"\b(bearer)\s+(?=\S*\d|\S{20,})\S+", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{8,}(\.[\w-]*)+")
_MASKED = re.compile(r"\*\*|••|\w\.{3,}\w")


def one_line(text: str, secrets: Iterable[Secret]) -> str:
    """Return the beginning of ``text`` as one printable line without ``secrets``."""
    known = list(secrets)
    line = redact(" ".join("".join(c if c.isprintable() else " " for c in redact(text, known)).split()), known)
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """Return ``text`` with a mask in place of each of ``secrets``, in any form a service may echo.

    Forms are: as it is, in one case, URL- and JSON-encoded, hex and base64 at any
    alignment, and its first or last characters; besides, whatever looks like a partly
    masked key or a bearer token. Of a text beside a secret of under four characters
    nothing is kept.
    """
    for secret in secrets:
        text = _without(text, secret.reveal())
    text = _JWT.sub(MASK, _BEARER.sub(rf"\1 {MASK}", text))
    return _TOKEN.sub(lambda token: MASK if _MASKED.search(token[0]) else token[0], text)


def _without(text: str, secret: str) -> str:
    if len(secret) < _SHORTEST:
        return MASK
    forms = _forms(secret)
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    for part in {secret, secret.lower(), secret.upper()}:
        text = _without_beginning(text, part)
        text = _without_beginning(text[::-1], part[::-1])[::-1]
    # The masks may have closed a gap between two halves.
    return MASK if any(form in text for form in forms) else text


def _without_beginning(text: str, secret: str) -> str:
    """Mask the first characters of ``secret``, as many as stand there."""
    beginning = secret[:_PART]
    at = text.find(beginning)
    while at >= 0:
        end = at + len(beginning)
        while end < len(text) and text[at : end + 1] == secret[: end + 1 - at]:
            end += 1
        text = text[:at] + MASK + text[end:]
        at = text.find(beginning, at + len(MASK))
    return text


def _forms(secret: str) -> set[str]:
    raw = secret.encode(errors="surrogatepass")
    once = {
        secret,
        " ".join(secret.split()) or secret,
        quote(secret, safe="", errors="replace"),
        quote_plus(secret, errors="replace"),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        raw.hex(),
    }
    cased = once | {form.lower() for form in once} | {form.upper() for form in once}
    for alignment in range(3):
        core = _base64_core(raw, alignment)
        cased |= {core, core.replace("+", "-").replace("/", "_")}
    return {form for form in cased if len(form) >= _SHORTEST}


def _base64_core(raw: bytes, alignment: int) -> str:
    """Return the characters of the base64 of ``raw`` that do not depend on its neighbours."""
    encoded = base64.b64encode(b"\0" * alignment + raw).decode()
    return encoded[-(-alignment * 8 // 6) : (alignment + len(raw)) * 8 // 6]
