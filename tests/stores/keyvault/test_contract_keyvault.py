"""The Key Vault store keeps the contract of stores, in both scopes."""

from __future__ import annotations

import pytest

from pfconn_jupyter.testing.store_contract import StoreContract


class TestShared(StoreContract):
    @pytest.fixture
    def store(self, open_as):
        return open_as("alice")

    @pytest.fixture
    def other_store(self, open_as):
        return open_as("alice")


class TestPrivate(TestShared):
    @pytest.fixture
    def scope(self):
        return "private"
