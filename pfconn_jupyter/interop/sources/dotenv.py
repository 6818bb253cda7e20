"""A ``.env`` file: the variables that SDKs read become connections, or all of it a custom one."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.interop.found import built
from pfconn_jupyter.interop.sources.variables import recognised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pfconn_jupyter.interop.found import Found
    from pfconn_jupyter.interop.sources import Request

# As python-dotenv reads them: prompt flow does so, and whoever wrote the file tried it there.
_ASSIGNMENT = re.compile(
    r"""^[^\S\n]*(?:export[^\S\n]+)?(?P<name>[^\s=#'"]+)[^\S\n]*=[^\S\n]*"""
    r"""(?:'(?P<single>(?:\\.|[^'\\])*)'|"(?P<double>(?:\\.|[^"\\])*)"|(?P<bare>(?!['"])[^\n]*?))"""
    r"""(?:[^\S\n]+\#[^\n]*)?[^\S\n]*$""",
    re.MULTILINE | re.DOTALL,
)
_REFERENCE = re.compile(r"\$\{(?P<name>[^}:]*)(?::-(?P<otherwise>[^}]*))?\}")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}


def read(request: Request) -> Iterator[Found]:
    """Yield the connections that the variables of a file make.

    Raises
    ------
    UsageProblem
        It cannot be read, or ``--as custom`` has no name.
    """
    if request.as_custom and not request.name:
        raise UsageProblem("A .env file has no name for a connection.", "Give one: --as custom --name my_api")
    values = _variables(request)
    note = f"{request.word} holds it in plain text: delete it there."
    if request.as_custom:
        yield built(request.name, "custom", {"secrets": dict(values)}, request.word, (note,))
        return
    used: set[str] = set()
    for name, fields, variables in recognised(values):
        used |= variables
        yield built(name, name, fields, request.word, (note,))
    if rest := sorted(values.keys() - used):
        hint = f"As one custom connection: %pfconn import {request.word} --as custom --name NAME."
        request.tell(f"No connection is made of {', '.join(rest)}. {hint}")


def _variables(request: Request) -> dict[str, Secret]:
    try:
        text = request.path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a text file"
        raise UsageProblem(f"{request.word} cannot be read: {why}.", "Give the path of a .env file.") from None
    if lines := _left_over(text):
        request.tell(f"Not read as NAME=VALUE: line {', '.join(map(str, lines))} of {request.word}.")
    return {name: Secret(value) for name, value in parse(text, os.environ).items()}


def parse(text: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a ``.env`` text; ``${NAME}`` is one before it, or else one of ``environ``."""
    found: dict[str, str] = {}
    for match in _ASSIGNMENT.finditer(text):
        if match["single"] is not None:
            value = re.sub(r"\\([\\'])", r"\1", match["single"])
        elif match["double"] is not None:
            value = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), match["double"], flags=re.DOTALL)
        else:
            value = match["bare"].strip()
        known = {**environ, **found}
        found[match["name"]] = _REFERENCE.sub(
            lambda m: known.get(m["name"], m["otherwise"] or ""),  # noqa: B023  called at once
            value,
        )
    return found


def _left_over(text: str) -> list[int]:
    """Return the numbers of the lines that say something and are no assignment; never what they say."""
    rest = _ASSIGNMENT.sub(lambda m: "\n" * m[0].count("\n"), text)
    return [n for n, line in enumerate(rest.splitlines(), 1) if line.strip() and not line.lstrip().startswith("#")]
