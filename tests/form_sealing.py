"""Seals as form.js does, so that the kernel side can be tested without a browser."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
    from pfconn_jupyter.notebook.form.channel import Terms


def seal(terms: Terms, content: Any) -> dict[str, str]:
    """Return the message that a browser would send."""
    own = ec.generate_private_key(ec.SECP256R1())
    peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b64decode(terms.public_key))
    aad = b64decode(terms.aad)
    key = HKDF(SHA256(), 32, salt=b64decode(terms.nonce), info=aad).derive(own.exchange(ec.ECDH(), peer))
    iv = os.urandom(12)
    sealed = AESGCM(key).encrypt(iv, json.dumps(content).encode(), aad)
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"public_key": b64encode(point).decode(), "iv": b64encode(iv).decode(), "sealed": b64encode(sealed).decode()}
