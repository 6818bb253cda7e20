"""What this package needs, as it is written in its own metadata, and what is installed of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata

PACKAGE = "pfconn_jupyter"
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)\s*(?:>=\s*([0-9.]+))?")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")


@dataclass(frozen=True)
class Requirement:
    """A package that is needed, by ``extra`` or always (``""``), from version ``least`` on."""

    package: str
    least: str
    extra: str

    @property
    def installed(self) -> str:
        """Its version here, or ``""``."""
        return version_of(self.package)

    @property
    def met(self) -> bool:
        """True if it is here and new enough."""
        return bool(self.installed) and _numbers(self.installed) >= _numbers(self.least)

    def __str__(self) -> str:
        return f"{self.package}>={self.least}" if self.least else self.package


def requirements() -> list[Requirement]:
    """Return what the installed package says it needs, without its own extras.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        It is not installed, only importable.
    """
    found = []
    for line in metadata.requires(PACKAGE) or ():
        match, extra = _REQUIREMENT.match(line), _EXTRA.search(line)
        if match and match[1].lower().replace("-", "_") != PACKAGE:
            found.append(Requirement(match[1], match[2] or "", extra[1] if extra else ""))
    return found


def version_of(package: str) -> str:
    """Return the version of an installed package, or ``""``; imports nothing."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.match(r"[0-9.]*", version)[0].split(".") if part)  # type: ignore[index]
