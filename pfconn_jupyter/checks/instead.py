"""What there is instead of the model that was not found, where the service lists it."""

from __future__ import annotations

import json
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pfconn_jupyter.checks.redaction import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pfconn_jupyter.checks.outcome import Verdict
    from pfconn_jupyter.checks.sending import Answer
    from pfconn_jupyter.connections.secret import Secret

_SHOWN = 5


def named(verdict: Verdict, wanted: str, listing: Answer, secrets: Sequence[Secret]) -> Verdict:
    """Return ``verdict`` with the names that ``listing`` has, the nearest to ``wanted`` first."""
    ids = _ids(listing)
    if not ids:
        return verdict
    nearest = get_close_matches(wanted, ids, n=_SHOWN, cutoff=0.3)
    shown = [*nearest, *(i for i in ids if i not in nearest)][:_SHOWN]
    more = f", and {len(ids) - len(shown)} more" if len(ids) > len(shown) else ""
    return replace(verdict, hint=f"{verdict.hint} There is: {one_line(', '.join(shown), secrets)}{more}.")


def _ids(listing: Answer) -> list[str]:
    try:
        found = json.loads(listing.body)["data"]
        return [str(each["id"]) for each in found]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
