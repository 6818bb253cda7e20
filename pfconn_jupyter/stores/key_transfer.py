"""Carry a sealing key to another machine: a file that only its passphrase opens."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import SealingKeyError
from pfconn_jupyter.stores import files, key_places, keys
from pfconn_jupyter.stores.sealing import SealingKey

if TYPE_CHECKING:
    from pathlib import Path

    from pfconn_jupyter.connections.secret import Secret

FORMAT = "pfconn sealing key 1"
SHORTEST_PASSPHRASE = 8
_COST = {"n": 2**15, "r": 8, "p": 1}
# A file of others must not be able to take the machine's memory: 128 * n * r bytes.
_HIGHEST = {"n": 2**20, "r": 16, "p": 8}
_LARGEST_FILE = 10_000


@dataclass(frozen=True)
class ImportedKey:
    """What `import_key` did.

    Attributes
    ----------
    key_id
        Which key it is.
    already_there
        True if nothing had to be done.
    current
        True if new connections are sealed with it.
    """

    key_id: str
    already_there: bool
    current: bool


def export_key(path: Path, passphrase: Secret, key_id: str = "") -> str:
    """Write a key, the current one if none is named, to a new file (0600); return its id.

    Raises
    ------
    SealingKeyError
        There is no key, the file exists, or the passphrase is too short.
    StoreUnavailable
    """
    found, content = wrapped_key(passphrase, key_id)
    try:
        files.write_new(path, content.encode() + b"\n")
    except FileExistsError:
        raise SealingKeyError(f"{path} exists and is not overwritten.", "Name another file.") from None
    return found


def import_key(path: Path, passphrase: Secret) -> ImportedKey:
    """Take over a key that `export_key` wrote; it seals new values only if no key here can.

    Raises
    ------
    SealingKeyError
        The file is none of ours, the passphrase is wrong, or a damaged key is in its place.
    StoreUnavailable
    """
    return take_over(_read_file(path), passphrase, str(path), "%pfconn key export")


def wrapped_key(passphrase: Secret, key_id: str = "") -> tuple[str, str]:
    """Return a key's id and the key as a text that only ``passphrase`` opens; the current key if none is named.

    Raises
    ------
    SealingKeyError
        There is no key, or the passphrase is too short.
    """
    if len(passphrase.reveal()) < SHORTEST_PASSPHRASE:
        hint = f"Take {SHORTEST_PASSPHRASE} characters or more: whoever has it can try as often as they like."
        raise SealingKeyError("The passphrase is too short.", hint)
    key_id = key_id or key_places.read_marker().current
    if not key_id:
        raise SealingKeyError("There is no key yet.", "It is made with the first connection.")
    key = keys.key_to_open(key_id)
    salt = os.urandom(16)
    header = {"format": FORMAT, "key_id": key.id, "scrypt": _COST, "salt": base64.b64encode(salt).decode()}
    wrapped = _wrapping_key(passphrase, salt, _COST).encrypt(key.as_text().reveal().encode(), _bytes(header))
    return key.id, json.dumps({**header, "key": base64.b64encode(wrapped).decode()}, indent=1)


def take_over(content: bytes, passphrase: Secret, place: str, written_by: str) -> ImportedKey:
    """Take over a key that `wrapped_key` wrapped.

    Parameters
    ----------
    place, written_by
        Where it was found and what writes it, for the words.

    Raises
    ------
    SealingKeyError, StoreUnavailable
    """
    key = _open(content, passphrase, place, written_by)
    with keys.locked():
        marker = key_places.read_marker()
        if _usable(key.id, marker):
            there = True
        elif key_places.key_file(key.id).exists():
            # Says what is wrong with that file; it is not ours to overwrite.
            key_places.find(key.id, "file")
            there = True
        else:
            there = False
            marker.where[key.id] = key_places.keep(key)
        if not marker.current or not _usable(marker.current, marker):
            marker.current = key.id
        marker.where.setdefault(key.id, key_places.place_of(key.id))
        key_places.write_marker(marker)
        return ImportedKey(key.id, there, marker.current == key.id)


def _usable(key_id: str, marker: key_places.Marker) -> bool:
    try:
        return bool(key_places.find(key_id, marker.where.get(key_id)))
    except SealingKeyError:
        return False


def _open(content: bytes, passphrase: Secret, place: str, written_by: str) -> SealingKey:
    header, wrapped = _read(content, place, written_by)
    beside = {name: header[name] for name in ("format", "key_id", "scrypt", "salt")}
    salt = base64.b64decode(header["salt"])
    plain = _wrapping_key(passphrase, salt, header["scrypt"]).decrypt(wrapped, _bytes(beside))
    if plain is None:
        raise SealingKeyError(
            f"The passphrase is wrong, or {place} was changed.", f"Repeat with the passphrase of {written_by}."
        )
    return SealingKey.from_text(plain.decode("ascii", "replace"), str(header["key_id"]), place)


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_FILE)
    except FileNotFoundError:
        raise SealingKeyError(f"{path} is not there.", "Name the file that %pfconn key export wrote.") from None
    except OSError as error:
        raise files.in_words(error, path) from None


def _read(content: bytes, place: str, written_by: str) -> tuple[dict[str, Any], bytes]:
    try:
        found = json.loads(content)
        cost = found["scrypt"]
        fits = found["format"] == FORMAT and all(0 < int(cost[part]) <= most for part, most in _HIGHEST.items())
        base64.b64decode(found["salt"], validate=True)
        wrapped = base64.b64decode(found["key"], validate=True)
    except (ValueError, KeyError, TypeError):
        fits = False
    if not fits:
        raise SealingKeyError(f"{place} holds no exported key.", f"It must be what {written_by} wrote.")
    return found, wrapped


def _wrapping_key(passphrase: Secret, salt: bytes, cost: dict[str, int]) -> SealingKey:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    try:
        kdf = Scrypt(salt=salt, length=32, n=cost["n"], r=cost["r"], p=cost["p"])
        return SealingKey(kdf.derive(passphrase.reveal().encode("utf-8", "surrogatepass")))
    except ValueError:
        raise SealingKeyError("The file's scrypt parameters are not possible.", "Export the key again.") from None


def _bytes(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True).encode()
