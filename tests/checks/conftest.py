"""What tests of checks share: a scripted service, and connections to it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from pfconn_jupyter.checks import sending
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from standins.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pfconn_jupyter.connections.connection import Connection

SECRET = "Zk7-q0W/e5R+t1Y2u9I4o8P3a6S"


@pytest.fixture
def secret() -> str:
    """Return a key that looks like nothing else."""
    return SECRET


@pytest.fixture
def service() -> Iterator[Service]:
    """Return a service on this machine; a test scripts its answers."""
    with Service() as running:
        yield running


@pytest.fixture
def azure() -> Callable[[str], Connection]:
    """Return a maker of Azure OpenAI connections to an address."""
    return lambda url: build(connection_type("azure_openai"), {"api_base": url, "api_key": SECRET})


@pytest.fixture
def openai() -> Callable[[str], Connection]:
    """Return a maker of OpenAI connections to an address."""
    return lambda url: build(connection_type("openai"), {"base_url": f"{url}/v1", "api_key": SECRET})


@pytest.fixture
def debug_log() -> Iterator[list[str]]:
    """Return everything that any logger writes, down to DEBUG."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name} {record.getMessage()} {record.exc_info}")

    keeper, root = Keeper(), logging.getLogger()
    before = root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(keeper)
    root.setLevel(before)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second instead of ten."""
    monkeypatch.setattr(sending, "BUDGET", 0.5)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the machine's own proxy away."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
