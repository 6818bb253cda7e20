"""Where things are: the folder of our files, and which store is in use.

The store in use, first found wins: an argument, ``PFCONN_STORE``, ``%config
PfconnMagics.store``, ``%pfconn store`` of this session, the remembered one, ``local:``.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_STORE = "local:"


def home() -> Path:
    """Return the folder of every file this package writes (``PFCONN_HOME``, else the platform's)."""
    if folder := os.environ.get("PFCONN_HOME"):
        return Path(folder).expanduser()
    from platformdirs import user_data_path

    return user_data_path("pfconn_jupyter", appauthor=False)


@dataclass
class _Chosen:
    """What this process was told; the magic sets both."""

    config: str = ""
    session: str = ""


chosen = _Chosen()


@dataclass(frozen=True)
class StoreChoice:
    """The address of the store in use and who said so."""

    address: str
    said_by: str

    @property
    def by_default(self) -> bool:
        """True if nobody chose it."""
        return self.said_by == "default"


def store_in_use(argument: str | None = None) -> StoreChoice:
    """Return the store in use; the module docstring gives the order."""
    choices = (
        (argument, "argument"),
        (os.environ.get("PFCONN_STORE"), "PFCONN_STORE"),
        (chosen.config, "%config PfconnMagics.store"),
        (chosen.session, "%pfconn store"),
        (_remembered(), "%pfconn store --remember"),
    )
    for address, said_by in choices:
        if address:
            return StoreChoice(address, said_by)
    return StoreChoice(DEFAULT_STORE, "default")


def remember(address: str) -> None:
    """Use ``address`` in the sessions to come."""
    folder = home()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "settings.json").write_text(json.dumps({"store": address}), encoding="utf-8")


def _remembered() -> str:
    try:
        return str(json.loads((home() / "settings.json").read_text(encoding="utf-8"))["store"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
