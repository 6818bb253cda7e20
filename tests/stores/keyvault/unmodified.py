"""The contract, with nothing injected: run by test_environment in a process of its own."""

from __future__ import annotations

import itertools
import os

import pytest

from pfconn_jupyter.stores.address import open_store
from pfconn_jupyter.testing.store_contract import StoreContract

VAULTS = itertools.count()


class TestUnmodified(StoreContract):
    @pytest.fixture
    def store(self):
        return open_store(f"keyvault:{os.environ['VAULTS']}{next(VAULTS)}")

    @pytest.fixture
    def other_store(self, store):
        return open_store(f"https://{store.title}.vault.azure.net")
