"""The system's keyring, if it has a real one; never waits longer than `TIMEOUT`."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import KeyringUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = 5.0
"""Seconds; a locked keyring on a machine without a screen asks for a password for ever."""
SERVICE = "pfconn_jupyter"
SWITCH = "PFCONN_KEYRING"
# These keep nothing, refuse everything, or (keyrings.alt) write plaintext or ask on the terminal.
_NOT_REAL = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
_HINT = (
    f"Unlock the keyring and repeat. Without one: set {SWITCH}=off, which keeps the key in a file; "
    "a key that is in the keyring already comes along with %pfconn key export and import."
)
T = TypeVar("T")


def is_used() -> bool:
    """Tell whether keys go to a keyring: there is a real one and it is not switched off.

    Raises
    ------
    KeyringUnavailable
    """
    return not switched_off() and bool(_in_time(_real_backends))


def switched_off() -> bool:
    """Tell whether ``PFCONN_KEYRING=off``."""
    return os.environ.get(SWITCH, "").strip().lower() in ("off", "no", "0", "false")


def fetch(key_id: str) -> Secret | None:
    """Return what the keyring has under ``key_id``, or None.

    Raises
    ------
    KeyringUnavailable
    """
    if switched_off():
        return None

    def ask() -> Secret | None:
        found = (backend.get_password(SERVICE, key_id) for backend in _real_backends())
        return next((Secret(text) for text in found if text is not None), None)

    return _in_time(ask)


def fetch_of_others(service: str, user: str) -> Secret | None:
    """Return what another program keeps in whatever keyring it uses, real or not, or None.

    Raises
    ------
    KeyringUnavailable
    """
    if switched_off():
        return None

    def ask() -> Secret | None:
        import keyring
        from keyring.errors import NoKeyringError

        try:
            found = keyring.get_password(service, user)
        except NoKeyringError:
            return None
        return Secret(found) if found else None

    return _in_time(ask)


def keep(key_id: str, text: Secret) -> None:
    """Write ``text`` under ``key_id`` and read it back.

    Raises
    ------
    KeyringUnavailable
    """

    def write() -> bool:
        backend = _real_backends()[0]
        backend.set_password(SERVICE, key_id, text.reveal())
        kept = backend.get_password(SERVICE, key_id)
        return kept is not None and Secret(kept) == text

    if not _in_time(write):
        raise KeyringUnavailable("The system keyring took the key and does not give it back.", _HINT)


def _real_backends() -> list[Any]:
    """Return the real keyrings, the preferred one first."""
    import keyring

    chosen = keyring.get_keyring()
    # The chainer would write to whatever comes first, real or not.
    members = getattr(chosen, "backends", [chosen]) if _is_chainer(chosen) else [chosen]
    return [backend for backend in members if _is_real(backend)]


def _is_chainer(backend: Any) -> bool:
    return any(base.__module__ == "keyring.backends.chainer" for base in type(backend).__mro__)


def _is_real(backend: Any) -> bool:
    return not any(base.__module__.startswith(_NOT_REAL) for base in type(backend).__mro__)


_waiting: list[threading.Thread] = []


def _in_time(ask: Callable[[], T]) -> T:
    """Return what ``ask`` returns; a keyring that hangs keeps its (daemon) thread, not ours."""
    if any(thread.is_alive() for thread in _waiting):
        # One prompt is enough, and a thousand connections must not wait five seconds each.
        raise KeyringUnavailable("The system keyring still does not answer.", _HINT)
    _waiting.clear()
    results: list[T] = []
    failures: list[str] = []

    def run() -> None:
        try:
            results.append(ask())
        except Exception as error:  # noqa: BLE001  # any backend, any error
            # Only what kind: its text may quote what it was given.
            failures.append(type(error).__name__)

    thread = threading.Thread(target=run, name="pfconn-keyring", daemon=True)
    thread.start()
    thread.join(TIMEOUT)
    if thread.is_alive():
        _waiting.append(thread)
        raise KeyringUnavailable(f"The system keyring did not answer within {TIMEOUT:g} seconds.", _HINT)
    if failures:
        raise KeyringUnavailable(f"The system keyring refused ({failures[0]}).", _HINT)
    return results[0]
