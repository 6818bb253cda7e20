"""Environment variables to fields, by the names that the types themselves know (``Ask.env``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.registry import all_types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.secret import Secret


def recognised(values: Mapping[str, Secret]) -> Iterator[tuple[str, dict[str, Any], set[str]]]:
    """Yield for each type of which something is set: its name, the fields, and the variables used.

    A type is there if its secret is, or its address. Where the service takes Microsoft
    Entra ID and there is no key, that is how it signs in.
    """
    for cls in all_types():
        used: dict[str, list[str]] = {}
        for field, ask in cls.asks().items():
            # The first one wins; another one of the same value says nothing more.
            there = [name for name in ask.env if values.get(name)]
            if there:
                used[field] = [name for name in there if values[name] == values[there[0]]]
        if not used.keys() & {*cls.secret_fields(), cls.ENDPOINT}:
            continue
        fields = {field: _value(cls, field, values[names[0]]) for field, names in used.items()}
        if "auth_mode" in cls.model_fields and not used.keys() & {*cls.secret_fields()}:
            fields["auth_mode"] = "meid_token"
        yield cls.TYPE, fields, {name for names in used.values() for name in names}


def _value(cls: type[Connection], field: str, value: Secret) -> Any:
    return value if field in cls.secret_fields() else value.reveal()
