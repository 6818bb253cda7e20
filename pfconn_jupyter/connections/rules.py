"""Rules of single fields that several types share."""

from __future__ import annotations

import re

from pfconn_jupyter.connections.endpoint import rule

LONGEST_SECRET = 20_000
"""Characters; Key Vault keeps 25 KB in all (learn.microsoft.com, about-secrets)."""
_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\*+|x{4,}|•+|\.{3,}|your[-_ ]?(api[-_ ]?)?key([-_ ]?here)?|changeme", re.IGNORECASE
)
# Azure AI Search writes -Preview, the others -preview.
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-[Pp]review)?|preview|latest|v1")


def check_api_version(value: str) -> str:
    """Return ``value`` if it is an Azure api-version."""
    if not _VERSION.fullmatch(value.strip()):
        raise rule("is not an API version.", "It is a date, for example 2024-10-21 or 2025-03-01-preview.")
    return value.strip()


def is_placeholder(text: str) -> bool:
    """Tell whether ``text`` stands where a secret should be (``<your-key>``, ``***``)."""
    return bool(_PLACEHOLDER.fullmatch(text.strip()))
