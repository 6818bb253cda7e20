"""A workspace connection as Azure Resource Manager tells it: what it says, its secrets apart. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?")
_SECRET = "credentials"  # noqa: S105  # the name of a property
_STAMP = 6


@dataclass(frozen=True)
class Resource:
    """One connection; whatever is missing or not as it should be is empty.

    Attributes
    ----------
    properties
        All that may be sent back, without credentials.
    secrets
        Name to secret, if the answer holds them: ``key``, or those of custom keys.
    """

    name: str
    category: str = ""
    auth_type: str = ""
    target: str = ""
    shared: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    owner: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    rev: str = ""

    def meta(self, key: str) -> str:
        """Return what the metadata says for ``key``, in any case of letters, or ``""``."""
        return next((v for k, v in self.metadata.items() if k.lower() == key.lower()), "")


def read(found: object) -> Resource:
    """Return the connection in one object of an answer; raises for nothing."""
    item = _object(found)
    told = dict(_object(item.get("properties")))
    secrets = _secrets(told.pop(_SECRET, None))
    system = _object(item.get("systemData"))
    metadata = {str(k): _text(v) for k, v in _object(told.get("metadata")).items() if v is not None}
    # The id ends with the name too.
    name = _text(item.get("name")) or _text(item.get("id")).rpartition("/")[2]
    touched = _text(system.get("lastModifiedAt"))
    return Resource(
        name=name or "(without a name)",
        category=_text(told.get("category")),
        auth_type=_text(told.get("authType")),
        target=_text(told.get("target")).strip(),
        # Where nothing is said it may be seen by all.
        shared=told.get("isSharedToAll") is not False,
        metadata=metadata,
        properties=told,
        secrets=secrets,
        owner=_text(system.get("createdBy")),
        created=_moment(_text(system.get("createdAt"))),
        updated=_moment(touched),
        expires=_moment(_text(told.get("expiryTime"))),
        rev=_rev(told, metadata, touched),
    )


def same_rev(one: str, other: str) -> bool:
    """Tell whether two revs may be of the same content; not every answer says when it was written."""
    (content, _, stamp), (content2, _, stamp2) = one.partition("."), other.partition(".")
    return content == content2 and (stamp == stamp2 or not stamp or not stamp2)


def moment_said(moment: datetime) -> str:
    """Return a time as the API takes it."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rev(told: Mapping[str, Any], metadata: Mapping[str, str], touched: str) -> str:
    """Return a fingerprint of what is listed: the API gives no version. Never of a secret."""
    words = ("category", "authType", "target", "expiryTime")
    listed = [*(_text(told.get(word)).lower() for word in words), told.get("isSharedToAll"), sorted(metadata.items())]
    content = hashlib.sha256(json.dumps(listed, default=str).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    exact = _MOMENT.match(touched)
    # Each word of the time, so that "Z" and "+00:00", ".1" and ".100", are the same.
    when = f"{exact[1]} {exact[2]} {(exact[3] or '').strip('.').rstrip('0')}" if exact else ""
    return f"{content}.{hashlib.sha256(when.encode()).hexdigest()[:_STAMP]}" if when else content


def _secrets(found: object) -> dict[str, Secret]:
    told = _object(found)
    keys = told.get("keys")
    values = keys if isinstance(keys, dict) else {"key": told.get("key")}
    return {str(k): Secret(v) for k, v in values.items() if isinstance(v, str) and v}


def _moment(text: str) -> datetime | None:
    """Return a time of the API (UTC, whole seconds); it may have seven digits of a second's parts."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    zone = (found[4] or "Z").upper().replace("Z", "+00:00")
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def _object(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _text(found: object) -> str:
    return found if isinstance(found, str) else "" if found is None else str(found)
