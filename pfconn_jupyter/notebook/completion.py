"""Completion of ``%pfconn``: commands, options, types, fields and names.

Never waits for the network: names of a store that is not on this machine come from the
last listing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from IPython.core.completer import CompletionContext, SimpleCompletion, completion_matcher

from pfconn_jupyter.connections.registry import names, type_name
from pfconn_jupyter.connections.type_words import joined
from pfconn_jupyter.errors import PfconnError

if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Iterable

_CALL = re.compile(r"(?:^|\n|=)\s*%{1,2}pfconn\s+([^\n]*)$")
_TOOLS = ("llm", "embedding", "content_safety_text", "vector_db_lookup", "serp_api", "python")
_VALUES = {
    "--scope": ("private", "shared", "restricted", "all"),
    "--to": ("local:", "keyvault:", "azureml:"),
    "--from-scope": ("private", "shared", "restricted"),
    "--tool": _TOOLS,
}
_STORES = ("local:", "keyvault:", "keyvault:@workspace", "azureml:", "env:")
_PLACES = {"store": _STORES, "import": ("promptflow", "environ", *_STORES)}


def matcher() -> Any:
    """Return the matcher to put into ``Completer.custom_matchers``."""

    @completion_matcher(identifier="pfconn", api_version=2, priority=100)  # type: ignore[untyped-decorator]
    def pfconn_matcher(context: CompletionContext) -> Any:
        call = _CALL.search(context.text_until_cursor)
        if call is None:
            return {"completions": [], "suppress": False}
        found = [(t, k) for t, k in candidates(call[1]) if t.lower().startswith(context.token.lower())]
        return {"completions": [SimpleCompletion(text=t, type=k) for t, k in found], "suppress": True}

    return pfconn_matcher


def candidates(typed: str) -> list[tuple[str, str]]:
    """Return (text, kind) of what may stand where the text ``typed`` after ``%pfconn`` ends."""
    from pfconn_jupyter.notebook import commands

    *before, _ = typed.split(" ")
    before = [word for word in before if word]
    if not before:
        return [(name, "command") for name in commands.names()]
    try:
        name, _ = commands.command(before[0])
    except PfconnError:
        return []
    if name == "run":
        return _run_words(before[1:])
    last = before[-1]
    if last == "--set":
        return _set_words(before, typed.rsplit(" ", 1)[-1])
    actions = commands.parser(name)._actions  # noqa: SLF001  # argparse has no public way
    if values := _values(last, actions):
        return [(str(value), "value") for value in values]
    options = [(option, "option") for action in actions for option in action.option_strings]
    return [*_positionals(name, actions, before[1:]), *options]


def _values(option: str, actions: Iterable[Action]) -> Iterable[Any]:
    """Return what may stand behind an option that takes a word of a few."""
    if option == "--type":
        return names()
    said = next((action.choices for action in actions if option in action.option_strings), None)
    return _VALUES.get(option) or said or ()


def _run_words(given: list[str]) -> list[tuple[str, str]]:
    """Return the tools; behind one, the connections that it takes and its options."""
    from pfconn_jupyter.notebook import commands
    from pfconn_jupyter.tools.registry import TOOLS

    if not given:
        return [(word, "tool") for word in TOOLS]
    tool = TOOLS.get(given[0])
    if tool is None:
        return []
    actions = commands.part("run", tool.word)._actions  # noqa: SLF001  argparse has no public way
    options = [(option, "option") for action in actions for option in action.option_strings]
    last = next((a for a in actions if given[-1] in a.option_strings), None)
    if last is not None and last.choices:
        return [(str(choice), "value") for choice in last.choices]
    names = [(r.name, "connection") for r in _records() if r.type in tool.types] if len(given) == 1 else []
    return [*names, *options]


def _positionals(name: str, actions: Iterable[Action], given: list[str]) -> list[tuple[str, str]]:
    words = [word for word in given if not word.startswith("-")]
    if name == "create":
        return [(t, "type") for t in names()] if not words else []
    if name == "types":
        return [(t, "type") for t in names()]
    if name == "help":
        from pfconn_jupyter.notebook import commands

        return [(c, "command") for c in commands.names()]
    if name == "key":
        return [(w, "command") for w in ("export", "import", "new", "backup", "unlock")] if not words else []
    if name in _PLACES:
        return [(word, name) for word in _PLACES[name]] if not words else []
    takes_names = any(a.dest in ("name", "names", "pattern") for a in actions)
    return [(n, "connection") for n in _names(deleted=name in ("restore", "purge"))] if takes_names else []


def _set_words(before: list[str], word: str) -> list[tuple[str, str]]:
    """Return the fields of the type on the line, or the values of a field."""
    from pfconn_jupyter.connections.registry import connection_type

    found = next((w for w in before[1:] if type_name(w)), None)
    if found is None and len(before) > 1:
        found = next((joined(r.type, r.package) for r in _records() if r.name == before[1]), None)
    if found is None:
        return []
    try:
        cls = connection_type(found)
    except PfconnError:
        return []
    field, equals, _ = word.partition("=")
    if equals:
        ask = cls.asks().get(field)
        return [(value, "value") for value, _ in ask.choices] if ask else []
    if "values" in cls.model_fields:
        return [("configs.", "field"), ("secrets.", "field")]
    return [(f"{name}=", "field") for name in cls.model_fields]


def _names(*, deleted: bool = False) -> list[str]:
    return [record.name for record in _records(deleted=deleted)]


def _records(*, deleted: bool = False) -> list[Any]:
    from pfconn_jupyter import api, settings

    address = settings.store_in_use().address
    if not address.startswith(("local:", "env:")):
        known = api.last_listing.get(address)
        return [*known.records] if known else []
    try:
        store = api.connections(address)
        return store.deleted() if deleted else store.list()
    except PfconnError:
        return []
