"""A home of the real prompt flow: its store, its keyring file, its own Python."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from requirements import ROOT, require

HERE = Path(__file__).parent


@dataclass(frozen=True)
class PromptFlow:
    """The real prompt flow, with files of its own in ``home``."""

    python: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """What its processes see: nothing of this machine's."""
        return {
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "PF_HOME_DIRECTORY": str(self.home / "pf"),
            "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring",
            "PATH": f"{Path(self.python).parent}:{os.defpath}",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
        }

    def run(self, script: str, asked: Any, **environment: str) -> Any:
        """Run a script of this folder with ``asked`` on its standard input, as JSON; return the JSON of its end."""
        done = subprocess.run(
            [self.python, str(HERE / script)],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            env={**self.environment, **environment},
            cwd=self.home,
            timeout=110,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def promptflow(tmp_path, monkeypatch) -> PromptFlow:
    """Return the real prompt flow in an empty home, which is this process's too."""
    found = PromptFlow(require("promptflow"), tmp_path / "pf-home")
    (found.home / "pf").mkdir(parents=True)
    # `pf config set telemetry.enabled=false` writes this.
    (found.home / "pf" / "pf.yaml").write_text("telemetry:\n  enabled: false\n")
    for name in ("HOME", "XDG_DATA_HOME", "PF_HOME_DIRECTORY"):
        monkeypatch.setenv(name, found.environment[name])
    return found
