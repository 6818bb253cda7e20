"""For pytest: ``pytest_plugins = ["pfconn_jupyter.testing.keyvault.fixture"]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pfconn_jupyter.testing.keyvault.emulator import KeyVaultEmulator

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def keyvault() -> Iterator[KeyVaultEmulator]:
    """Return a running emulator with an empty vault ``contoso``."""
    with KeyVaultEmulator() as emulator:
        yield emulator
