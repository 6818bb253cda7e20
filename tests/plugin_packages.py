"""Packages that bring a connection type, installed by hand: their metadata is what pip would write."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pfconn_jupyter.connections import defined

if TYPE_CHECKING:
    from pathlib import Path

WEATHER = '''
from typing import Annotated

from pfconn_jupyter import Ask, CustomConnection, Endpoint, Secret


class Weather(CustomConnection):
    """The weather service of Contoso."""

    TEST_PATH = "/v1/stations"

    api_base: Annotated[Endpoint, Ask("Address", "Of your region.", env=("WEATHER_URL",))]
    api_key: Annotated[Secret, Ask("API key", env=("WEATHER_KEY",))]
    units: str = "metric"
'''


class Installer:
    """Installs packages into a folder on ``sys.path``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def __call__(
        self, package: str, source: str = WEATHER, entry: str = "weather = {module}:Weather", version: str = "1.2"
    ) -> str:
        """Install a package of one module; return the module's name."""
        module = package.replace("-", "_")
        (self.folder / f"{module}.py").write_text(source)
        info = self.folder / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        lines = ["[pfconn_jupyter.connections]", entry.format(module=module)]
        (info / "entry_points.txt").write_text("\n".join(lines))
        return module

    def remove(self, package: str) -> None:
        """Uninstall it, also from this process."""
        module = package.replace("-", "_")
        (self.folder / f"{module}.py").unlink()
        for info in self.folder.glob(f"{module}-*.dist-info"):
            for file in info.iterdir():
                file.unlink()
            info.rmdir()
        sys.modules.pop(module, None)
        for cls in defined.classes():
            if cls.__module__ == module:
                defined.forget(cls)


@pytest.fixture
def install(tmp_path, monkeypatch):
    installer = Installer(tmp_path / "site-packages")
    before = set(sys.modules)
    monkeypatch.syspath_prepend(installer.folder)
    # Without the cache of bytecode, a module written twice within a second is read twice.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield installer
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(installer.folder) in str(sys.modules[name].__file__):
            del sys.modules[name]
