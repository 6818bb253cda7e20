"""Which key seals and which opens. A key is made once; a lost one is never replaced silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter import settings
from pfconn_jupyter.errors import PfconnError, SealingKeyError
from pfconn_jupyter.stores import files, key_places
from pfconn_jupyter.stores.sealing import SealingKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager


def key_to_seal(sealed_ids: Callable[[], Iterable[str]]) -> SealingKey:
    """Return the current key, and make it if there never was one.

    Parameters
    ----------
    sealed_ids
        Gives the key ids of the values this user has sealed, the newest first. Only asked
        if there is no marker: values that are sealed prove that there was a key.

    Raises
    ------
    SealingKeyError
        There was a key, and it is missing or wrong.
    StoreUnavailable
    """
    marker = key_places.read_marker()
    if not marker.current:
        with locked():
            # Another process may have been first.
            marker = key_places.read_marker()
            if not marker.current:
                return _adopt(list(sealed_ids())) or _make(marker)
    return key_to_open(marker.current)


def key_to_open(key_id: str) -> SealingKey:
    """Return the key of this id.

    Raises
    ------
    SealingKeyError
    """
    return key_places.find(key_id, key_places.read_marker().where.get(key_id))


def new_key() -> str:
    """Make another key, seal with it from now on, and return its id. The others stay.

    Raises
    ------
    SealingKeyError, StoreUnavailable
    """
    with locked():
        return _make(key_places.read_marker()).id


def known_ids() -> set[str]:
    """Return the ids of the keys that seem to be there; asks no keyring, raises nothing."""
    try:
        where = key_places.read_marker().where
    except PfconnError:
        where = {}
    in_keyring = {key_id for key_id, place in where.items() if place == "keyring"}
    return in_keyring | set(key_places.keys_in_files())


def locked() -> AbstractContextManager[None]:
    """Hold the keys of this user against other processes."""
    return files.lock(settings.home() / "sealing.lock")


def _make(marker: key_places.Marker) -> SealingKey:
    key = SealingKey.fresh()
    # The key before its marker: a process that dies in between leaves a key to adopt.
    marker.where[key.id] = key_places.keep(key)
    marker.current = key.id
    key_places.write_marker(marker)
    return key


def _adopt(sealed_ids: list[str]) -> SealingKey | None:
    """Return the key that the marker should have named, or None if there never was one."""
    refusal = None
    found: dict[str, SealingKey] = {}
    for key_id in dict.fromkeys([*sealed_ids, *key_places.keys_in_files()]):
        try:
            found[key_id] = key_places.find(key_id, None)
        except SealingKeyError as error:
            refusal = refusal or error
    if found:
        where = {key_id: key_places.place_of(key_id) for key_id in found}
        newest = next(iter(found))
        key_places.write_marker(key_places.Marker(newest, where))
        return found[newest]
    if refusal:
        raise refusal
    return None
