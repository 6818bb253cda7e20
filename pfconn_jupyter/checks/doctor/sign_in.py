"""Does Microsoft Entra ID give tokens for the services whose connections have no key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter import identity
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import PfconnError
from pfconn_jupyter.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


def look(keyless: Collection[str]) -> Iterator[Finding]:
    """Yield a finding for each scope of the types in ``keyless``; the token is looked at by nobody."""
    by_scope: dict[str, list[str]] = {}
    for word in sorted(keyless):
        try:
            scope = getattr(connection_type(word), "TOKEN_SCOPE", "")
        except PfconnError:
            continue
        if scope:
            by_scope.setdefault(scope, []).append(word)
    for scope, types in by_scope.items():
        about = f"for {', '.join(types)} ({scope})"
        try:
            identity.token_text(scope)
        except PfconnError as error:
            yield Finding("Entra sign-in", "fail", f"{error.problem} Needed {about}.", error.hint)
        else:
            yield Finding("Entra sign-in", "ok", f"a token came {about}")
