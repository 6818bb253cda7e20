"""Which Azure ML workspace this is: by config.json, or by what a compute says. Reads files only."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FILES = (Path("config.json"), Path(".azureml", "config.json"))
# What the file calls it, what a compute's environment does, and how it may look.
_PARTS = (
    ("subscription_id", "AZUREML_ARM_SUBSCRIPTION", re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    ("resource_group", "AZUREML_ARM_RESOURCEGROUP", re.compile(r"[\w.()-]{0,89}[\w()-]")),
    ("workspace_name", "AZUREML_ARM_WORKSPACE_NAME", re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{1,32}")),
)
_VARIABLES = "AZUREML_ARM_SUBSCRIPTION, AZUREML_ARM_RESOURCEGROUP and AZUREML_ARM_WORKSPACE_NAME"
_LONGEST = 1_000_000
_HINT = (
    "Download config.json on the workspace's page in the portal, or name the store: %pfconn store keyvault:NAME,"
    " or azureml://subscriptions/S/resourceGroups/G/workspaces/W."
)
_ID = re.compile(
    r"(?i)/subscriptions/([^/]+)/resourcegroups/([^/]+)(?:/providers/microsoft\.machinelearningservices)?"
    r"/workspaces/([^/]+)/?"
)


@dataclass(frozen=True)
class Workspace:
    """An Azure ML workspace.

    Attributes
    ----------
    said_by
        The file or the variables that name it.
    """

    subscription: str
    resource_group: str
    name: str
    said_by: str = ""

    @property
    def id(self) -> str:
        """Its id in Azure Resource Manager."""
        group = f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
        return f"{group}/providers/Microsoft.MachineLearningServices/workspaces/{self.name}"


def workspace_here() -> Workspace | None:
    """Return the workspace that this folder or machine belongs to, as far as that is clear; sends nothing."""
    with suppress(StoreUnavailable):
        return find_workspace()
    return None


def find_workspace(start: Path | None = None) -> Workspace:
    """Return the workspace of a folder, of the ones above it, or of this machine, in this order.

    Raises
    ------
    StoreUnavailable
        None is named, or the nearest file that should name one does not.
    """
    folder = start or _here()
    for path in _places(folder):
        found = _read(path)
        # There are many other config.json in the world.
        if found is not None and any(key in found for key, _, _ in _PARTS):
            return _workspace([found.get(key) for key, _, _ in _PARTS], [key for key, _, _ in _PARTS], str(path))
    names = [name for _, name, _ in _PARTS]
    if any(os.environ.get(name) for name in names):
        return _workspace([os.environ.get(name) for name in names], names, "the environment")
    raise StoreUnavailable(
        f"No Azure ML workspace is named here: there is no config.json and no .azureml/config.json of one in {folder} "
        f"or above, and {_VARIABLES} are not set.",
        _HINT,
    )


def workspace_of(text: str) -> Workspace:
    """Return the workspace of ``/subscriptions/S/resourceGroups/G/workspaces/W``, or of its resource id.

    Raises
    ------
    StoreUnavailable
        It is neither.
    """
    found = _ID.fullmatch(text.strip())
    if found is None:
        shown = text if len(text) <= 120 else f"{text[:120]}…"
        hint = "Write azureml: for the workspace here, or azureml://subscriptions/S/resourceGroups/G/workspaces/W."
        raise StoreUnavailable(f"{shown!r} names no Azure ML workspace.", hint)
    return _workspace([*found.groups()], [key for key, _, _ in _PARTS], "the address")


def _here() -> Path | None:
    try:
        return Path.cwd()
    except OSError:
        # The folder was deleted meanwhile.
        return None


def _places(folder: Path | None) -> Iterator[Path]:
    for each in (folder, *folder.parents) if folder else ():
        yield from (each / file for file in _FILES)


def _read(path: Path) -> Mapping[str, Any] | None:
    """Return what a file says; None if there is none, or it is no workspace's."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(_LONGEST + 1)
        found = json.loads(text) if len(text) <= _LONGEST else None
    except OSError:
        return None
    except (ValueError, RecursionError):
        raise StoreUnavailable(f"{path} cannot be read: it is no JSON.", _HINT) from None
    return found if isinstance(found, dict) else None


def _workspace(values: list[Any], names: list[str], said_by: str) -> Workspace:
    for value, name, (_, _, rule) in zip(values, names, _PARTS, strict=True):
        if not value:
            raise StoreUnavailable(f"The workspace in {said_by} is incomplete: {name} is missing.", _HINT)
        if not isinstance(value, str) or not rule.fullmatch(value):
            raise StoreUnavailable(f"The workspace in {said_by} cannot be used: {name} is not well-formed.", _HINT)
    subscription, group, name = values
    return Workspace(subscription, group, name, said_by)
