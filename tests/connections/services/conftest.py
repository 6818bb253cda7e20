"""What the tests of all services share: a scripted service, connections to it, and no proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import trustme

from checks.conftest import debug_log, impatient, no_proxy, secret, service  # noqa: F401  fixtures
from connections.services.situations import connection_to

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pfconn_jupyter.connections.connection import Connection


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Connection]:
    """Return a maker of connections: ``connect(type, url, **fields)``, with a key if none is given."""

    def made(word: str, url: str, **fields: Any) -> Connection:
        return connection_to(monkeypatch, word, url, **fields)

    return made


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Return an authority that REQUESTS_CA_BUNDLE names."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    return made
