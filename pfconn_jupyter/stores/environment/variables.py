"""Connections in variables: ``PFCONN_CONN_<NAME>__<FIELD>``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.stores.environment.found import CONFIGS, SECRETS, Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PREFIX = "PFCONN_CONN_"
FOLDER = "PFCONN_CONN_DIR"
"""Names the folder of mounted connections; it is none itself."""
_BETWEEN = "__"
_PARTS = {"configs": CONFIGS, "secrets": SECRETS}


@dataclass(frozen=True)
class Variable:
    """A variable; its value is asked for when it is needed."""

    shown: str

    def given(self) -> bool:
        """Tell whether it is set to anything."""
        return bool(os.environ.get(self.shown))

    def text(self) -> str:
        """Return its value."""
        return os.environ.get(self.shown, "")

    def secret(self) -> Secret:
        """Return its value."""
        return Secret(os.environ.get(self.shown, ""))


def variables(environ: Mapping[str, str] | None = None) -> Iterator[Found]:
    """Yield what each variable says of a connection; reads no value.

    The name is what stands before the first ``__``, in small letters; ``-`` and ``.`` are
    written ``_``, which the names of connections do not tell apart.
    """
    # Windows has all in capitals; elsewhere the prefix is to be written so.
    for variable in sorted(os.environ if environ is None else environ):
        if not variable.startswith(PREFIX) or variable == FOLDER:
            continue
        name, between, rest = variable[len(PREFIX) :].partition(_BETWEEN)
        found = Found(name.lower() or variable, f"{PREFIX}{name}{_BETWEEN}{{}}")
        if between and name and rest:
            found.add(_field(rest), Variable(variable))
        else:
            found.stray = variable
        yield found


def _field(rest: str) -> str:
    """Return the field of ``API_KEY``, or of ``SECRETS__KEY``, whose key is kept if it has small letters."""
    part, between, key = rest.partition(_BETWEEN)
    if between and part.lower() in _PARTS and key:
        return _PARTS[part.lower()] + (key.lower() if key == key.upper() else key)
    return rest.lower()
