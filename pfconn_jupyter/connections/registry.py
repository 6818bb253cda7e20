"""Type names and aliases to classes, each imported when it is first used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.names import did_you_mean
from pfconn_jupyter.connections.strong_types import Strong, fitting, strong
from pfconn_jupyter.connections.type_words import parted
from pfconn_jupyter.errors import InvalidType, UnknownType

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
    "custom": Entry(f"{_HERE}.plain_custom:PlainCustomConnection", ("Custom", "CustomKeys")),
}
"""The built-in types. Those of notebooks and packages are in `defined` and `plugins`."""
_TAKEN = "{} is the name of a built-in type."


@dataclass(frozen=True)
class Known:
    """A line of the table of types; ``cls`` is None where there is a ``problem``."""

    name: str
    cls: type[Connection] | None
    aliases: tuple[str, ...]
    source: str
    problem: str = ""


def type_name(word: str) -> str | None:
    """Return the type that ``word`` names, by its name or an alias in any case, or None; imports no class."""
    built_in = built_in_name(word)
    return built_in or next((each.name for each in fitting(word)), None)


def built_in_name(word: str) -> str | None:
    """Return the built-in type that ``word`` names, or None."""
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
    InvalidType
        The package that brings it is broken, or two bring one of this name.
    """
    if name := built_in_name(word):
        return _built_in(name)
    found = fitting(word)
    if not found:
        nearest = did_you_mean(word, [*names(), *(a for e in TYPES.values() for a in e.aliases)])
        raise UnknownType(
            f"There is no connection type {word!r}.{nearest}", f"Types: {', '.join(names())}. See %pfconn types."
        )
    if len(found) > 1:
        where = " and ".join(each.source for each in found)
        say = " or ".join(each.full_name for each in found if each.package)
        hint = f"Say {say}, or rename your class." if say else "Rename one of the classes, or give it another TYPE."
        raise InvalidType(f"{word} is the name of several types: {where}.", hint)
    if built_in_name(found[0].name):
        problem = f"The type {word} cannot be used: {_TAKEN.format(found[0].name)}"
        raise InvalidType(problem, "Tell its author to choose another name.")
    return found[0].load()


def all_types() -> list[type[Connection]]:
    """Return the classes of all types that can be used, the built-in ones first."""
    return [known.cls for known in known_types() if known.cls]


def names() -> list[str]:
    """Return the names of all types, the built-in ones first; imports no class."""
    return list(dict.fromkeys([*TYPES, *(each.name for each in strong())]))


def known_types() -> list[Known]:
    """Return all types, with what is wrong with those that cannot be used."""
    built_in = [Known(name, _built_in(name), entry.aliases, "built-in") for name, entry in TYPES.items()]
    others = strong()
    return [*built_in, *(_known(each, others) for each in others)]


def not_here(word: str) -> str:
    """Return why the type that a store names is not known, and what comes of it, or ``""``."""
    if type_name(word):
        return ""
    name, package = parted(word)
    plain = "it opens as a plain custom connection"
    if package:
        return f"Its type {name} is of the package {package}, which is not installed here: {plain}."
    return f"The type {name[:64]} is not known here: {plain}. Run the cell, or install the package, that defines it."


def _known(each: Strong, others: list[Strong]) -> Known:
    aliases = (each.class_name,) if each.class_name.lower() != each.name else ()
    cls, problem = None, _TAKEN.format(each.name)
    if not built_in_name(each.name):
        problem = _shared_name(each, others)
        try:
            cls = each.load()
        except InvalidType as error:
            problem = error.problem.partition(" cannot be used: ")[2]
    return Known(each.name, cls, aliases, each.source, problem)


def _shared_name(each: Strong, others: list[Strong]) -> str:
    same = [other.source for other in others if other is not each and other.name == each.name]
    do = f"say {each.full_name}" if each.package else "rename the class"
    return f"{' and '.join(same)} has a type of this name too: {do}." if same else ""


def _built_in(name: str) -> type[Connection]:
    module, _, cls = TYPES[name].path.partition(":")
    found: type[Connection] = getattr(import_module(module), cls)
    return found
