"""A sealed value opens with its key, in its place, and nowhere else."""

from __future__ import annotations

import base64
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunter import assert_clean
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import SealingKeyError, StoreDamaged
from pfconn_jupyter.stores.sealing import SealingKey, bound_to, seal, sealed_under, unseal

KEY = SealingKey.fresh()
PARTS = {
    "store": "0011",
    "scope": "private",
    "name": "my-conn",
    "type": "openai",
    "field": "api_key",
    "configs": {"base_url": "https://here.example", "model": "m"},
}
OTHER = {
    "store": "0012",
    "scope": "shared",
    "name": "my-conn2",
    "type": "azure_openai",
    "field": "api_key2",
    "configs": {"base_url": "https://elsewhere.example", "model": "m"},
}
ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates as well
CONFIGS = st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=4)


@given(ANY_TEXT, ANY_TEXT, CONFIGS)
def test_any_text_comes_back(text, name, configs):
    beside = bound_to(**{**PARTS, "name": name, "configs": configs})
    again = bound_to(**{**PARTS, "name": name, "configs": dict(reversed(configs.items()))})
    assert unseal(seal(Secret(text), KEY, beside), KEY, again).reveal() == text


@given(CONFIGS, CONFIGS)
def test_two_sets_of_configs_never_look_alike(one, two):
    same = bound_to(**{**PARTS, "configs": one}) == bound_to(**{**PARTS, "configs": two})
    assert same == (one == two)


@pytest.mark.parametrize("part", list(PARTS))
def test_each_part_of_its_place_binds(part):
    sealed = seal(Secret("secret-value-0123"), KEY, bound_to(**PARTS))
    assert unseal(sealed, KEY, bound_to(**PARTS)).reveal() == "secret-value-0123"
    with pytest.raises(StoreDamaged) as refused:
        unseal(sealed, KEY, bound_to(**{**PARTS, part: OTHER[part]}))
    assert "changed outside pfconn" in refused.value.problem
    assert_clean("secret-value-0123", refused.value, sealed)


def test_a_removed_config_is_noticed():
    sealed = seal(Secret("s"), KEY, bound_to(**PARTS))
    with pytest.raises(StoreDamaged):
        unseal(sealed, KEY, bound_to(**{**PARTS, "configs": {"model": "m"}}))


@given(st.integers(min_value=0), st.integers(1, 255))
def test_every_changed_byte_is_noticed(position, change):
    sealed = seal(Secret("secret"), KEY, b"")
    head, key_id, body = sealed.split(".")
    raw = bytearray(base64.b64decode(body))
    raw[position % len(raw)] ^= change
    text = base64.b64encode(raw).decode()
    with pytest.raises(StoreDamaged):
        unseal(f"{head}.{key_id}.{text}", KEY, b"")


@pytest.mark.parametrize("text", ["", "x", "pfconn1", "pfconn1..", "pfconn1.0011.", "pfconn1.0011.!!", "other.a.AAAA"])
def test_what_is_no_sealed_text_is_told(text):
    with pytest.raises(StoreDamaged):
        sealed_under(text)


def test_a_newer_format_says_update():
    with pytest.raises(StoreDamaged, match="newer"):
        sealed_under("pfconn2.0011.AAAA")


def test_another_key_is_named():
    other = SealingKey.fresh()
    sealed = seal(Secret("s"), KEY, b"")
    assert sealed_under(sealed) == KEY.id
    with pytest.raises(SealingKeyError) as refused:
        unseal(sealed, other, b"")
    assert KEY.id in refused.value.problem
    assert f"import the key {KEY.id}" in refused.value.hint.lower()


def test_equal_secrets_are_sealed_differently():
    assert len({seal(Secret("same"), KEY, b"") for _ in range(50)}) == 50


def test_a_key_is_shown_by_its_id_only():
    text = KEY.as_text().reveal()
    assert SealingKey.from_text(text, KEY.id, "here").id == KEY.id
    assert_clean(text, repr(KEY), str(KEY), f"{KEY}")
    with pytest.raises(TypeError):
        pickle.dumps(KEY)
    for wrong in ("", "no base64!", SealingKey.fresh().as_text().reveal()):
        with pytest.raises(SealingKeyError, match=KEY.id):
            SealingKey.from_text(wrong, KEY.id, "here")
