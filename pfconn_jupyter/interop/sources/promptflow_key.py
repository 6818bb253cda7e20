"""The one key of prompt flow's local secrets: a Fernet key in the system's keyring."""

from __future__ import annotations

import base64
import binascii
import re
from configparser import ConfigParser
from configparser import Error as ConfigError
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import SealingKeyError
from pfconn_jupyter.stores import system_keyring

if TYPE_CHECKING:
    from pathlib import Path

SERVICE, USER = "promptflow", "encryption_key"
SHORTEST_TOKEN = 57
"""Characters: whatever is shorter is no Fernet token, but a secret of an old version (promptflow.md 3)."""
_AGAIN = "Bring the old key back, or create the connection again: %pfconn create."
_REFERENCE = re.compile(r"\$\{env:([^}]*)\}")


def fetch() -> Secret:
    """Return the key.

    Raises
    ------
    SealingKeyError
        No keyring has it, or the keyring does not answer.
    """
    found = system_keyring.fetch_of_others(SERVICE, USER) or _from_plaintext_keyring()
    if found is not None:
        return found
    off = f" {system_keyring.SWITCH} switches the keyring off here." if system_keyring.switched_off() else ""
    raise SealingKeyError(
        f"Prompt flow's key is not in the keyring ({SERVICE}, {USER}), so its secrets cannot be opened.{off}",
        "Run this as the user, on the machine and with the keyring that prompt flow ran with; or create it again.",
    )


def open_token(token: str, key: Secret) -> Secret:
    """Return what a Fernet token holds.

    Raises
    ------
    SealingKeyError
        ``key`` is no key, or not the one of this token.
    """
    from cryptography.fernet import Fernet, InvalidToken

    try:
        return Secret(Fernet(key.reveal()).decrypt(token.encode()).decode())
    except InvalidToken:
        problem = "Its secret does not open with the key in the keyring: that key was replaced, or the row changed."
    except ValueError:
        problem = "What the keyring has as prompt flow's key is none."
    raise SealingKeyError(problem, _AGAIN)


def is_plain(text: str) -> bool:
    """Tell whether a secret is too short for a token: old versions of prompt flow did not encrypt."""
    return len(text) < SHORTEST_TOKEN


def plain(text: str) -> Secret:
    """Return a secret that stood there in plain text."""
    return Secret(text)


def reference(secret: Secret) -> str | None:
    """Return NAME if the secret is ``${env:NAME}``."""
    match = _REFERENCE.fullmatch(secret.reveal())
    return match[1] if match else None


def _from_plaintext_keyring() -> Secret | None:
    """Return the key from the file of keyrings.alt, prompt flow's advice where there is no keyring.

    Most likely keyrings.alt is installed beside prompt flow, and not here.
    """
    if system_keyring.switched_off():
        return None
    path = _plaintext_file()
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
        # keyrings.alt writes "_" as "_5f".
        coded = parser.get(SERVICE, USER.replace("_", "_5f"), fallback="")
        return Secret(base64.b64decode(coded).decode()) if coded else None
    except (OSError, ConfigError, ValueError, binascii.Error):
        # Its text could quote the file.
        return None


def _plaintext_file() -> Path:
    from keyring.util import platform_

    found: Path = platform_.data_root() / "keyring_pass.cfg"
    return found
