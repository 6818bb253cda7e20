"""The tables of types and of tools, made from the types themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.registry import Known, all_types, connection_type, known_types
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.notebook.tables import Table, table

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection

TYPES = ("type", "label", "configs", "secrets", "tools", "aliases", "extra", "source")
FIELDS = ("field", "title", "required", "default", "secret", "choices", "environment", "help")
TOOLS = ("tool", "connections", "what", "command")


def types() -> Table:
    """Return all connection types: what they take, which tools use them, and where they are from."""
    known = known_types()
    broken = [k for k in known if k.problem]
    columns = (*TYPES, "problem") if broken else TYPES
    note = "* required, = default. More: %pfconn types TYPE. New one: %pfconn create TYPE NAME."
    if broken:
        note += f" {len(broken)} with a problem: {', '.join(k.name for k in broken)}."
    return table([_row(k) for k in known], columns, note)


def fields(word: str) -> Table:
    """Return the fields of one type: what each is for, and where SDKs read it from.

    Raises
    ------
    UnknownType, InvalidType
    """
    cls = connection_type(word)
    secret = cls.secret_fields()
    rows = [
        {
            "field": name,
            "title": ask.title,
            "required": cls.model_fields[name].is_required(),
            "default": _default(cls, name),
            "secret": name in secret,
            "choices": ", ".join(value for value, _ in ask.choices),
            "environment": ", ".join(ask.env),
            "help": " ".join(filter(None, (ask.help, ask.where_title, ask.where))),
        }
        for name, ask in cls.asks().items()
    ]
    source = next((k.source for k in known_types() if k.cls is cls), "built-in")
    said = f"{cls.LABEL}: {cls.SUMMARY}." if cls.SUMMARY else f"{cls.LABEL}."
    return table(rows, FIELDS, f"{said} Source: {source}. New one: %pfconn create {cls.full_type()} NAME")


def tools() -> Table:
    """Return prompt flow's table of tools: which connection types each takes, and how it is called."""
    from pfconn_jupyter.tools.registry import TOOLS as BUILT_IN

    classes = all_types()
    rows = [
        {
            "tool": tool.label,
            "connections": [cls.full_type() for cls in classes if tool.label in cls.TOOLS],
            "what": tool.summary,
            "command": f"%%pfconn run {tool.word} NAME",
        }
        for tool in BUILT_IN.values()
    ]
    return table(rows, TOOLS, "The connections that a tool takes: %pfconn list --tool llm.")


def _row(known: Known) -> dict[str, Any]:
    row: dict[str, Any] = {"type": known.name, "source": known.source, "problem": known.problem}
    row["aliases"] = ", ".join(known.aliases)
    cls = known.cls
    if cls is None:
        return row
    secret = cls.secret_fields()
    plain = "values" in cls.model_fields
    configs = [_marked(cls, field) for field in cls.model_fields if field not in secret]
    return {
        **row,
        "label": cls.LABEL,
        "configs": "any" if plain else ", ".join(configs),
        "secrets": "any, at least one" if plain else ", ".join(_marked(cls, field) for field in secret),
        "tools": ", ".join(cls.TOOLS),
        "extra": cls.EXTRA,
    }


def _default(cls: type[Connection], field: str) -> str:
    info = cls.model_fields[field]
    return "" if info.is_required() or info.default is None or isinstance(info.default, Secret) else str(info.default)


def _marked(cls: type[Connection], field: str) -> str:
    if cls.model_fields[field].is_required():
        return f"{field}*"
    default = _default(cls, field)
    return f"{field}={default}" if default else field
