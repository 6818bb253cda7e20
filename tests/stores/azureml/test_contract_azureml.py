"""The store of a workspace's connections keeps the contract of stores, but for versions."""

from __future__ import annotations

import pytest

from pfconn_jupyter.errors import NotSupported
from pfconn_jupyter.testing.samples import openai
from pfconn_jupyter.testing.store_contract import ValueContract


class TestShared(ValueContract):
    NAME = "My-conn_1"

    @pytest.fixture
    def store(self, open_as):
        return open_as("alice")

    @pytest.fixture
    def other_store(self, open_as):
        return open_as("alice")


class TestRestricted(TestShared):
    @pytest.fixture
    def scope(self):
        return "restricted"


class TestWhereSecretsHaveNoDate(TestShared):
    @pytest.fixture(autouse=True)
    def undated(self, workspace):
        workspace.dated_secrets = False

    def test_what_is_put_comes_back(self, store, other_store, scope):
        """Its record is the same but for the dates, which ``listsecrets`` does not tell."""
        record = store.put(self.NAME, openai(), scope=scope)
        found = other_store.get(self.NAME, scope).record
        assert (found.name, found.configs, found.created) == (record.name, record.configs, None)
        # Yet an update that begins with it is not taken for late.
        assert store.put(self.NAME, openai(model="m"), scope=scope, expect=found.rev).configs == {"model": "m"}

    def test_types_come_back_as_they_were(self):
        """Tested above."""


@pytest.mark.parametrize("method", ["deleted", "restore", "purge", "history", "rollback", "repair", "backup_key"])
def test_what_a_workspace_cannot_do_is_refused_in_words(store, workspace, method):
    words = {"deleted": (), "backup_key": ("x",), "rollback": ("one", "shared", "0123")}.get(method, ("one", "shared"))
    with pytest.raises(NotSupported) as refused:
        getattr(store, method)(*words)
    assert "ml-team" in refused.value.problem
    assert "%pfconn" in refused.value.hint
    assert workspace.requests == []
