"""Finds secrets that were typed where they do not belong: on the line, in a cell's text."""

from __future__ import annotations

import re
from pathlib import Path

from pfconn_jupyter.connections.names import looks_like_key
from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.notebook.parsing import split

_ENDS_SECRET = re.compile(r"(^|[._-])(api)?(key|secret|token|password|passwd|pwd|credential)s?$", re.IGNORECASE)
_REFERENCE = re.compile(r"(\$\{env:[^}]*\})+|\$\w+|\$?\{\w*\}")
_SHORT = 3
_PREFIXED = re.compile(r"(?<![\w-])((?:sk|pk|rk|gsk|hf|ghp|xai)[-_])[A-Za-z0-9_-]{20,}")
_TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
_ASSIGNED = re.compile(
    r"(?<!\w)(?P<word>(?:[\w-]*[_-])?(?:api_?key|key|secret|token|password|credential))['\"]?[ \t]*[:=][ \t]*['\"]?"
    r"(?P<value>[A-Za-z0-9+/_-]{20,}={0,2})(?![\w/+-])",
    re.IGNORECASE,
)
_YAML_LINE = re.compile(r"^[ \t]*(?P<word>[\w.-]+)[ \t]*:[ \t]*(?P<value>\S.*?)[ \t]*$", re.MULTILINE)


def found_in(line: str, cell: str | None) -> dict[str, str]:
    """Return the secrets on a line and in its cell of YAML."""
    return on_line(line) | (in_cell(cell) if cell is not None else {})


def on_line(line: str, declared: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return the secrets that stand on a line, by the word they were given for.

    Parameters
    ----------
    declared
        Options whose values are texts and names of services, as ``--max-tokens``: only an
        unmistakable key is taken for one there.
    """
    try:
        words = split(line)
    except UsageProblem:
        words = line.replace("'", "").replace('"', "").split()
    found: dict[str, str] = {}
    before = ""
    for word in words:
        name, equals, value = word.removeprefix("--set=").partition("=")
        if before in declared or name in declared:
            found |= in_text(value if name in declared else word)
        elif before == "--set" or word.startswith("--set="):
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


def in_text(text: str) -> dict[str, str]:
    """Return the secrets that stand in a prompt or another text, which may well talk of keys and tokens.

    Only what is unmistakable: a key with a vendor's prefix, a token, and what looks like a
    key behind a word such as ``api_key``. A hash or a picture's data is neither.
    """
    found = {f"a key ({m[1]}…)": m[0] for m in _PREFIXED.finditer(text) if sum(c.isdigit() for c in m[0]) >= 3}
    found |= {f"a token ({m[0][:3]}…)": m[0] for m in _TOKEN.finditer(text)}
    found |= {m["word"]: m["value"] for m in _ASSIGNED.finditer(text) if _mixed(m["value"])}
    return found


def _mixed(value: str) -> bool:
    return any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def set_values(line: str) -> list[str]:
    """Return every literal after ``--set``, for a field that turned out to be secret."""
    try:
        words = split(line)
    except UsageProblem:
        words = line.split()
    pairs = [w.removeprefix("--set=") for i, w in enumerate(words) if w.startswith("--set=") or words[i - 1] == "--set"]
    return [value for pair in pairs if _is_literal(value := pair.partition("=")[2])]


def cell_values(cell: str) -> list[str]:
    """Return every literal in a cell of YAML, a short one with its key, for a field that turned out to be secret."""
    found = ((match[0].strip(), match["value"].strip("'\"")) for match in _YAML_LINE.finditer(cell))
    # A word as short as `yes` stands in many places that have nothing to do with it: it goes with its line.
    return [value if len(value) > _SHORT else line for line, value in found if _is_literal(value)]


def _is_secret(name: str, value: str) -> bool:
    if not _is_literal(value):
        return False
    if name.startswith("configs."):
        return False
    return name.startswith("secrets.") or bool(_ENDS_SECRET.search(name)) or looks_like_key(value)


def _is_path(word: str) -> bool:
    """Tell whether a word is a path: keys have slashes too, but begin with none, have no endings and are not there."""
    if word.startswith(("/", "./", "../", "~")) or word.endswith(("/", ".yaml", ".yml", ".env", ".example")):
        return True
    try:
        return "/" in word and Path(word).exists()
    except OSError:
        return False


def _is_literal(value: str) -> bool:
    return bool(value) and not _REFERENCE.fullmatch(value)
