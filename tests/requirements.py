"""Parts that some tests need and not every machine has: Node, a browser, a keyring.

A test says ``require("node")``. Where the part is missing the test is skipped with the
reason; if the part is named in ``PFCONN_TEST_REQUIRE`` (comma separated), as in CI, the
test fails instead, so that nothing is left untested unseen.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Read once: the tests' fixtures take the PFCONN_ variables away.
_DEMANDED = {part.strip() for part in os.environ.get("PFCONN_TEST_REQUIRE", "").split(",") if part.strip()}
_AIMOCK = os.environ.get("PFCONN_AIMOCK", "")
_PROMPTFLOW = os.environ.get("PFCONN_PEER_PROMPTFLOW", "")
_BROWSER = os.environ.get("PFCONN_BROWSER", "")
_AGENTS = os.environ.get("PFCONN_PEER_AGENTS", "")


def find_node() -> str:
    """Return the path of Node, or ``""``."""
    return shutil.which("node") or ""


def find_aimock() -> str:
    """Return the path of ``aimock``: ``PFCONN_AIMOCK``, the repository's node_modules, or PATH; or ``""``."""
    local = ROOT / "node_modules" / ".bin" / "aimock"
    return _AIMOCK or (str(local) if local.exists() else shutil.which("aimock") or "")


def find_browser() -> str:
    """Return the path of a Chromium (``PFCONN_BROWSER``, or on PATH), or ``""``; Playwright brings none."""
    if importlib.util.find_spec("playwright") is None:
        return ""
    names = ("chromium", "chromium-browser", "google-chrome")
    return _BROWSER or next((path for name in names if (path := shutil.which(name))), "")


def find_keyring() -> str:
    """Return the path of a keyring daemon that a test can run on a bus of its own, or ``""``."""
    bus, daemon = shutil.which("dbus-run-session"), shutil.which("gnome-keyring-daemon")
    return daemon or "" if bus else ""


def find_ruff() -> str:
    """Return the path of ruff, of this Python's environment or on PATH, or ``""``."""
    return shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff") or ""


def find_agents() -> str:
    """Return a Python that has langchain-openai, agent-framework-openai and this package: ``PFCONN_PEER_AGENTS``."""
    return _AGENTS


def find_promptflow() -> str:
    """Return the Python of an environment as tests/peers/README.md makes it, or ``""``; it is never in ours."""
    return _PROMPTFLOW if _PROMPTFLOW and Path(_PROMPTFLOW).exists() else ""


_FINDERS = {
    "node": (find_node, "Node.js is not on PATH"),
    "aimock": (find_aimock, "no aimock: npm install @copilotkit/aimock, or set PFCONN_AIMOCK"),
    "browser": (find_browser, "no Chromium on PATH, or no Playwright: set PFCONN_BROWSER"),
    "ruff": (find_ruff, "no ruff: pip install '.[lint]'"),
    "agents": (find_agents, "PFCONN_PEER_AGENTS names no Python with langchain-openai and agent-framework-openai"),
    "promptflow": (
        find_promptflow,
        "no promptflow: see tests/peers/README.md, and set PFCONN_PEER_PROMPTFLOW to its Python",
    ),
    "keyring": (find_keyring, "no gnome-keyring-daemon and dbus-run-session"),
}


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package that it is in
        return False


def require(part: str) -> str:
    """Return where ``part`` is; skip the test without it, or fail it where ``part`` is demanded.

    Parameters
    ----------
    part
        ``node``, ``aimock``, ``browser``, ``keyring``, ``promptflow``, or the name of a Python module.
    """
    if part in _FINDERS:
        find, reason = _FINDERS[part]
        found = find()
    else:
        found, reason = part if _is_there(part) else "", f"the module {part} is not installed"
    if found:
        return found
    if part in _DEMANDED:
        pytest.fail(f"{part} is demanded by PFCONN_TEST_REQUIRE: {reason}", pytrace=False)
    pytest.skip(reason)
