"""Names: legal ones, equal ones, and keys pasted in their place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pfconn_jupyter.connections.names import check_name, did_you_mean, fold, looks_like_key, nearest_legal
from pfconn_jupyter.errors import InvalidName


@pytest.mark.parametrize("name", ["a", "9", "my_aoai", "team.prod-2", "A" * 64])
def test_legal_names_pass(name):
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "_a", "-a", ".a", "a b", "a/b", 'a"c', "ä", "a" * 65, "a\n", "a b/../c"])
def test_illegal_names_are_refused(name):
    with pytest.raises(InvalidName):
        check_name(name)


@given(st.text(max_size=80))
def test_what_is_suggested_is_legal(name):
    nearest = nearest_legal(name)
    assert nearest == "" or check_name(nearest)


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True))
def test_a_fold_is_a_name_that_key_vault_takes(name):
    assert re.fullmatch(r"[0-9a-z-]{1,64}", fold(name))
    assert fold(fold(name)) == fold(name)
    assert fold(name.upper()) == fold(name)


def test_dots_and_underscores_fold_to_hyphens():
    assert fold("My_Conn.v2") == fold("my-conn-v2") == "my-conn-v2"


@pytest.mark.parametrize(
    "text",
    [
        "sk-abcdefghijklmnop",
        "sk-proj-A1b2C3d4E5f6G7h8",
        "0123456789abcdef0123456789abcdef",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc",
    ],
)
def test_a_pasted_key_is_told_from_a_name(text):
    assert looks_like_key(text)


@pytest.mark.parametrize("text", ["my_aoai", "sk-1", "team-content-safety-production-westeurope", "gpt4o-2024-10-21"])
def test_a_name_is_not_taken_for_a_key(text):
    assert not looks_like_key(text)


def test_the_nearest_known_word_is_offered():
    assert did_you_mean("azure_opnai", ["openai", "azure_openai"]) == " Did you mean azure_openai?"
    assert did_you_mean("zzz", ["openai"]) == ""
