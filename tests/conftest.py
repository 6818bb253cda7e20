"""Every test gets an empty home, no system keyring and none of the provider's variables."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pfconn_jupyter.connections import defined
from plugin_packages import install  # noqa: F401  # a fixture for all
from requirements import require
from standins import aimock as standin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOREIGN = ("OPENAI_", "AZURE_", "PFCONN_")


@pytest.fixture(autouse=True)
def pfconn_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder this test's files go to; it does not exist yet."""
    for name in list(os.environ):
        # PFCONN_TEST_… is said to the tests themselves.
        if name.startswith(_FOREIGN) and not name.startswith("PFCONN_TEST_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "pfconn-home"
    monkeypatch.setenv("PFCONN_HOME", str(folder))
    # The machine's own keyring must neither be read nor written by a test.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return folder


@pytest.fixture(autouse=True)
def types_of_a_test() -> Iterator[None]:
    """Forget the connection types that a test defines."""
    before = dict(defined._classes)
    yield
    defined._classes.clear()
    defined._classes.update(before)


@pytest.fixture(scope="session")
def aimock() -> Iterator[standin.Aimock]:
    """Return a running stand-in of OpenAI and Azure OpenAI, one for all tests."""
    require("node")
    with standin.aimock(require("aimock")) as server:
        yield server
