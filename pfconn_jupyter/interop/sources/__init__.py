"""Where connections can be imported from: one file per source.

A source has ``read(request) -> Iterator[Found]``. It yields what it finds, in a fixed order,
one that cannot be read with its reason; raises only if the source as a whole cannot be read;
and tells ``request`` what is left over.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pfconn_jupyter.connections.names import did_you_mean
from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.stores.address import STORES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pfconn_jupyter.interop.found import Found

    Read = Callable[["Request"], Iterator[Found]]

WORDS = {"promptflow": "promptflow_store", "environ": "process_environment"}
"""Sources that are named by a word; ``promptflow:FOLDER`` is another folder of prompt flow's."""
_YAML = (".yml", ".yaml")
_KNOWN = (
    "promptflow, environ, a YAML file or folder, a .env file, or a store (azureml:, keyvault:NAME, local:FILE, env:)"
)


@dataclass(frozen=True)
class Request:
    """What is to be read.

    Attributes
    ----------
    word
        The source, as ``%pfconn import`` takes it.
    tell
        Is told what is there and is no connection.
    name
        What one without a name is called.
    as_custom
        Whether all of a ``.env`` file is one custom connection, as prompt flow takes it.
    """

    word: str
    tell: Callable[[str], None]
    name: str = ""
    as_custom: bool = False

    @property
    def path(self) -> Path:
        """The source as a path."""
        return Path(self.word).expanduser()


def read(request: Request) -> Iterator[Found]:
    """Yield the connections of a source.

    Raises
    ------
    UsageProblem
        It is none, or cannot be read as a whole.
    StoreError
        As the source's own store raises it.
    """
    module = _module(request)
    if request.as_custom and module != "dotenv":
        raise UsageProblem(
            "--as custom takes a .env file.", "For example: %pfconn import .env --as custom --name my_api"
        )
    found = cast("Read", import_module(f"{__name__}.{module}").read)
    return found(request)


def _module(request: Request) -> str:
    word, path = request.word, request.path
    scheme, colon, _ = word.partition(":")
    if word in WORDS or (colon and scheme in WORDS):
        return WORDS[scheme]
    if (colon and scheme.lower() in STORES) or ".vault." in word:
        return "another_store"
    if not path.exists():
        nearest = did_you_mean(word, WORDS)
        raise UsageProblem(
            f"There is no source {word!r}: no such file, folder or store.{nearest}", f"Sources: {_KNOWN}."
        )
    if path.is_dir() or path.suffix.lower() in _YAML:
        return "yaml_files"
    if path.name.startswith(".env") or path.suffix == ".env":
        return "dotenv"
    if path.suffix in (".sqlite", ".db"):
        raise UsageProblem(
            f"{word} is a database.",
            f"Of prompt flow: %pfconn import promptflow:{path.parent}. Of pfconn: local:{word}",
        )
    raise UsageProblem(f"{word} is no source: neither YAML nor .env.", f"Sources: {_KNOWN}.")
