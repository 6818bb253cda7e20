"""Types are found by any of their names, and told apart from what is none."""

from __future__ import annotations

import pytest

from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.registry import TYPES, all_types, connection_type, type_name
from pfconn_jupyter.errors import UnknownType


@pytest.mark.parametrize(
    ("word", "name"),
    [("azure_open_ai", "azure_openai"), ("AzureOpenAI", "azure_openai"), ("open_ai", "openai"), ("CUSTOM", "custom")],
)
def test_aliases_in_any_case_name_the_type(word, name):
    assert name == connection_type(word).TYPE


def test_an_unknown_type_names_the_nearest_and_all():
    with pytest.raises(UnknownType, match="Did you mean azure_openai") as caught:
        connection_type("azure_opnai")
    assert all(name in caught.value.hint for name in TYPES)


def test_no_word_names_two_types():
    words = [w.lower() for name, entry in TYPES.items() for w in {name, *(a.lower() for a in entry.aliases)}]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("cls", all_types(), ids=lambda c: c.TYPE)
def test_every_type_says_what_a_form_needs(cls):
    assert issubclass(cls, Connection)
    assert type_name(cls.TYPE) == cls.TYPE
    assert cls.LABEL
    assert cls.SUMMARY
    assert len(cls.BADGE) == 2
    assert all(ask.title and ask.title != field for field, ask in cls.asks().items())
    assert not cls.ENDPOINT or cls.ENDPOINT in {*cls.model_fields, "test_url"}
