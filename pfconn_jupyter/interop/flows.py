"""Which flow files of prompt flow name a connection: DAG flows, flex flows and prompties."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.yaml_text import documents
from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.interop.walking import files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

_YAML = (".yml", ".yaml")
_PROMPTY = ".prompty"
_FRONT = re.compile(r"\A\s*---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"\$\{([^}.]+)\.[^}]*\}")


def naming(names: Collection[str], folder: Path, tell: Callable[[str], None]) -> dict[str, list[str]]:
    """Return name to the flow files below ``folder`` that name it; ``tell`` is told what could not be read."""
    found: dict[str, list[str]] = {name: [] for name in names}
    for path in files(folder, tell):
        if path.suffix not in (*_YAML, _PROMPTY):
            continue
        try:
            mentioned = set(_named_in(path))
        except (OSError, UnicodeDecodeError, UsageProblem):
            if path.suffix == _PROMPTY or "flow" in path.name:
                tell(f"{path} cannot be read as a flow.")
            continue
        for name in mentioned & found.keys():
            found[name].append(path.relative_to(folder).as_posix())
    return found


def _named_in(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == _PROMPTY:
        front = _FRONT.match(text)
        text = front[1] if front else ""
    if "connection" not in text and "${" not in text and "inputs" not in text:
        return
    for content in documents(text, str(path)):
        if not _is_connection_file(content):
            yield from _walk(content)


def _is_connection_file(content: dict[str, Any]) -> bool:
    return "Connection.schema.json" in str(content.get("$schema") or "")


def _walk(value: Any, key: str = "", inputs: bool = False) -> Iterator[str]:
    """Yield what stands after ``connection:``, as an input of a node, or in ``${name.key}``."""
    if isinstance(value, dict):
        for k, v in value.items():
            yield from _walk(v, str(k), inputs=key == "inputs")
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, key)
    elif isinstance(value, str):
        if key == "connection" or inputs:
            yield value
        yield from _KEY.findall(value)
