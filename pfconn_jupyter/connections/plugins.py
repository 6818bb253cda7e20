"""Connection types of installed packages: found by their entry points, imported on first use."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.defined import is_defined
from pfconn_jupyter.connections.type_words import joined
from pfconn_jupyter.errors import InvalidType, PfconnError

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection

GROUP = "pfconn_jupyter.connections"
"""The entry point group: the name of an entry is the type's name, its value ``module:Class``."""
_AGAIN = 2.0
"""Seconds after which a type that could not be loaded is tried again: a list asks for it row by row."""


@dataclass(frozen=True)
class Plugin:
    """What a package's metadata says of a type; nothing of it is imported.

    Attributes
    ----------
    name, value
        Of the entry point.
    package, version
        Of the package.
    """

    name: str
    value: str
    package: str
    version: str

    @property
    def class_name(self) -> str:
        """What its class is called."""
        return self.value.rpartition(":")[2].rpartition(".")[2]

    @property
    def full_name(self) -> str:
        """The word that names this type and no other."""
        return joined(self.name, self.package)

    @property
    def source(self) -> str:
        """The package and its version, as said to a person."""
        return f"package {self.package} {self.version}"


_found: tuple[object, tuple[Plugin, ...]] = (None, ())
_failed: dict[Plugin, tuple[float, str]] = {}


def plugins() -> tuple[Plugin, ...]:
    """Return the types that installed packages declare; read again when a package came or went."""
    global _found  # noqa: PLW0603  # the one answer that is kept
    signature = _signature()
    if _found[0] != signature:
        # Costs 25 ms to import: not at %load_ext, nor in a list of built-in types.
        from importlib.metadata import entry_points

        found = [
            Plugin(e.name, e.value, e.dist.name if e.dist else "?", e.dist.version if e.dist else "?")
            for e in entry_points(group=GROUP)
        ]
        _found = (signature, tuple(sorted(set(found), key=lambda p: (p.name, p.package))))
        _failed.clear()
    return _found[1]


def load(plugin: Plugin) -> type[Connection]:
    """Return the class of a plug-in, importing its module.

    Raises
    ------
    InvalidType
        It cannot be used; names the package and its version.
    """
    since, problem = _failed.get(plugin, (0.0, ""))
    if not problem or time.monotonic() - since > _AGAIN:
        found = _resolved(plugin)
        if isinstance(found, type):
            _failed.pop(plugin, None)
            found.PACKAGE = plugin.package
            return found
        problem = found
        _failed[plugin] = (time.monotonic(), problem)
    raise InvalidType(
        f"The type {plugin.name} of the {plugin.source} cannot be used: {problem}",
        f"Update or remove {plugin.package}, or tell its author. The other types are not affected.",
    )


def _resolved(plugin: Plugin) -> type[Connection] | str:
    """Return the class, or what is wrong with it."""
    module, _, attribute = plugin.value.partition(":")
    try:
        found: Any = import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except PfconnError as error:
        return error.problem
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a package may do anything when it is imported
        words = next(iter(str(error).splitlines()), "")[:200].rstrip(".")
        return f"{type(error).__name__}{f': {words}' if words else ''}."
    if not isinstance(found, type):
        return f"{plugin.value} is not a class."
    if not is_defined(found):
        return f"{plugin.value} is not a class derived from pfconn_jupyter.CustomConnection."
    cls: Any = found
    if plugin.name != cls.TYPE:
        return f"its entry point is called {plugin.name}, and its class says TYPE = {cls.TYPE!r}."
    return cls  # type: ignore[no-any-return]


def _signature() -> object:
    """Return what changes when a package is installed or removed: folders of modules, and when they changed."""
    return tuple((path, _changed(path)) for path in sys.path)


def _changed(path: str) -> int:
    try:
        return Path(path or ".").stat().st_mtime_ns
    except OSError:
        return 0
