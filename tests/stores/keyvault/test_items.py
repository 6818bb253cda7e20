"""A list that is no list is told, and no page is made up."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from pfconn_jupyter.errors import StoreUnavailable
from pfconn_jupyter.stores.keyvault.access import Access
from pfconn_jupyter.stores.keyvault.store import KeyVaultStore
from pfconn_jupyter.stores.keyvault.vault import vault_of
from refusals import refusal


@pytest.mark.parametrize("body", ["[]", "{}", '"x"', '{"value": [{}]}', '{"value": [1]}', '{"value": 1}', "<html>", ""])
def test_what_is_no_page_is_told(emulator, body):
    answer = SimpleNamespace(raise_for_status=lambda: None, json=lambda: json.loads(body))
    client = SimpleNamespace(send_request=lambda _: answer)
    store = KeyVaultStore(Access(vault_of("contoso"), client, emulator.credential("alice")))
    assert "cannot be read" in refusal(StoreUnavailable, store.list).problem


def test_empty_pages_are_gone_through(emulator, store):
    emulator.vault.empty_pages = True
    for number in range(30):
        emulator.written_by_others(f"pfconn-s-c{number}", "x")
    assert len(store.list()) == 30
