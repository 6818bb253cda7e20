"""What every store must do, as tests, for authors of stores.

::

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self):
            return MyStore(...)  # empty

``other_store`` may open the same data a second time, as another process would. A store that
keeps no versions and nothing deleted subclasses `ValueContract` instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pfconn_jupyter.testing.contract_values import ValueTests
from pfconn_jupyter.testing.contract_versions import DeletionTests, VersionTests

if TYPE_CHECKING:
    from pfconn_jupyter.connections.record import Scope
    from pfconn_jupyter.stores.store import Store


class ValueContract(ValueTests):
    """For a store that keeps no versions and nothing deleted; else use `StoreContract`."""

    @pytest.fixture
    def store(self) -> Store:
        """Return the store under test, empty."""
        raise NotImplementedError

    @pytest.fixture
    def other_store(self, store: Store) -> Store:
        """Return the same data opened a second time."""
        return store

    @pytest.fixture
    def scope(self, store: Store) -> Scope:
        """Return the scope the tests write to: the store's default."""
        return next(iter(store.scopes))


class StoreContract(ValueContract, VersionTests, DeletionTests):
    """Subclass it, named ``Test…``, with a fixture ``store`` that gives an empty store."""
