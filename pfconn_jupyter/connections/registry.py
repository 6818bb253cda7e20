"""Type names and aliases to classes, each imported when it is first used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import did_you_mean
from pfconn_jupyter.errors import UnknownType

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection


@dataclass(frozen=True)
class Entry:
    """Where a type's class is, and what else it is called."""

    path: str
    aliases: tuple[str, ...] = ()


_HERE = "pfconn_jupyter.connections"
TYPES: dict[str, Entry] = {
    "azure_openai": Entry(f"{_HERE}.azure_openai:AzureOpenAIConnection", ("azure_open_ai", "AzureOpenAI")),
    "openai": Entry(f"{_HERE}.openai:OpenAIConnection", ("open_ai", "OpenAI")),
    "azure_content_safety": Entry(
        f"{_HERE}.azure_content_safety:AzureContentSafetyConnection",
        ("AzureContentSafety", "content_safety", "ContentSafety"),
    ),
    "cognitive_search": Entry(
        f"{_HERE}.cognitive_search:CognitiveSearchConnection",
        ("CognitiveSearch", "azure_ai_search", "AzureAISearch", "ai_search"),
    ),
    "serp": Entry(f"{_HERE}.serp:SerpConnection", ("Serp", "serpapi")),
    "serverless": Entry(f"{_HERE}.serverless:ServerlessConnection", ("Serverless",)),
    "azure_ai_services": Entry(
        f"{_HERE}.azure_ai_services:AzureAIServicesConnection", ("AzureAIServices", "AIServices")
    ),
    "document_intelligence": Entry(
        f"{_HERE}.document_intelligence:DocumentIntelligenceConnection",
        ("DocumentIntelligence", "form_recognizer", "FormRecognizer"),
    ),
    "qdrant": Entry(f"{_HERE}.qdrant:QdrantConnection", ("Qdrant",)),
    "weaviate": Entry(f"{_HERE}.weaviate:WeaviateConnection", ("Weaviate",)),
    "custom": Entry(f"{_HERE}.custom:CustomConnection", ("Custom", "CustomKeys")),
}


def type_name(word: str) -> str | None:
    """Return the type that ``word`` names, by its name or an alias in any case, or None."""
    wanted = word.lower()
    for name, entry in TYPES.items():
        if wanted in (name, *(a.lower() for a in entry.aliases)):
            return name
    return None


def connection_type(word: str) -> type[Connection]:
    """Return the class of a type name or alias.

    Raises
    ------
    UnknownType
        With the nearest known type.
    """
    name = type_name(word)
    if name is None:
        nearest = did_you_mean(word, [*TYPES, *(a for e in TYPES.values() for a in e.aliases)])
        raise UnknownType(
            f"There is no connection type {word!r}.{nearest}", f"Types: {', '.join(TYPES)}. See %pfconn types."
        )
    module, _, cls = TYPES[name].path.partition(":")
    found: type[Connection] = getattr(import_module(module), cls)
    return found


def all_types() -> list[type[Connection]]:
    """Return the classes of all types, in the order of the table."""
    return [connection_type(name) for name in TYPES]
