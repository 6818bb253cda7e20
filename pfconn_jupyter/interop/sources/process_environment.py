"""The variables of this process (``environ``) that SDKs read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.interop.found import built
from pfconn_jupyter.interop.sources.variables import recognised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pfconn_jupyter.interop.found import Found
    from pfconn_jupyter.interop.sources import Request


def read(request: Request) -> Iterator[Found]:
    """Yield the connections that this process's variables make."""
    found = False
    for name, fields, variables in recognised({name: Secret(value) for name, value in os.environ.items()}):
        found = True
        yield built(name, name, fields, "environ", (f"From {', '.join(sorted(variables))}.",))
    if not found:
        request.tell("No variable is set that an SDK of a known type reads; %pfconn types TYPE lists them.")
