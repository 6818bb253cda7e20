"""Pages of a listing: at most 25 entries, an opaque token to the next."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from pfconn_jupyter.testing.keyvault import refusals
from pfconn_jupyter.testing.keyvault.limits import PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping


class Place(NamedTuple):
    """Where a page begins: after the entry ``after``; ``empty`` makes it a page without entries."""

    size: int
    after: str
    empty: bool


def read(query: Mapping[str, str]) -> Place:
    """Return the place that a request asks for.

    Raises
    ------
    Refusal
    """
    try:
        size = int(query.get("maxresults", PAGE))
        marker = json.loads(base64.urlsafe_b64decode(query.get("$skiptoken", "e30=")))
        after, empty = str(marker.get("NextMarker", "")), bool(marker.get("TargetLocation"))
    except (ValueError, binascii.Error, AttributeError):
        raise refusals.bad("The parameter maxresults or $skiptoken has an invalid value.") from None
    if not 1 <= size <= PAGE:
        raise refusals.bad(f"The parameter maxresults has an invalid value: it must be between 1 and {PAGE}.")
    return Place(size, after, empty)


def link(base: str, path: str, query: Mapping[str, str], after: str, *, empty: bool) -> str:
    """Return the address of the page that follows the entry ``after``."""
    marker = json.dumps({"NextMarker": after, "TargetLocation": int(empty)}).encode()
    given = {**query, "$skiptoken": base64.urlsafe_b64encode(marker).decode()}
    # The service names the port, even though it is the usual one.
    address = base if base.count(":") > 1 else f"{base}:443"
    order = [name for name in ("api-version", "$skiptoken", "maxresults") if name in given]
    return f"{address}{path}?" + "&".join(f"{name}={quote(given[name])}" for name in order)
