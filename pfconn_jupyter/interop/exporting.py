"""Writes connections to files without their secrets, and overwrites nothing unasked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pfconn_jupyter.errors import NotSupported, UsageProblem
from pfconn_jupyter.interop.formats import as_dotenv, as_yaml
from pfconn_jupyter.interop.promptflow_file import as_promptflow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pfconn_jupyter.interop.described import Described

Format = Literal["pfconn", "promptflow", "env"]
FORMATS: tuple[Format, ...] = ("pfconn", "promptflow", "env")


@dataclass(frozen=True)
class Written:
    """One file, the connections in it, and what is to be told of them."""

    path: Path
    names: tuple[str, ...]
    text: str
    notes: tuple[str, ...] = ()


def format_of(to: str, format: Format | None) -> Format:
    """Return the format that was said, or that the file's name says."""
    return format or ("env" if ".env" in Path(to).name else "pfconn")


def plan(
    everything: Sequence[Described], to: str, format: Format | None, reference: Callable[[Described, str], str]
) -> list[Written]:
    """Return what would be written where; writes nothing.

    Parameters
    ----------
    to
        A file, or a folder (``out/``) that gets a file for each connection.
    format
        None: by the file's name, ``.env`` or YAML.

    Raises
    ------
    UsageProblem
        Several connections for a file that holds one, or the same variable twice.
    NotSupported
        Prompt flow cannot have one of them.
    """
    path = Path(to).expanduser()
    chosen = format_of(to, format)
    into_folder = to.endswith(("/", "\\")) or path.is_dir()
    if chosen == "env" and not into_folder:
        return [Written(path, tuple(d.name for d in everything), as_dotenv(everything, reference))]
    if not into_folder and len(everything) != 1:
        raise UsageProblem(
            f"{len(everything)} connections do not fit into one YAML file: prompt flow reads one from each.",
            f"Give a folder: --to {path.with_suffix('')}/.",
        )
    ending = ".env.example" if chosen == "env" else ".yaml"
    return [_file(path / f"{d.name}{ending}" if into_folder else path, d, chosen, reference) for d in everything]


def _file(path: Path, described: Described, format: Format, reference: Callable[[Described, str], str]) -> Written:
    if format == "env":
        return Written(path, (described.name,), as_dotenv([described], reference))
    if format == "pfconn":
        return Written(path, (described.name,), as_yaml(described))
    try:
        text, notes = as_promptflow(described)
    except NotSupported as error:
        raise NotSupported(f"{described.name}: {error.problem} Nothing was written.", error.hint) from None
    return Written(path, (described.name,), text, tuple(f"{described.name}: {note}" for note in notes))


def write(files: Sequence[Written], *, replace: bool = False) -> None:
    """Write ``files``, all or, where one exists already, none.

    Raises
    ------
    UsageProblem
        A file exists, or cannot be written.
    """
    if not replace and (there := [f.path for f in files if f.path.exists()]):
        raise UsageProblem(
            f"{', '.join(map(str, there[:3]))} exists; nothing was written.",
            "Choose another name, or add --replace to write over it.",
        )
    for file in files:
        try:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            file.path.write_text(file.text, encoding="utf-8")
        except OSError as error:
            raise UsageProblem(f"{file.path} cannot be written: {error.strerror}.", "Choose another place.") from None
