"""What the service refuses, in its words where they are known.

Recorded or reported from the real service: 401 AKV10000 and AKV10022, 403 SecretDisabled,
ForbiddenByRbac, ForbiddenByFirewall and purge protection, 404, 409 of a deleted secret, 429.
The words of the other 401, of all 400 and of an object in transition are ours.
"""

from __future__ import annotations

import json


class Refusal(Exception):
    """An answer with an error in it."""

    def __init__(
        self, status: int, code: str, message: str, inner: str = "", headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.inner, self.headers = status, code, message, inner, headers

    def body(self) -> bytes:
        """Return the JSON that is sent."""
        error: dict[str, object] = {"code": self.code, "message": self.message}
        if self.inner:
            error["innererror"] = {"code": self.inner}
        return json.dumps({"error": error}).encode()


def bad(message: str, code: str = "BadParameter") -> Refusal:
    """400: what was sent cannot be used."""
    return Refusal(400, code, message)


def unauthorized(message: str, challenge: str) -> Refusal:
    """401 with the challenge that tells where to get a token."""
    return Refusal(401, "Unauthorized", message, headers=(("WWW-Authenticate", challenge),))


def no_token(challenge: str) -> Refusal:
    """401: every first request of a client comes without a token."""
    return unauthorized("AKV10000: Request is missing a Bearer or PoP token.", challenge)


def forbidden(message: str, inner: str) -> Refusal:
    """403 for the reason ``inner``."""
    return Refusal(403, "Forbidden", message, inner)


def not_found(name: str) -> Refusal:
    """404: no such secret or version, or not yet."""
    return Refusal(
        404,
        "SecretNotFound",
        f"A secret with (name/id) {name} was not found in this key vault. If you recently deleted this secret you "
        "may be able to recover it using the correct recovery command. For help resolving this issue, please see "
        "https://go.microsoft.com/fwlink/?linkid=2125182",
    )


def not_deleted(name: str) -> Refusal:
    """404: not among the deleted, or not yet."""
    return Refusal(404, "SecretNotFound", f"Deleted Secret not found: {name}")


def deleted_but_recoverable(name: str) -> Refusal:
    """409: the name of a deleted secret is taken."""
    return Refusal(
        409,
        "Conflict",
        f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this "
        "state, the secret can only be recovered or purged.",
        "ObjectIsDeletedButRecoverable",
    )


def in_transition(name: str, what: str) -> Refusal:
    """409: ``what`` is ``deleted`` or ``recovered``."""
    return Refusal(409, "Conflict", f"Secret {name} is currently being {what}.", f"ObjectIsBeing{what.title()}")


def already_there(name: str) -> Refusal:
    """409: a backup is restored only where its name is free."""
    return Refusal(409, "Conflict", f"Secret {name} already exists.")


def disabled() -> Refusal:
    """403: the value of a disabled version is not given."""
    return forbidden("Operation get is not allowed on a disabled secret.", "SecretDisabled")


def purge_protected(vault: str) -> Refusal:
    """403: nobody may purge."""
    return forbidden(
        'Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will '
        f"automatically purge it after the retention period has passed.\r\nVault: {vault}",
        "ForbiddenByPolicy",
    )


def behind_firewall(vault: str) -> Refusal:
    """403: the network rules of the vault do not name the caller's address."""
    return forbidden(
        "Client address is not authorized and caller is not a trusted service.\r\n"
        f"Client address: 203.0.113.7\r\nVault: {vault};location=westeurope",
        "ForbiddenByFirewall",
    )


def throttled(retry_after: int | None) -> Refusal:
    """429; two recorded answers of the service had no Retry-After."""
    return Refusal(
        429,
        "Throttled",
        "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached",
        headers=() if retry_after is None else (("Retry-After", str(retry_after)),),
    )
