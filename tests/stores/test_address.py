"""An address opens its store; what is none is told, with the nearest that is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pfconn_jupyter.errors import StoreUnavailable
from pfconn_jupyter.stores import address
from pfconn_jupyter.stores.address import open_store
from pfconn_jupyter.stores.local import LocalStore


def test_local_is_the_default_file_and_makes_nothing(pfconn_home):
    store = open_store("local:")
    assert isinstance(store, LocalStore)
    assert store.address == "local:"
    assert store.list() == []
    assert not pfconn_home.exists()


def test_a_path_is_spelled_out(tmp_path, monkeypatch, pfconn_home):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for text in ("local:team.db", "LOCAL:./team.db", "local:~/team.db", f"local:{tmp_path}/team.db", " local:team.db "):
        assert open_store(text).address == f"local:{tmp_path}/team.db"
    assert open_store(f"local:{pfconn_home}/connections.db").address == "local:"
    assert open_store(open_store("local:team.db").address).address == f"local:{tmp_path}/team.db"
    assert list(Path(tmp_path).iterdir()) == []


def test_a_new_scheme_is_one_line(monkeypatch):
    monkeypatch.setitem(address.STORES, "memory", f"{__name__}:memory")
    assert open_store("memory:a:b") == "opened a:b"


def memory(rest):
    return f"opened {rest}"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("locl:", "local:"),
        ("key-vault:contoso", "keyvault:"),
        ("local", "local:"),
        ("azure-ml:x", "azureml:"),
        ("envs:", "env:"),
        ("team.db", "local:team.db"),
        ("", ""),
    ],
)
def test_what_is_no_address_is_told(text, meant):
    with pytest.raises(StoreUnavailable) as refused:
        open_store(text)
    assert f"Did you mean {meant}?" in refused.value.problem if meant else "Did you" not in refused.value.problem
    assert "local:/path/file.db" in refused.value.hint
