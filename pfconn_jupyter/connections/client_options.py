"""Which options of an SDK's client are the connection's own, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def refuse(ours: Collection[str], options: Mapping[str, Any]) -> None:
    """Refuse ``options`` that would lead a client away from its connection.

    Raises
    ------
    UsageProblem
    """
    if wrong := sorted(options.keys() & set(ours)):
        raise UsageProblem(
            f"client() takes no {', '.join(wrong)}: they come from the connection.",
            "Change the connection with %pfconn update, or build the SDK's client yourself.",
        )
