"""YAML files: every form of prompt flow's, and ours; one file, with one or more documents, or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.causes import bare
from pfconn_jupyter.connections.registry import type_name
from pfconn_jupyter.connections.spec import Spec, spec_of
from pfconn_jupyter.connections.yaml_text import documents
from pfconn_jupyter.errors import InvalidConnection, PfconnError, UnknownType, UsageProblem
from pfconn_jupyter.interop.found import Found, built
from pfconn_jupyter.interop.walking import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pfconn_jupyter.interop.sources import Request

_ENDINGS = (".yml", ".yaml")
_SOME = 5
"""Files that are named; of more, the number is told."""


def read(request: Request) -> Iterator[Found]:
    """Yield the connections of a file, or of all files below a folder, by path.

    Raises
    ------
    UsageProblem
        A file that was named cannot be read, or holds no connection.
    """
    if not request.path.is_dir():
        yield from _of_file(request.path, _documents(request.path))
        return
    others, env = [], []
    for path in files(request.path, request.tell):
        shown = path.relative_to(request.path).as_posix()
        if path.name.startswith(".env") or path.suffix == ".env":
            env.append(shown)
        if path.suffix.lower() not in _ENDINGS:
            continue
        try:
            said = [each for each in _documents(path) if each.is_connection]
        except UsageProblem as error:
            request.tell(f"{error.problem} It was left out.")
            continue
        if not said:
            others.append(shown)
        yield from _of_file(path, said)
    if others:
        request.tell(f"YAML without a connection of a known type: {_some(others)}.")
    if env:
        request.tell(f"Not read, import each by itself: {_some(env)}.")


@dataclass(frozen=True)
class _Said:
    """What one document says: `spec` holds its secrets as such, or why it cannot be read."""

    type: str
    name: str
    is_connection: bool
    spec: Spec | PfconnError


def _documents(path: Path) -> list[_Said]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a text file"
        raise UsageProblem(f"{path} cannot be read: {why}.", "Give the path of a YAML file.") from None
    try:
        return [_said(content) for content in documents(text, str(path))]
    except UsageProblem as error:
        refused = bare(error)
    finally:
        # The frame stays in the error that leaves.
        text = ""
    raise refused


def _said(content: dict[str, Any]) -> _Said:
    type, name = (str(content.get(key) or "") for key in ("type", "name"))
    schema = "Connection" in str(content.get("$schema") or "")
    spec: Spec | PfconnError
    try:
        spec = spec_of(content)
    except InvalidConnection as error:
        spec = bare(error)
    finally:
        content.clear()
    return _Said(type, name, schema or (bool(type) and type_name(type) is not None), spec)


def _of_file(path: Path, everything: Sequence[_Said]) -> Iterator[Found]:
    for number, said in enumerate(everything):
        yield _one(said, str(path), path.stem if len(everything) == 1 else f"{path.stem}-{number + 1}")


def _one(said: _Said, origin: str, otherwise: str) -> Found:
    name, type, spec = said.name or otherwise, type_name(said.type) or said.type, said.spec
    if isinstance(spec, PfconnError):
        return Found(name, type, origin, spec)
    notes = [] if said.name else [f"The file gives no name: {otherwise}."]
    if spec.literal_secrets:
        notes.append(f"The file holds {', '.join(spec.literal_secrets)} in plain text: delete it there.")
    if spec.note:
        notes.append(spec.note)
    if not spec.type:
        untyped = UnknownType("It does not say its type.", "Add the line type: TYPE; see %pfconn types.")
        return Found(name, "", origin, untyped, notes=tuple(notes))
    return built(name, spec.type, spec.fields, origin, notes)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SOME} more" if len(names) > _SOME else ""
    return ", ".join(names[:_SOME]) + more
