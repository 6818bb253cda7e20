"""The vendors' SDKs that `client()` needs: which are here, and how to get the others."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from pfconn_jupyter.checks.doctor.requirements import requirements
from pfconn_jupyter.connections.registry import all_types
from pfconn_jupyter.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


def look(in_use: Collection[str]) -> Iterator[Finding]:
    """Yield a finding for each extra that a connection type names.

    Parameters
    ----------
    in_use
        Types of which the store holds connections: only for them a missing SDK is worth a warning.
    """
    try:
        needed = requirements()
    except metadata.PackageNotFoundError:
        return
    by_extra: dict[str, list[str]] = {}
    for cls in all_types():
        if cls.EXTRA:
            by_extra.setdefault(cls.EXTRA, []).append(cls.TYPE)
    for extra, types in by_extra.items():
        packages = [r for r in needed if r.extra == extra]
        unmet = [str(r) for r in packages if not r.met]
        said = ", ".join(f"{r.package} {r.installed}" for r in packages if r.met)
        lacking = bool(unmet) or not packages
        wanted = lacking and not set(types).isdisjoint(in_use)
        if lacking:
            # An installation that is older than the code that runs has not heard of the extra.
            said = f"not here: {', '.join(unmet)}" if unmet else "not known: what is installed is older than this code"
            said += "" if wanted else "; no connection here needs it"
        yield Finding(
            f"SDK {extra}",
            "warn" if wanted else "ok",
            f"{said} (client() of {', '.join(types)})",
            f"%pip install 'pfconn_jupyter[{extra}]'" if lacking else "",
        )
