"""Connections in mounted files: a folder for each, in it a file for each field, as Kubernetes mounts secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import AccessDenied, StoreDamaged, StoreUnavailable
from pfconn_jupyter.stores.environment.found import CONFIGS, SECRETS, Found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pfconn_jupyter.errors import StoreError

_LONGEST = 100_000
"""Bytes; four times what a vault keeps."""


@dataclass(frozen=True)
class File:
    """A file that says one field."""

    path: Path

    @property
    def shown(self) -> str:
        """Its path."""
        return str(self.path)

    def given(self) -> bool:
        """Tell whether there is anything in it; one that cannot be looked at is told by `text`."""
        try:
            return self.path.stat().st_size > 0
        except OSError:
            return True

    def text(self) -> str:
        """Return what it says, without the line end that an editor leaves.

        Raises
        ------
        AccessDenied, StoreDamaged, StoreUnavailable
        """
        return _read(self.path).reveal()

    def secret(self) -> Secret:
        """Return what it says; see `text`."""
        return _read(self.path)


def mounted(folder: Path) -> Iterator[Found]:
    """Yield the connections of ``folder``; reads no file.

    What begins with a dot is passed by: Kubernetes keeps its own there.

    Raises
    ------
    StoreUnavailable, AccessDenied
        There is no such folder, or it cannot be read.
    """
    for each in _entries(folder):
        found = Found(each.name, str(each / "{}"))
        if not each.is_dir():
            found.stray = str(each)
        else:
            for path in _entries(each):
                found.add(_field(path.name), File(path))
        yield found


def _field(name: str) -> str:
    """Return the field that a file is called by; a key of ``secrets.KEY`` is kept to the letter."""
    part = name[: len(CONFIGS)].lower()
    return part + name[len(part) :] if part in (CONFIGS, SECRETS) else name.lower()


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except PermissionError:
        raise AccessDenied(f"{folder} may not be read by this user.", "Ask who mounted it for the right to.") from None
    except OSError as error:
        hint = "Mount it, or name another: env:/path, or PFCONN_CONN_DIR."
        raise StoreUnavailable(f"{folder} cannot be read: {error.strerror}.", hint) from None


def _read(path: Path) -> Secret:
    told: StoreError
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
        if len(content) <= _LONGEST:
            return Secret(content.decode().removesuffix("\n").removesuffix("\r"))
        told = StoreDamaged(f"{path} has more than {_LONGEST:,} bytes.", "Is it the value, and only the value?")
    except PermissionError:
        told = AccessDenied(f"{path} may not be read by this user.", "Ask who mounted it for the right to.")
    except OSError as error:
        told = StoreUnavailable(f"{path} cannot be read: {error.strerror}.", "Mount it again.")
    except UnicodeDecodeError:
        told = StoreDamaged(f"{path} is no text (UTF-8).", "Write the value as a text.")
    # Outside the handlers: the decoder's error holds what it could not read.
    content = b""
    raise told
