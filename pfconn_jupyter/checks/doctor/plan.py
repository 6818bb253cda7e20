"""Everything that is looked at, in order: first what stands alone, then what depends on the connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.checks.doctor import certificates, proxy, sdks, sign_in, versions
from pfconn_jupyter.checks.doctor.examination import examine
from pfconn_jupyter.finding import Axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.finding import Finding


def examine_all(axes: Sequence[Axis], records: Sequence[ConnectionRecord]) -> list[Finding]:
    """Return what is found: on this machine, by ``axes``, and on what the connections need.

    Parameters
    ----------
    records
        The connections that ``axes`` have listed by the end; may be filled while they look.
    """
    found = examine(
        [
            Axis("versions", versions.look),
            *axes,
            Axis("proxy", proxy.look),
            Axis("certificates", certificates.look),
        ]
    )
    in_use = {r.type for r in records}
    keyless = {r.type for r in records if r.auth == "meid_token"}
    return found + examine(
        [Axis("SDKs", lambda: sdks.look(in_use)), Axis("Entra sign-in", lambda: sign_in.look(keyless))]
    )
