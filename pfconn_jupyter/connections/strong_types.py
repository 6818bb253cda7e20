"""The types of notebooks, of modules and of packages: what each is called, and where it is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pfconn_jupyter.connections import defined, plugins
from pfconn_jupyter.connections.type_words import joined, parted, same_package

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.plugins import Plugin


@dataclass(frozen=True)
class Strong:
    """A type of the notebook, of a module, or of a package.

    Attributes
    ----------
    name, class_name, package
        What it may be called.
    source
        Where it is from, as said to a person.
    found
        Its class, or the plug-in that names it and is not imported yet.
    """

    name: str
    class_name: str
    package: str
    source: str
    found: type[Connection] | Plugin

    def answers_to(self, word: str) -> bool:
        """Tell whether ``word`` may mean this type: its name, its class, with or without the package."""
        name, package = parted(word)
        called = name.lower() in (self.name.lower(), self.class_name.lower())
        return called and (not package or same_package(package, self.package))

    @property
    def full_name(self) -> str:
        """The word that names this type and no other."""
        return joined(self.name, self.package)

    def load(self) -> type[Connection]:
        """Return its class.

        Raises
        ------
        InvalidType
        """
        return self.found if isinstance(self.found, type) else plugins.load(self.found)


def strong() -> list[Strong]:
    """Return the types of the notebook, of modules and of packages; imports none."""
    packages = plugins.plugins()
    places = {plugin.value for plugin in packages}
    # A class that a package's entry point names is the package's, also if a cell imported it.
    found = [
        Strong(cls.TYPE, cls.__name__, "", _source(cls), cls)
        for cls in defined.classes()
        if defined.place_of(cls) not in places
    ]
    return [*found, *(Strong(p.name, p.class_name, p.package, p.source, p) for p in packages)]


def fitting(word: str) -> list[Strong]:
    """Return the types that ``word`` may mean; one of this very name goes before a class of this name."""
    found = [each for each in strong() if each.answers_to(word)]
    named = [each for each in found if each.name.lower() == parted(word)[0].lower()]
    return named or found


def _source(cls: type[Connection]) -> str:
    return "this notebook" if cls.__module__ == defined.NOTEBOOK else f"module {cls.__module__}"
