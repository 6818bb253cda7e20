"""Access tokens: JWTs signed with a key of this emulator, which only it accepts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.testing.keyvault import refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.testing.keyvault.clouds import Cloud
    from pfconn_jupyter.testing.keyvault.identities import Directory, Identity


class Tokens:
    """Mints and reads the tokens of one tenant."""

    def __init__(self, directory: Directory, cloud: Cloud, clock: Callable[[], float]) -> None:
        self.directory, self.cloud, self._clock = directory, cloud, clock
        self._key = secrets.token_bytes(32)
        authority = f"{cloud.authority}/{directory.tenant}"
        self.challenge = f'Bearer authorization="{authority}", resource="{cloud.resource}"'

    def mint(self, identity: Identity, resource: str = "", expires_in: int | None = None) -> tuple[str, int]:
        """Return a token and when it expires."""
        now = self.now()
        expires = now + (identity.token_lifetime if expires_in is None else expires_in)
        claims: dict[str, Any] = {
            "aud": resource or self.cloud.resource,
            "iss": f"https://sts.windows.net/{identity.tenant}/",
            "iat": now,
            "nbf": min(now, expires),
            "exp": expires,
            "appid": identity.appid,
            "oid": identity.oid,
            "sub": identity.oid,
            "tid": identity.tenant,
            "ver": "1.0",
        }
        if identity.kind == "user":
            claims |= {"scp": "user_impersonation", "upn": f"{identity.name}@contoso.com", "name": identity.name}
        else:
            claims["idtyp"] = "app"
        if identity.kind == "managed_identity":
            claims["xms_mirid"] = f"/subscriptions/0/resourceGroups/test/providers/identity/{identity.name}"
        head = {"typ": "JWT", "alg": "HS256", "kid": "pfconn-emulator"}
        signed = f"{encode(json.dumps(head).encode())}.{encode(json.dumps(claims).encode())}"
        return f"{signed}.{self._sign(signed)}", expires

    def now(self) -> int:
        """Return the seconds since 1970."""
        return int(self._clock())

    def read(self, authorization: str) -> Identity:
        """Return whose token it is.

        Raises
        ------
        Refusal
            There is none, or it is not ours, not for the vault, or expired.
        """
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token:
            raise refusals.no_token(self.challenge)
        signed, _, signature = token.strip().rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(signed).encode()):
            raise self._invalid("AKV10046: Unable to resolve the key used for signature validation.")
        claims = json.loads(_decode(signed.partition(".")[2]))
        if claims["aud"] != self.cloud.resource:
            raise self._invalid(f"AKV10022: Invalid audience. Expected {self.cloud.resource}, found: {claims['aud']}.")
        if claims["iss"] != (expected := f"https://sts.windows.net/{self.directory.tenant}/"):
            raise self._invalid(f"AKV10032: Invalid issuer. Expected one of {expected}, found {claims['iss']}.")
        if claims["exp"] <= self._clock():
            raise self._invalid("AKV10001: Token validation failed. Token is expired.")
        identity = self.directory.find(claims["oid"])
        if identity is None:
            raise self._invalid("AKV10001: Token validation failed. Its owner has moved to another tenant.")
        return identity

    def _sign(self, signed: str) -> str:
        return encode(hmac.new(self._key, signed.encode(), hashlib.sha256).digest())

    def _invalid(self, message: str) -> refusals.Refusal:
        return refusals.unauthorized(message, f'{self.challenge}, error="invalid_token"')


def encode(data: bytes) -> str:
    """Return base64 as tokens have it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
