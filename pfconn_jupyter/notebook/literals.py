"""Finds secrets that were typed where they do not belong: on the line, in a cell's text."""

from __future__ import annotations

import re
from pathlib import Path

from pfconn_jupyter.connections.names import looks_like_key
from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.notebook.parsing import split

_ENDS_SECRET = re.compile(r"(^|[._-])(api)?(key|secret|token|password|passwd|pwd|credential)s?$", re.IGNORECASE)
_REFERENCE = re.compile(r"(\$\{env:[^}]*\})+|\$\w+|\$?\{\w*\}")
_YAML_LINE = re.compile(r"^[ \t]*(?P<word>[\w.-]+)[ \t]*:[ \t]*(?P<value>\S.*?)[ \t]*$", re.MULTILINE)


def on_line(line: str) -> dict[str, str]:
    """Return the secrets that stand on a line, by the word they were given for."""
    try:
        words = split(line)
    except UsageProblem:
        words = line.replace("'", "").replace('"', "").split()
    found: dict[str, str] = {}
    before = ""
    for word in words:
        name, equals, value = word.removeprefix("--set=").partition("=")
        if before == "--set" or word.startswith("--set="):
            if equals and _is_secret(name, value):
                found[name] = value
        elif word.startswith("--") and equals and _ENDS_SECRET.search(name) and _is_literal(value):
            found[name] = value
        elif _ENDS_SECRET.search(before) and before.startswith("--") and _is_literal(word):
            found[before] = word
        elif looks_like_key(word) and not _is_path(word):
            found["NAME"] = word
        before = word
    return found


def in_cell(cell: str) -> dict[str, str]:
    """Return the secrets that stand in a cell of YAML."""
    found: dict[str, str] = {}
    inside_secrets = False
    for match in _YAML_LINE.finditer(cell):
        word, value = match["word"], match["value"].strip("'\"")
        if _is_secret(word, value):
            found[word] = value
    for line in cell.splitlines():
        # Below `secrets:` every value is one, whatever its key is called.
        if line[:1] not in (" ", "\t", ""):
            inside_secrets = line.split(":")[0].strip() == "secrets"
        elif inside_secrets and (pair := _YAML_LINE.match(line)) and _is_literal(pair["value"].strip("'\"")):
            found[pair["word"]] = pair["value"].strip("'\"")
    return found


def set_values(line: str) -> list[str]:
    """Return every literal after ``--set``, for a field that turned out to be secret."""
    try:
        words = split(line)
    except UsageProblem:
        words = line.split()
    pairs = [w.removeprefix("--set=") for i, w in enumerate(words) if w.startswith("--set=") or words[i - 1] == "--set"]
    return [value for pair in pairs if _is_literal(value := pair.partition("=")[2])]


def _is_secret(name: str, value: str) -> bool:
    if not _is_literal(value):
        return False
    if name.startswith("configs."):
        return False
    return name.startswith("secrets.") or bool(_ENDS_SECRET.search(name)) or looks_like_key(value)


def _is_path(word: str) -> bool:
    """Tell whether a word is a path that is there, or would be new in a folder: it may be as long as a key."""
    if "/" not in word:
        return False
    try:
        path = Path(word).expanduser()
        return path.exists() or (len(path.parent.parts) > 1 and path.parent.is_dir())
    except (OSError, RuntimeError):
        return False


def _is_literal(value: str) -> bool:
    return bool(value) and not _REFERENCE.fullmatch(value)
