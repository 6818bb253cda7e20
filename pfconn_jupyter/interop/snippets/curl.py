"""The request that %pfconn test sends, by curl; the secret goes through a pipe, not on a command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pfconn_jupyter.connections.build import rebuild
from pfconn_jupyter.connections.probe import EntraToken
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import InvalidConnection, NotSupported
from pfconn_jupyter.interop.snippets._about import About, lines, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.probe import Probe

TYPES = ()
NEEDS = ""
_TOKEN_MARK = "stands-for-token-"  # noqa: S105  # holds its place


def code(about: About) -> str:
    """Return the call.

    Raises
    ------
    NotSupported
        The connection has no test.
    """
    marks = {f"stands-for-{number}-": field for number, field in enumerate(about.described.secrets)}
    connection = _without_secrets(about, {field: Secret(mark) for mark, field in marks.items()})
    probe = next(iter(connection.probes()), None)
    if probe is None:
        hint = "A custom connection says in configs.test_url and test_header how it is tested."
        raise NotSupported(f"{about.described.name} has no test whose request could be shown.", hint)
    known = {mark: _secret(field, custom=about.described.custom) for mark, field in marks.items()}
    options, sent = _secretly(probe, known)
    return lines(
        "import shutil",
        "import subprocess",
        "",
        "import pfconn_jupyter as pfconn",
        *(["from azure.identity import DefaultAzureCredential"] if about.entra else []),
        "",
        f"conn = {about.get}",
        # Found first: the error of a program that is missing would show what is sent (%xmode Verbose).
        'curl = shutil.which("curl")',
        'assert curl, "curl is not on PATH"',
        "# Every process of this machine can read a command line; a pipe is curl's alone.",
        "answer = subprocess.run(",
        f'    [curl, "--silent", "--show-error", {options}, {_url(probe, connection)}],',
        f"    input={sent},",
        "    capture_output=True,",
        "    text=True,",
        "    check=False,",
        ")",
        "print(answer.stdout or answer.stderr)",
    )


def _without_secrets(about: About, marks: Mapping[str, Secret]) -> Connection:
    try:
        return rebuild(about.described.cls, about.described.configs, marks)
    except InvalidConnection:
        # It is said of a mark, not of the secret.
        problem = f"The request of {about.described.name} cannot be shown without its secret, which its type checks."
        raise NotSupported(problem, f"See it with: %pfconn test {about.described.name} --explain.") from None


def _secret(field: str, *, custom: bool) -> str:
    return f"conn.secrets[{quoted(field)}].reveal()" if custom else f"conn.{field}.reveal()"


def _secretly(probe: Probe, known: Mapping[str, str]) -> tuple[str, str]:
    """Return curl's options, and the code of what it reads from the pipe: its headers, or a secret of the query."""
    for name, value in probe.query.items():
        if isinstance(value, Secret):
            return f'"--get", "--data-urlencode", {quoted(f"{name}@-")}', _with_secrets(value.reveal(), known)
    said, tokens = "", {}
    for name, header in probe.headers.items():
        if isinstance(header, EntraToken):
            tokens[_TOKEN_MARK] = f"DefaultAzureCredential().get_token({quoted(header.scope)}).token"
            said += f"{name}: Bearer {_TOKEN_MARK}\n"
        else:
            said += f"{name}: {header.reveal() if isinstance(header, Secret) else header}\n"
    return '"--header", "@-"', _with_secrets(said, {**known, **tokens})


def _with_secrets(text: str, known: Mapping[str, str]) -> str:
    """Return the code of ``text``, with what fetches each secret in place of its mark."""
    parts = re.split(f"({'|'.join(map(re.escape, known))})", text) if known else [text]
    return " + ".join(known.get(part) or quoted(part).replace("\n", "\\n") for part in parts if part) or '""'


def _url(probe: Probe, connection: Connection) -> str:
    query = urlencode([(k, v) for k, v in probe.query.items() if isinstance(v, str)], safe="*$'")
    url = probe.url + (f"?{query}" if query else "")
    base = connection.endpoint_url
    # Of the connection, so that it goes along when that moves.
    return f"conn.endpoint_url + {quoted(url.removeprefix(base))}" if url != base else "conn.endpoint_url"
