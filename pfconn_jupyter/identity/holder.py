"""Whom a token speaks for, by what it says itself."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

PERSON, PRINCIPAL, MANAGED = "person", "service principal", "managed identity"


@dataclass(frozen=True)
class Identity:
    """Whom a token speaks for; ``""`` where it does not say.

    Attributes
    ----------
    tenant, object_id
        Ids in the directory of the service that the token is for.
    name
        A person's sign-in name, or the application's id.
    kind
        `PERSON`, `PRINCIPAL` or `MANAGED`; ``""`` if unknown.
    """

    tenant: str = ""
    object_id: str = ""
    name: str = ""
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})" if self.kind else self.name or "unknown"


def identity_of(token: str) -> Identity:
    """Return what a token says of its holder. Not verified: that is the service's work, and we grant nothing."""
    claims = _claims(token)

    def said(*names: str) -> str:
        return next((str(claims[n]) for n in names if isinstance(claims.get(n), str) and claims[n]), "")

    person = said("upn", "unique_name", "preferred_username", "email")
    application = said("appid", "azp")
    if said("xms_mirid"):
        kind = MANAGED
    elif said("idtyp") == "app" or not (person or said("scp")):
        kind = PRINCIPAL if application else ""
    else:
        kind = PERSON
    return Identity(said("tid"), said("oid"), person or application or said("oid"), kind)


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
