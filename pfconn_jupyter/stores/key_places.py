"""Where sealing keys are: a keyring or a 0600 file for each, and a marker that one was made.

The marker, ``sealing.json``, holds no secret: the id of the current key, and where each
key was put. It is what keeps a lost key from being replaced silently by a new one.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pfconn_jupyter import settings
from pfconn_jupyter.errors import SealingKeyError
from pfconn_jupyter.stores import files, system_keyring
from pfconn_jupyter.stores.sealing import NEW_KEY, SealingKey

if TYPE_CHECKING:
    from pathlib import Path

Place = Literal["keyring", "file"]


@dataclass
class Marker:
    """What ``sealing.json`` says: the current key's id (``""`` for none), and id to place."""

    current: str = ""
    where: dict[str, Place] = field(default_factory=dict)


def marker_file() -> Path:
    """Return where the marker is."""
    return settings.home() / "sealing.json"


def key_file(key_id: str) -> Path:
    """Return where the key of this id is, if it is in a file."""
    return settings.home() / f"sealing-{key_id}.key"


def read_marker() -> Marker:
    """Return what the marker says; an empty one if there is none.

    Raises
    ------
    SealingKeyError
        It cannot be read.
    """
    try:
        found = json.loads(marker_file().read_text(encoding="utf-8"))
        return Marker(str(found["current"]), {str(k): _place(v) for k, v in found["where"].items()})
    except FileNotFoundError:
        return Marker()
    except OSError as error:
        raise files.in_words(error, marker_file()) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SealingKeyError(
            f"{marker_file()} is damaged.",
            "Delete it; no key is in it. The next use finds the keys that are there and writes it again.",
        ) from None


def write_marker(marker: Marker) -> None:
    """Write the marker."""
    content = {"current": marker.current, "where": marker.where}
    files.write_over(marker_file(), json.dumps(content, indent=1).encode())


def place_of(key_id: str) -> Place:
    """Return where a key that was found is: a file is looked at first."""
    return "file" if key_file(key_id).exists() else "keyring"


def keys_in_files() -> list[str]:
    """Return the ids of the keys in files, the newest first."""
    try:
        found = [(path.stat().st_mtime, path.stem) for path in settings.home().glob("sealing-*.key")]
    except OSError:
        return []
    return [stem.removeprefix("sealing-") for _, stem in sorted(found, reverse=True)]


def find(key_id: str, place: Place | None) -> SealingKey:
    """Return a key.

    Parameters
    ----------
    place
        Where the marker says it is; None if it does not know it.

    Raises
    ------
    SealingKeyError
        It is nowhere, is another one, or others can read it.
    """
    path = key_file(key_id)
    if path.exists():
        return _from_file(key_id, path)
    if place != "file" and (text := system_keyring.fetch(key_id)) is not None:
        return SealingKey.from_text(text.reveal(), key_id, "The system keyring's entry")
    raise _missing(key_id, place)


def keep(key: SealingKey) -> Place:
    """Put a new key where it is safest here, and say where that is; overwrites nothing.

    Raises
    ------
    SealingKeyError, StoreUnavailable
    """
    if system_keyring.is_used():
        system_keyring.keep(key.id, key.as_text())
        return "keyring"
    path = key_file(key.id)
    files.ensure_folder(path.parent)
    try:
        files.write_new(path, key.as_text().reveal().encode() + b"\n")
    except FileExistsError:
        raise SealingKeyError(f"{path} is there already.", "Move it away, then repeat.") from None
    return "file"


def _from_file(key_id: str, path: Path) -> SealingKey:
    try:
        if files.open_to_others(path):
            raise SealingKeyError(
                f"Others can read {path}, which opens your sealed values.", f"Close it: chmod 600 '{path}'"
            )
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise SealingKeyError(f"The key {key_id} cannot be read: {path}: {why}.", "Make it readable to you.") from None
    return SealingKey.from_text(text, key_id, str(path))


def _missing(key_id: str, place: Place | None) -> SealingKeyError:
    if place == "keyring" and system_keyring.switched_off():
        switch = system_keyring.SWITCH
        return SealingKeyError(
            f"The key {key_id} of your sealed values is in the system keyring, which {switch} switches off.",
            f"Unset {switch}, or import a copy: %pfconn key import FILE. {NEW_KEY}",
        )
    places = {"keyring": "the system keyring does not have it", "file": f"{key_file(key_id)} is not there"}
    why = places[place] if place else "it is neither in a file nor in a keyring of this machine"
    back = {"keyring": "the keyring", "file": "the file"}.get(place or "", "it")
    return SealingKeyError(
        f"The key {key_id} of your sealed values is missing: {why}.",
        f"Bring {back} back, or import a copy of the key: %pfconn key import FILE. {NEW_KEY}",
    )


def _place(word: object) -> Place:
    if word == "keyring":
        return "keyring"
    if word == "file":
        return "file"
    raise ValueError("no place")
