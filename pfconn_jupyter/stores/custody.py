"""Where the sealing key is, what that protects against and what not: for ``%pfconn status``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pfconn_jupyter.errors import PfconnError
from pfconn_jupyter.stores import files, key_places, system_keyring

_NOT_YET = "A key is made with the first connection."
_KEYRING_PROTECTS = "Copies of your files (backups, other users, administrators of the disk) do not open."
_FILE_PROTECTS = "A copy of the database alone does not open, and other users of this machine cannot read the key."
_RUNS_AS_YOU = "whoever runs code as you can read the secrets"


@dataclass(frozen=True)
class Custody:
    """Where the current sealing key is.

    Attributes
    ----------
    where
        ``"keyring"``, ``"file"``, or ``"none"`` if no key was made yet.
    key_id
        ``""`` if no key was made yet.
    location
        In words, with the path of a file.
    protects, not_protects
        One sentence each.
    problem
        Why it cannot be used, and what to do; ``""`` if nothing is known against it. A
        keyring is not asked, because it may ask you.
    """

    where: Literal["keyring", "file", "none"]
    key_id: str
    location: str
    protects: str
    not_protects: str
    problem: str = ""


def custody() -> Custody:
    """Return where the current key is; raises for nothing, asks no keyring."""
    try:
        marker = key_places.read_marker()
    except PfconnError as error:
        return Custody("none", "", str(key_places.marker_file()), "", "", f"{error.problem} {error.hint}")
    if not marker.current:
        return Custody("none", "", "no key yet", _NOT_YET, _RUNS_AS_YOU.capitalize() + ".")
    if marker.where.get(marker.current) == "keyring" and not key_places.key_file(marker.current).exists():
        return _in_keyring(marker.current)
    return _in_file(marker.current)


def _in_keyring(key_id: str) -> Custody:
    location = f"the system keyring, service {system_keyring.SERVICE}, user {key_id}"
    off = ""
    if system_keyring.switched_off():
        off = f"{system_keyring.SWITCH} switches the keyring off: unset it, or import the key."
    return Custody("keyring", key_id, location, _KEYRING_PROTECTS, f"While it is unlocked, {_RUNS_AS_YOU}.", off)


def _in_file(key_id: str) -> Custody:
    path = key_places.key_file(key_id)
    not_protects = f"Whoever copies all of {path.parent} (backups, administrators) can open it; {_RUNS_AS_YOU}."
    problem = ""
    try:
        if files.open_to_others(path):
            problem = f"Others can read the key: chmod 600 '{path}'"
    except OSError:
        problem = f"The key {key_id} is missing: bring {path} back, or import a copy: %pfconn key import FILE."
    return Custody("file", key_id, str(path), _FILE_PROTECTS, not_protects, problem)
