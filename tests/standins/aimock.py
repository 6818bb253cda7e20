"""An independent stand-in of OpenAI and Azure OpenAI: the npm package ``@copilotkit/aimock``.

Needs Node. It answers 401 to a wrong or missing key, on the paths of both services.
"""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "aimock-4f1d2c7b9e8a6350"
_FIXTURES = {
    "fixtures": [
        {"match": {"userMessage": "hi"}, "response": {"content": "pong"}},
        {"match": {"inputText": "hi"}, "response": {"embedding": [0.25, 0.5, 0.75]}},
    ]
}
_START_SECONDS = 20


@dataclass(frozen=True)
class Aimock:
    """A running server: its address (without a path), and the one key that it takes."""

    url: str
    key: str = KEY


@contextmanager
def aimock(binary: str, key: str = KEY, more: list[dict[str, Any]] | None = None) -> Iterator[Aimock]:
    """Run aimock at ``binary`` on a free port of this machine until the block ends; ``more`` are its fixtures too."""
    with tempfile.TemporaryDirectory() as folder:
        fixtures = Path(folder, "fixtures")
        fixtures.mkdir()
        (fixtures / "hi.json").write_text(json.dumps(_FIXTURES))
        if more:
            (fixtures / "more.json").write_text(json.dumps({"fixtures": more}))
        config = Path(folder, "aimock.json")
        config.write_text(json.dumps({"llm": {"fixtures": str(fixtures)}, "auth": {"apiKeys": [key]}}))
        port = free_port()
        log = Path(folder, "log")
        with (
            log.open("wb") as written,
            subprocess.Popen([binary, "-c", str(config), "-p", str(port)], stdout=written, stderr=written) as process,
        ):
            try:
                url = f"http://127.0.0.1:{port}"
                _wait(url, process, log)
                yield Aimock(url, key)
            finally:
                process.kill()


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    # Not through a proxy of this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(_START_SECONDS * 10):
        try:
            opener.open(f"{url}/v1/models", timeout=1).close()
        except urllib.error.HTTPError as refused:
            refused.close()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"aimock did not start: {log.read_text(errors='replace')[-500:]}")
