"""Plain data for templates: what goes in is texts, numbers, lists and dicts, and nothing that can act."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import TemplateProblem

DEEPEST = 30
"""Levels of lists and dicts that a template gets; more are taken for a circle."""
_AS_TEXT = (date, time, timedelta, Decimal)
Plain = Any
"""None, bool, int, float, str, and lists and dicts of these."""


def plain(value: object, name: str, depth: int = 0) -> Plain:
    """Return a copy of ``value`` as plain data.

    A DataFrame becomes a list of rows, a Series and an array a list, a date its ISO form;
    a subclass of ``str`` or ``int`` becomes a plain one, without its methods.

    Parameters
    ----------
    name
        What it is called, for the refusal.

    Raises
    ------
    TemplateProblem
        It is, or holds, a `Secret`, a `Connection`, or an object of another kind.
    """
    if isinstance(value, (Secret, Connection)):
        what = "a secret" if isinstance(value, Secret) else "a connection, which holds a secret"
        raise TemplateProblem(
            f"{name} is {what}: a prompt is sent to a service, so it takes neither.",
            "Name a variable of plain text in the template; the tool gets the connection by its name.",
        )
    if depth > DEEPEST:
        raise TemplateProblem(f"{name} is nested more than {DEEPEST} levels.", "Give a flatter list or dict.")
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if value is None or isinstance(value, (bool, str, int, float, *_AS_TEXT)):
        return _atom(value)
    if isinstance(value, dict):
        return {_key(k, name): plain(v, f"{name}[{k!r}]", depth + 1) for k, v in dict.items(value)}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item, f"{name}[{i}]", depth + 1) for i, item in enumerate(value)]
    return plain(_unpacked(value, name), name, depth + 1)


def _atom(value: Any) -> Plain:
    """Return a value of one piece, by its base's own conversion: a subclass may do anything in ``__str__``."""
    if isinstance(value, str):
        return "".join(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int.__pos__(value)
    if isinstance(value, float):
        return float.__pos__(value)
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _key(key: object, name: str) -> str | int:
    if isinstance(key, str):
        return "".join(key)
    if isinstance(key, int):
        return int.__pos__(key)
    raise TemplateProblem(
        f"{name} has a key of type {type(key).__name__}.", "A template takes dicts with texts or whole numbers as keys."
    )


def _unpacked(value: Any, name: str) -> object:
    """Return what a pandas or numpy value holds, as lists and dicts."""
    home = type(value).__module__.partition(".")[0]
    if home in ("pandas", "pfconn_jupyter") and hasattr(value, "to_dict") and hasattr(value, "columns"):
        return value.to_dict(orient="records")
    if home in ("pandas", "numpy") and hasattr(value, "tolist"):
        return value.tolist()
    what = f"a {type(value).__name__}" if not callable(value) else "a function or class"
    raise TemplateProblem(
        f"{name} is {what}: a template takes texts, numbers, lists, dicts and DataFrames.",
        f"Make a text of it first, under another name: {name.partition('[')[0]}_text = str(…).",
    )
