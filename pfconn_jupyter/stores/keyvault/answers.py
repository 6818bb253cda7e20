"""What an error's answer says: codes, and the ids in its message. Nothing else is kept of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_RESOURCE = re.compile(
    r"(?i)/subscriptions/[\w-]+/resourcegroups/[\w.()-]+/providers/microsoft\.keyvault/vaults/[\w-]+"
)
_ADDRESS = re.compile(r"Client address: ([0-9a-fA-F.:]{3,45})")


@dataclass(frozen=True)
class Refusal:
    """What is read of an answer: codes, and the ids in its message.

    Attributes
    ----------
    scope
        Resource id of the vault, if it is told.
    client
        The caller's address, if it is told.
    """

    status: int
    code: str = ""
    inner: str = ""
    retry_after: str = ""
    scope: str = ""
    client: str = ""
    expired: bool = False
    other_tenant: bool = False
    purge_protected: bool = False


def read(error: Any) -> Refusal:
    """Return what the answer in an HttpResponseError says; raises for nothing."""
    body = _body(error)
    found = body.get("error")
    found = found if isinstance(found, dict) else {}
    inner = found.get("innererror") or found.get("innerError")
    message = str(found.get("message") or "")
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    retry = str(headers.get("Retry-After", ""))
    resource, address = _RESOURCE.search(message), _ADDRESS.search(message)
    return Refusal(
        status=int(error.status_code),
        code=_word(found.get("code")),
        inner=_word(inner.get("code")) if isinstance(inner, dict) else "",
        retry_after=retry if retry.isdecimal() else "",
        scope=resource[0] if resource else "",
        client=address[1] if address else "",
        expired="AKV10001" in message or "expired" in message,
        other_tenant="AKV10032" in message or "issuer" in message.lower(),
        purge_protected="purge protection" in message,
    )


def _body(error: Any) -> dict[str, Any]:
    try:
        found = error.response.json()
    except Exception:  # noqa: BLE001  whatever a cut or foreign answer does to the parser
        return {}
    return found if isinstance(found, dict) else {}


def _word(code: object) -> str:
    # A code is a word; anything longer is none, and might be anything.
    return code if isinstance(code, str) and re.fullmatch(r"\w{1,40}", code) else ""
