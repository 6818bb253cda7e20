"""A package that brings a type: built, installed into a scratch environment, listed, used, removed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING

import pytest

from hunter import assert_clean
from plugin_packages import WEATHER
from requirements import ROOT, require
from standins.service import Reply, Service

if TYPE_CHECKING:
    from pathlib import Path

KEY = "Zk1-packaged-type-secret-0026"
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "contoso-weather"
version = "1.4.2"
dependencies = ["pfconn_jupyter"]

[project.entry-points."pfconn_jupyter.connections"]
weather = "contoso_weather.connections:Weather"
tides = "contoso_weather.tides:Tides"
"""
BEGINNING = "import json, sys, warnings\nimport pfconn_jupyter as pfconn\n"

pytestmark = pytest.mark.slow


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    require("hatchling")
    folder = tmp_path_factory.mktemp("project")
    package = folder / "contoso_weather"
    package.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (package / "__init__.py").touch()
    (package / "connections.py").write_text(WEATHER)
    (package / "tides.py").write_text("import a_package_that_nobody_has\n")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", folder / "dist", folder)
    (found,) = (folder / "dist").glob("*.whl")
    return found


class Scratch:
    """An environment of its own, with this one's packages below it."""

    def __init__(self, folder: Path) -> None:
        run(sys.executable, "-m", "venv", "--without-pip", folder)
        self.python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        (site,) = (p for p in folder.rglob("site-packages") if p.is_dir())
        (site / "below.pth").write_text(sysconfig.get_path("purelib"))

    def pip(self, *words):
        run(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", self.python, *words)

    def __call__(self, script):
        """Run a script; return what it prints as JSON."""
        done = run(self.python, "-W", "always", "-c", BEGINNING + script, env={**os.environ, "PYTHONPATH": str(ROOT)})
        self.shown = done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    monkeypatch.setenv("PFCONN_STORE", "local:")
    monkeypatch.setenv("WEATHER_KEY", KEY)
    return Scratch(tmp_path / "scratch")


TYPES = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "pfconn_jupyter")
assert not any(module.startswith("contoso") for module in sys.modules)
table = shell.run_line_magic("pfconn", "types")
print(json.dumps({row["type"]: [row["source"], row.get("problem", "")] for row in table.to_dict("records")}))
"""
USE = """
pfconn.create("weather", "w", api_base="{url}", api_key=__import__("os").environ["WEATHER_KEY"])
(outcome,) = pfconn.test("w")
print(json.dumps([outcome.status, outcome.detail, type(pfconn.get("w")).__module__, pfconn.list()[0].package]))
"""
AFTER = """
with warnings.catch_warnings(record=True) as told:
    found = pfconn.get("w")
(record,) = pfconn.list()
(outcome,) = pfconn.test("w")
print(json.dumps([record.type, record.problem, str(told[0].message), found.configs, outcome.status, outcome.detail]))
"""


def test_it_is_listed_used_and_missed(wheel, scratch):
    with Service() as service:
        service.on("/v1/stations", Reply(200, []))
        scratch.pip("install", "--no-deps", "--no-index", "--no-warn-conflicts", wheel)
        types = scratch(TYPES)
        assert types["weather"] == ["package contoso-weather 1.4.2", ""]
        source, problem = types["tides"]
        assert source == "package contoso-weather 1.4.2"
        assert problem == "ModuleNotFoundError: No module named 'a_package_that_nobody_has'."
        assert types["openai"] == ["built-in", ""]
        assert scratch(USE.replace("{url}", service.url)) == [
            "ok",
            "secret accepted",
            "contoso_weather.connections",
            "contoso-weather",
        ]
        assert service.received[0].headers["api-key"] == KEY
        assert_clean(KEY, scratch.shown)
        scratch.pip("uninstall", "-y", "contoso-weather")
        type_, problem, told, configs, status, detail = scratch(AFTER)
        assert type_ == "weather"
        assert "package contoso-weather, which is not installed here" in problem
        assert problem in told
        assert configs == {"api_base": service.url, "units": "metric"}
        assert (status, detail) == ("not_checked", problem)
        assert len(service.received) == 1
        assert_clean(KEY, scratch.shown)
