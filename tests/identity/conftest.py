"""Microsoft Entra ID on this machine, with a certificate that only these tests trust."""

from __future__ import annotations

import pytest

from standins.entra import running


@pytest.fixture
def entra(tmp_path, monkeypatch):
    with running(tmp_path / "ca.pem", monkeypatch) as service:
        yield service
