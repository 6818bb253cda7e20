"""A Secret shows its value to `reveal` only."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pfconn_jupyter.connections.secret import MASK, Secret

TEXT = "sk-live-äö\"'\\n0123456789abcdef"


@pytest.mark.parametrize(
    "show",
    [repr, str, lambda s: f"{s}", lambda s: f"{s:>40}", lambda s: f"{s!r}", lambda s: str([s])],
)
def test_every_way_of_showing_it_gives_the_mask(show):
    shown = show(Secret(TEXT))
    assert MASK in shown
    assert TEXT not in shown


def test_the_mask_does_not_tell_the_length():
    assert repr(Secret("a")) == repr(Secret("a" * 500))
    with pytest.raises(TypeError):
        len(Secret("a"))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_is_refused_with_the_way_that_works(protocol):
    with pytest.raises(TypeError, match=r"pfconn\.get"):
        pickle.dumps({"k": Secret(TEXT)}, protocol)


def test_json_finds_nothing_to_write():
    with pytest.raises(TypeError):
        json.dumps(Secret(TEXT))
    with pytest.raises(TypeError):
        json.dumps(Secret(TEXT), default=vars)


def test_copies_are_the_object_itself():
    secret = Secret(TEXT)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_only_a_text_can_be_one_and_the_refusal_does_not_quote_it():
    with pytest.raises(TypeError) as caught:
        Secret(b"sk-bytes-secret")
    assert "sk-bytes" not in str(caught.value)


@given(st.text(st.characters()), st.text(st.characters()))
def test_equality_is_that_of_the_texts(a, b):
    assert (Secret(a) == Secret(b)) is (a == b)
    assert Secret(a).reveal() == a
    assert Secret(a) != a


def test_it_is_not_hashable_since_a_hash_is_a_fingerprint():
    with pytest.raises(TypeError):
        hash(Secret("a"))
