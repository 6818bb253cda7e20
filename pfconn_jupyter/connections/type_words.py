"""A type's name as stores write it: with the package that brings it. Pure."""

from __future__ import annotations

import re


def joined(name: str, package: str) -> str:
    """Return ``name@package``, or ``name`` alone for a type of this package or of a notebook."""
    return f"{name}@{package}" if package else name


def parted(word: str) -> tuple[str, str]:
    """Return the name and the package (or ``""``) of a type's word."""
    name, _, package = word.partition("@")
    return name, package


def same_package(one: str, other: str) -> bool:
    """Tell whether two names are those of one package, as pip sees them (PEP 503)."""
    return _normal(one) == _normal(other)


def _normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()
