"""The sealed channel between the form in the browser and the kernel, kernel side.

Widget messages pass through logs, proxies and every other client of the kernel. So the
browser seals what was typed for a key that lives in this process only, once:
ECDH on P-256, HKDF-SHA256 (salt = nonce, info = aad), AES-256-GCM. This protects against
whoever reads along, not against a client that can run code in the kernel.
"""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pfconn_jupyter.errors import PfconnError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LIFETIME = 30 * 60
"""Seconds that a key waits for its message."""
PURPOSE = b"pfconn_jupyter form 1 "
_LONGEST = 1_000_000


class MessageRefused(PfconnError):
    """A message was not sealed for the key that is valid now; says nothing of its contents."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, "Press the button again.")


@dataclass(frozen=True)
class Terms:
    """What the browser needs to seal the next message; nothing of it is secret (base64)."""

    public_key: str
    nonce: str
    aad: str


class SealedChannel:
    """Opens what the browser sealed; each key opens one message.

    Parameters
    ----------
    lifetime
        Seconds that a key waits for its message.
    clock
        Seconds, never going back; for tests.
    """

    def __init__(self, lifetime: float = LIFETIME, clock: Callable[[], float] = time.monotonic) -> None:
        self._lifetime = lifetime
        self._clock = clock
        self.rotate()

    def rotate(self) -> Terms:
        """Throw the key away and return the terms of a new one."""
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._nonce = secrets.token_bytes(32)
        self._aad = PURPOSE + secrets.token_hex(16).encode()
        self._until = self._clock() + self._lifetime
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.terms = Terms(*(b64encode(part).decode() for part in (point, self._nonce, self._aad)))
        return self.terms

    def open(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the browser sealed; the key is gone afterwards, whether it fitted or not.

        Raises
        ------
        MessageRefused
            The message is old, repeated, tampered with or sealed for another key.
        """
        private, nonce, aad, until = self._private, self._nonce, self._aad, self._until
        self.rotate()
        if self._clock() > until:
            raise MessageRefused("The form waited too long for this message.")
        content = _decrypt(message, private, nonce, aad)
        # Raised here, not in an except block: a chained error would carry frames with contents.
        if content is None:
            raise MessageRefused("The message does not fit the form's key.")
        return content


def _decrypt(
    message: Mapping[str, Any], private: ec.EllipticCurvePrivateKey, nonce: bytes, aad: bytes
) -> dict[str, Any] | None:
    try:
        point, iv, sealed = (b64decode(_text(message, part), validate=True) for part in ("public_key", "iv", "sealed"))
        peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        key = HKDF(SHA256(), 32, salt=nonce, info=aad).derive(private.exchange(ec.ECDH(), peer))
        content = json.loads(AESGCM(key).decrypt(iv, sealed, aad))
    except Exception:  # noqa: BLE001 - whatever a stranger sends only ever "does not fit"
        return None
    return content if isinstance(content, dict) else None


def _text(message: Mapping[str, Any], part: str) -> str:
    text = message[part]
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise ValueError
    return text
