"""Which Python and packages are here, and whether they are new enough."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from typing import TYPE_CHECKING

from pfconn_jupyter.checks.doctor.requirements import PACKAGE, requirements, version_of
from pfconn_jupyter.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = (3, 10)


def look() -> Iterator[Finding]:
    """Yield findings on Python, on this package, and on what it needs."""
    fits = sys.version_info >= OLDEST
    python = f"{platform.python_version()} on {platform.system()} ({platform.machine()}), {sys.executable}"
    yield Finding("Python", "ok" if fits else "fail", python, "" if fits else "Use Python 3.10 or later.")
    try:
        needed = [r for r in requirements() if not r.extra]
    except metadata.PackageNotFoundError:
        hint = f"Install it: %pip install {PACKAGE}"
        yield Finding(PACKAGE, "warn", "not installed as a package, so what it needs cannot be compared", hint)
        return
    yield Finding(PACKAGE, "ok", version_of(PACKAGE))
    missing = [r for r in needed if not r.met]
    for each in missing:
        found = f"{each.package} {each.installed} is too old" if each.installed else f"{each.package} is missing"
        yield Finding("packages", "fail", f"{found}: {each} is needed", f"%pip install '{each}', then restart.")
    if fine := ", ".join(f"{r.package} {r.installed}" for r in needed if r.met):
        yield Finding("packages", "ok", fine)
