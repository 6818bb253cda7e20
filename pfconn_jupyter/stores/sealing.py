"""Seal a secret under the user's key, so that it opens only where it belongs.

A sealed text is ``pfconn1.<key id>.<base64 of nonce and ciphertext>``. It is bound to
what stands around it (`bound_to`): moved to another connection, or with another endpoint
beside it, it does not open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from typing import TYPE_CHECKING, NoReturn

from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import SealingKeyError, StoreDamaged

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "pfconn1"
KEY_BYTES = 32
_NONCE_BYTES = 12  # what AES-GCM is specified for
# str.encode would put a text with a lone surrogate, whole, into its exception.
_ANY_TEXT = "surrogatepass"


class SealingKey:
    """A 256-bit key, never shown. ``id`` is not secret: the first 8 hex digits of its SHA-256."""

    __slots__ = ("__material", "id")

    def __init__(self, material: bytes) -> None:
        self.id = hashlib.sha256(material).hexdigest()[:8]
        self.__material = material

    @classmethod
    def fresh(cls) -> SealingKey:
        """Return a new random key."""
        return cls(os.urandom(KEY_BYTES))

    @classmethod
    def from_text(cls, text: str, expected_id: str, place: str) -> SealingKey:
        """Return the key that `as_text` wrote.

        Raises
        ------
        SealingKeyError
            It is none, or not the one of ``expected_id``; ``place`` says where it was read.
        """
        try:
            key = cls(base64.b64decode(text.strip(), validate=True))
        except (binascii.Error, ValueError):
            key = cls(b"")
        if key.id != expected_id:
            raise SealingKeyError(
                f"{place} does not hold the key {expected_id}: it was changed or replaced.",
                f"Move it away and bring the right one back, or import a copy: %pfconn key import FILE. {NEW_KEY}",
            )
        return key

    def as_text(self) -> Secret:
        """Return the key as a text, for a keyring or a file."""
        return Secret(base64.b64encode(self.__material).decode())

    def encrypt(self, plain: bytes, beside: bytes) -> bytes:
        """Return nonce and ciphertext; opens only with the same ``beside``."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.__material).encrypt(nonce, plain, beside)

    def decrypt(self, sealed: bytes, beside: bytes) -> bytes | None:
        """Return the plaintext, or None if anything was changed."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self.__material).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], beside)
        except (InvalidTag, ValueError):
            return None

    def __repr__(self) -> str:
        return f"SealingKey({self.id})"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A sealing key cannot be pickled: use %pfconn key export.")


NEW_KEY = (
    "%pfconn key new seals new connections under a new key; the old ones stay listed, "
    "and unreadable until their key is imported."
)


def bound_to(*, store: str, scope: str, name: str, type: str, field: str, configs: Mapping[str, str]) -> bytes:
    """Return what a value belongs to, as the associated data of its sealing: canonical JSON."""
    parts = {"store": store, "scope": scope, "name": name, "type": type, "field": field, "configs": dict(configs)}
    return json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()


def seal(secret: Secret, key: SealingKey, beside: bytes) -> str:
    """Return ``secret`` sealed under ``key``, bound to ``beside`` (from `bound_to`)."""
    sealed = key.encrypt(secret.reveal().encode("utf-8", _ANY_TEXT), beside)
    return f"{FORMAT}.{key.id}.{base64.b64encode(sealed).decode()}"


def unseal(sealed: str, key: SealingKey, beside: bytes) -> Secret:
    """Return the secret.

    Raises
    ------
    SealingKeyError
        It was sealed under another key.
    StoreDamaged
        It, or what stands beside it, is not what was sealed.
    """
    wanted, body = _parts(sealed)
    if wanted != key.id:
        raise SealingKeyError(
            f"This value is sealed under the key {wanted}, not {key.id}.",
            f"Import the key {wanted}: %pfconn key import FILE.",
        )
    plain = key.decrypt(body, beside)
    if plain is None:
        raise StoreDamaged("The stored value or its endpoint was changed outside pfconn.", WRITE_AGAIN)
    return Secret(plain.decode("utf-8", _ANY_TEXT))


def sealed_under(sealed: str) -> str:
    """Return the id of the key that opens a sealed text.

    Raises
    ------
    StoreDamaged
        It is not a sealed text.
    """
    return _parts(sealed)[0]


WRITE_AGAIN = "Go back to a version that opens (%pfconn history, %pfconn rollback), or delete it and create it again."


def _parts(sealed: str) -> tuple[str, bytes]:
    version, _, rest = sealed.partition(".")
    key_id, _, body = rest.partition(".")
    if version.startswith("pfconn") and version != FORMAT and version[6:].isdigit():
        raise StoreDamaged(
            "This value was sealed by a newer pfconn_jupyter.", "Update it: %pip install --upgrade pfconn_jupyter"
        )
    try:
        content = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if version != FORMAT or not content:
        raise StoreDamaged("The stored value was changed outside pfconn: it is no sealed value.", WRITE_AGAIN)
    return key_id, content
