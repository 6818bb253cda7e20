"""The local store keeps the contract of stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pfconn_jupyter.stores.local import LocalStore
from pfconn_jupyter.testing.store_contract import StoreContract

if TYPE_CHECKING:
    from pathlib import Path


class TestDefaultFile(StoreContract):
    @pytest.fixture
    def store(self):
        return LocalStore()

    @pytest.fixture
    def other_store(self):
        return LocalStore()


class TestAnyFile(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path):
        return LocalStore(tmp_path / "folder with spaces % ü" / "team?#.db")

    @pytest.fixture
    def other_store(self, store, tmp_path: Path):
        return LocalStore(tmp_path / "folder with spaces % ü" / "team?#.db")
