"""Types are found by any of their names, and told apart from what is none."""

from __future__ import annotations

import pytest

from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.names import tool_word
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


def test_the_tools_that_are_completed_are_those_that_types_name():
    from pfconn_jupyter.notebook import completion

    assert {tool_word(tool) for cls in all_types() for tool in cls.TOOLS} == set(completion._TOOLS)
    assert tool_word("Content Safety (Text)") == "content_safety_text"


def test_the_words_of_prompt_flow_and_of_azure_name_its_types():
    found = {
        word: type_name(word) for word in ("AzureContentSafety", "FormRecognizer", "AzureAIServices", "AIServices")
    }
    assert found == {
        "AzureContentSafety": "azure_content_safety",
        "FormRecognizer": "document_intelligence",
        "AzureAIServices": "azure_ai_services",
        "AIServices": "azure_ai_services",
    }
    assert [type_name(w) for w in ("Serverless", "Serp", "CognitiveSearch", "Qdrant", "Weaviate", "OpenAI")] == [
        "serverless",
        "serp",
        "cognitive_search",
        "qdrant",
        "weaviate",
        "openai",
    ]
