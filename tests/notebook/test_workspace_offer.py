"""On an Azure ML machine status offers the workspace's vault, and never switches."""

from __future__ import annotations

import json

import pytest

from standins.arm import CONFIG, NAME

OFFER = "%pfconn store keyvault:@workspace"


@pytest.fixture
def here(notebook, tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.delenv("PFCONN_STORE")
    return tmp_path / "work"


def test_it_is_offered_where_nobody_chose_a_store(notebook, here, monkeypatch):
    assert OFFER not in repr(notebook("%pfconn"))
    (here / "config.json").write_text(json.dumps(CONFIG))
    shown = repr(notebook("%pfconn"))
    assert OFFER in shown
    assert f"Azure ML workspace {NAME}" in shown
    assert "local:" in repr(notebook("%pfconn store"))
    monkeypatch.setenv("PFCONN_STORE", "local:")
    assert OFFER not in repr(notebook("%pfconn"))


def test_a_file_that_cannot_be_read_does_not_disturb_status(notebook, here):
    (here / "config.json").write_text("{")
    assert OFFER not in repr(notebook("%pfconn status"))
    assert "no JSON" in notebook.fails("%pfconn store keyvault:@workspace").problem
