"""What a class says of itself, in words for people: its name, its docstring, its fields' names. Pure."""

from __future__ import annotations

import inspect
import re

_ACRONYMS = {"api", "db", "html", "http", "https", "id", "ip", "json", "sql", "ssl", "tls", "uri", "url"}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PARAM = re.compile(r"^:(?:param|ivar|var)\s+(?:[\w.|\[\]]+\s+)?(\w+):\s*(.*)$")


def words_of(class_name: str) -> list[str]:
    """Return the words of a class's name, without ``Connection`` at its end."""
    return _HUMP.sub(" ", class_name.removesuffix("Connection") or class_name).replace("_", " ").split()


def type_of(class_name: str) -> str:
    """Return the type's name that a class's name stands for: ``MyApi`` is ``my_api``."""
    return "_".join(words_of(class_name)).lower()


def badge_of(label: str) -> str:
    """Return two letters that stand for a label."""
    words = re.findall(r"[A-Za-z0-9]+", label) or ["??"]
    letters: str = words[0][0] + words[1][0] if len(words) > 1 else (words[0] * 2)[:2]
    return letters.upper()


def title_of(field: str) -> str:
    """Return a field's name as a label: ``api_key`` is ``API key``."""
    words = [w.upper() if w in _ACRONYMS else w for w in field.lower().split("_") if w]
    title = " ".join(words)
    title = title[:1].upper() + title[1:]
    # A label differs from the name, which is shown beside it.
    return title if title != field else f"The {title}"


def summary_of(doc: str | None) -> str:
    """Return the first line of a docstring without its full stop."""
    lines = inspect.cleandoc(doc or "").splitlines()
    return "" if not lines or lines[0].startswith(":") else lines[0].strip().rstrip(".")


def fields_said(doc: str | None) -> dict[str, str]:
    """Return what a docstring says of fields, in prompt flow's form (``:param api_key: The key``)."""
    found: dict[str, str] = {}
    field = ""
    for line in inspect.cleandoc(doc or "").splitlines():
        text = line.strip()
        if match := _PARAM.match(text):
            field = match[1]
            found[field] = match[2].strip()
        elif not text or text.startswith(":"):
            field = ""
        elif field:
            found[field] = f"{found[field]} {text}".strip()
    return found
