"""One server and one browser for all browser tests; each test has a notebook and a kernel of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.front_end import browsing, serving
from requirements import require

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from browser.front_end import Server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium."""
    require("browser")
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a notebook server that saves widget states: the setting under which most can leak."""
    require("jupyterlab")
    with serving(tmp_path_factory.mktemp("jupyter"), save_state=True) as found:
        yield found
