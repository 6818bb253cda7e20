"""What a connection may be called, and when two names are the same."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import FieldProblem, InvalidName

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 64
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST - 1}}}")
_FOLD = str.maketrans("._", "--")
# Prefixes of keys that services hand out, and long runs no person would choose.
_KEY_LIKE = re.compile(r"(sk|pk|rk|gsk|hf|ghp|xai)[-_][A-Za-z0-9_-]{12,}|[A-Za-z0-9+/=_-]{30,}|eyJ[\w-]+\.[\w.-]+")


def check_name(name: str) -> str:
    """Return ``name`` if it is legal.

    A name has 1 to 64 letters, digits, ``.``, ``_`` or ``-`` and begins with a letter
    or digit (ASCII only).

    Raises
    ------
    InvalidName
        The name breaks the rule; the error suggests the nearest legal name.
    """
    if _NAME.fullmatch(name):
        return name
    if not name:
        raise InvalidName([FieldProblem("name", "is empty.", "Give a name, for example my_aoai.")])
    nearest = nearest_legal(name)
    rule = f"A name has 1 to {LONGEST} letters, digits, '.', '_', '-' and begins with a letter or digit"
    hint = f"{rule}: for example {nearest}." if nearest else f"{rule}."
    shown = name if len(name) <= LONGEST else f"{name[:20]}…"
    raise InvalidName([FieldProblem("name", f"{shown!r} is not a legal name.", hint, nearest or None)])


def nearest_legal(name: str) -> str:
    """Return the legal name nearest to ``name``, or ``""`` if nothing of it is legal."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._-")[:LONGEST]


def fold(name: str) -> str:
    """Return what two names share when they are the same: lower case, ``.`` and ``_`` as ``-``.

    Key Vault's names are case-insensitive and know neither ``.`` nor ``_``.
    """
    return name.lower().translate(_FOLD)


def tool_word(tool: str) -> str:
    """Return a built-in tool's name as one word: ``Content Safety (Text)`` is ``content_safety_text``."""
    return re.sub(r"[^a-z0-9]+", "_", tool.lower()).strip("_")


def looks_like_key(text: str) -> bool:
    """Tell whether ``text`` is likelier a pasted key than a name."""
    match = _KEY_LIKE.fullmatch(text)
    if match is None:
        return False
    # A long name of words is a name; a key mixes digits in, or has a known prefix.
    return bool(match[1]) or text.startswith("eyJ") or sum(c.isdigit() for c in text) >= 4


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean x?"`` for the nearest of ``known``, or ``""``."""
    candidates = {k.lower(): k for k in known}
    near = get_close_matches(word.lower(), candidates, n=1, cutoff=0.6)
    return f" Did you mean {candidates[near[0]]}?" if near else ""
