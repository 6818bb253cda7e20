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
        wanted = bool(unmet) and not set(types).isdisjoint(in_use)
        if unmet:
            said = f"not here: {', '.join(unmet)}" + ("" if wanted else "; no connection here needs it")
        yield Finding(
            f"SDK {extra}",
            "warn" if wanted else "ok",
            f"{said or 'nothing known of it'} (client() of {', '.join(types)})",
            f"%pip install 'pfconn_jupyter[{extra}]'" if unmet else "",
        )
