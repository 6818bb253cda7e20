"""The requests that a test would send, told instead of sent. No secret is in what it tells."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pfconn_jupyter.checks import route
from pfconn_jupyter.checks.redaction import redact
from pfconn_jupyter.connections.endpoint import host_of
from pfconn_jupyter.connections.probe import EntraToken
from pfconn_jupyter.connections.secret import MASK, Secret
from pfconn_jupyter.errors import PfconnError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.probe import Probe
    from pfconn_jupyter.connections.record import ConnectionRecord

# In place of a secret while a request is made ready; becomes the mask.
_HIDDEN = "pfconn-hidden"


@dataclass(frozen=True)
class Explained:
    """One request that a test may send, or why there is none.

    Attributes
    ----------
    name, type
        Of the connection.
    sent
        When: ``"first"``, or after which answer to the one before it.
    request, headers, body
        Method and URL with secrets masked, the names of the headers, and the body.
    secret_to
        Which host gets the secret, and in what; ``"nowhere"`` if there is none.
    proxy, trust
        The way there, and whose certificates are trusted.
    """

    name: str
    type: str
    sent: str
    request: str = ""
    headers: str = ""
    body: str = ""
    secret_to: str = ""
    proxy: str = ""
    trust: str = ""


def explain(
    values: Iterable[tuple[ConnectionRecord, Connection | PfconnError]], deployment: str = ""
) -> list[Explained]:
    """Return the requests of each connection, in the order of the records' names; sends nothing."""
    found = []
    for record, connection in sorted(values, key=lambda pair: pair[0].name.lower()):
        if isinstance(connection, PfconnError):
            found.append(Explained(record.name, record.type, f"never: {connection.problem}"))
        else:
            found += _of(record, connection, deployment)
    return found


def _of(record: ConnectionRecord, connection: Connection, deployment: str) -> list[Explained]:
    try:
        probes = list(connection.deployment_probes(deployment) if deployment else connection.probes())
        found = [_one(record, connection, probe, sent) for probe, sent in zip(probes, _when(probes), strict=True)]
    except Exception as error:  # noqa: BLE001  a type of a plug-in may raise anything, with anything in its text
        return [Explained(record.name, record.type, f"never: its type cannot say ({type(error).__name__})")]
    none = f"never: it has no {'deployments' if deployment else 'test'}"
    return found or [Explained(record.name, record.type, none)]


def _when(probes: list[Probe]) -> Iterator[str]:
    if probes:
        yield "first"
    for before in probes[:-1]:
        answers = " or ".join(str(http) for http in sorted(before.next_on))
        if before.next_words:
            yield f"if the one before is refused with {before.next_words[0]!r} or the like"
        else:
            yield f"if the one before is answered {answers}" if answers else "never: the one before decides"


def _one(record: ConnectionRecord, connection: Connection, probe: Probe, sent: str) -> Explained:
    import requests

    from pfconn_jupyter.checks import sending

    hidden = replace(
        probe,
        headers=dict.fromkeys(probe.headers, _HIDDEN),
        query={name: _HIDDEN if isinstance(value, Secret) else value for name, value in probe.query.items()},
    )
    with requests.Session() as session:
        request = sending.prepared(session, hidden)
    url = redact(request.url or "", connection.secrets.values()).replace(_HIDDEN, MASK)
    if not sending.stays_home(probe.url, connection.endpoint_url):
        sent = f"never: it leads away from {host_of(connection.endpoint_url) or 'the connection'}"
    return Explained(
        record.name,
        record.type,
        sent,
        f"{probe.method} {url}",
        ", ".join(sorted(request.headers)),
        redact(json.dumps(probe.body, ensure_ascii=False), connection.secrets.values()) if probe.body else "",
        "nowhere" if sent.startswith("never") else _receiver(probe, request.url or ""),
        route.shown(route.proxy_of(probe.url)) or "none",
        route.trust_of(probe.url),
    )


def _receiver(probe: Probe, url: str) -> str:
    found = [f"header {name}" for name, value in probe.headers.items() if isinstance(value, (Secret, EntraToken))]
    found += [f"query {name}" for name, value in probe.query.items() if isinstance(value, Secret)]
    tokens = [value.scope for value in probe.headers.values() if isinstance(value, EntraToken)]
    token = f" (an Entra token of {tokens[0]})" if tokens else ""
    return f"{host_of(url)}, {' and '.join(found)}{token}" if found else "nowhere"
