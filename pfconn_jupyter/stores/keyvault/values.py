"""What stands in a secret's value, and back. Pure, but for the sealing key.

A shared connection of a type with one secret keeps it raw, so that any program can use it;
others are a JSON object ``{"configs": {...}, "secrets": {...}}``, where ``configs`` are those
that found no room in the tags. In a private one each secret is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.registry import built_in_name, connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import FieldProblem, InvalidConnection, NotSupported, StoreDamaged
from pfconn_jupyter.stores import keys
from pfconn_jupyter.stores.keyvault.layout import FORMATS, JSON, RAW, SEALED
from pfconn_jupyter.stores.keyvault.tags import LONGEST, that_fit
from pfconn_jupyter.stores.keyvault.value_json import as_json, parts, size
from pfconn_jupyter.stores.sealing import WRITE_AGAIN, seal, sealed_under, unseal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.stores.keyvault.layout import Place
    from pfconn_jupyter.stores.sealing import SealingKey

MOST_BYTES = 25 * 1024
"""Of a value (learn.microsoft.com, about-secrets: 25 KB)."""

_NO_SECRET = ""
"""Stands for the field of a private connection that has none."""


@dataclass(frozen=True)
class Content:
    """A connection's type, configs and secrets."""

    type: str
    configs: Mapping[str, str]
    secrets: Mapping[str, Secret]


def format_for(connection: Connection, place: Place, existing: str) -> str:
    """Return the content type that ``connection`` is written with.

    Parameters
    ----------
    existing
        That of the secret that is there, ``""`` if there is none: a program that reads the
        secret must not meet another format one day.

    Raises
    ------
    NotSupported
        The existing format cannot hold it.
    """
    if place.owner:
        return SEALED
    why = _not_raw(connection)
    if existing == RAW and why:
        raise NotSupported(
            f"{place.fold} holds its key alone, for other programs to read, and {why}.",
            "Create it anew under another name: the format of a stored connection does not change.",
        )
    return existing if existing in (RAW, JSON) else JSON if why else RAW


def encoded(content: Content, place: Place, format: str, key: SealingKey | None) -> Secret:
    """Return the value.

    Raises
    ------
    InvalidConnection
        It is longer than a vault keeps, or no text that can be sent.
    """
    _check_texts(content)
    secrets = content.secrets if key is None else _sealed(content, place, key)
    value = next(iter(secrets.values())) if format == RAW else as_json(overflow(content.configs), secrets)
    if (length := size(value)) > MOST_BYTES:
        longest = max(content.secrets, key=lambda f: size(content.secrets[f]), default="")
        sealed = " sealed" if format == SEALED else ""
        problem = (
            f"makes the{sealed} connection {length:,} bytes long; a Key Vault secret holds at most {MOST_BYTES:,}."
        )
        raise InvalidConnection([FieldProblem(longest, problem, "Is it the key, and only the key?")])
    return value


def decoded(value: Secret, format: str, place: Place, type: str, tagged: Mapping[str, str]) -> Content:
    """Return the content of a value.

    Parameters
    ----------
    tagged
        The configs that stand in the tags.

    Raises
    ------
    StoreDamaged
        It is not what pfconn wrote: nothing of it is believed.
    SealingKeyError
        Its key is missing.
    """
    if (format == SEALED) != bool(place.owner) or format not in FORMATS:
        expected = "sealed" if place.owner else "readable by others"
        raise StoreDamaged(f"{place.secret_name} is not {expected}: it was changed outside pfconn.", WRITE_AGAIN)
    if format == RAW:
        return Content(type, dict(tagged), {_secret_field(type): value})
    configs, secrets = _from_json(value, place)
    configs = {**configs, **tagged}
    if format == SEALED:
        secrets = {f: _opened(s, place.beside(f, type, configs)) for f, s in secrets.items()}
        if not secrets:
            raise StoreDamaged(f"{place.secret_name} has lost its seal: it was changed outside pfconn.", WRITE_AGAIN)
        secrets.pop(_NO_SECRET, None)
    return Content(type, configs, secrets)


def sealed_ids(value: Secret) -> list[str]:
    """Return the ids of the keys that open a private connection's value; none if it is damaged."""
    _, secrets = parts(value) or ({}, {})
    try:
        return [sealed_under(text.reveal()) for text in secrets.values()]
    except StoreDamaged:
        return []


def overflow(configs: Mapping[str, str]) -> dict[str, str]:
    """Return the configs that stand in the value."""
    fit = that_fit(configs)
    return {field: value for field, value in configs.items() if field not in fit}


def _sealed(content: Content, place: Place, key: SealingKey) -> dict[str, Secret]:
    # Without a secret (Entra) the configs are bound all the same: a token goes to that endpoint.
    secrets = content.secrets or {_NO_SECRET: Secret("")}
    return {f: Secret(seal(s, key, place.beside(f, content.type, content.configs))) for f, s in secrets.items()}


def _opened(sealed: Secret, beside: bytes) -> Secret:
    return unseal(sealed.reveal(), keys.key_to_open(sealed_under(sealed.reveal())), beside)


def _not_raw(connection: Connection) -> str:
    """Return why the raw format cannot hold ``connection``, or ``""``."""
    # Whoever has not the class must be able to read it: see `TypelessConnection`.
    if not built_in_name(connection.stored_type):
        return f"{connection.stored_type} is no built-in type"
    fields = type(connection).secret_fields()
    if len(fields) != 1:
        return f"a {connection.TYPE} connection has other secrets"
    if set(connection.secrets) != set(fields):
        return "this change takes the key away"
    if missing := overflow(connection.configs):
        return f"{', '.join(missing)} is longer than a tag holds ({LONGEST} characters), or there are too many fields"
    return ""


def _secret_field(type: str) -> str:
    fields = connection_type(type).secret_fields()
    if len(fields) != 1:
        raise StoreDamaged(f"A {type} connection is no single secret: its tags were changed outside.", WRITE_AGAIN)
    return fields[0]


def _from_json(value: Secret, place: Place) -> tuple[dict[str, str], dict[str, Secret]]:
    if (found := parts(value)) is None:
        problem = f"The value of {place.secret_name} is not what pfconn writes: it was changed outside."
        raise StoreDamaged(problem, WRITE_AGAIN)
    return found


def _check_texts(content: Content) -> None:
    problem = "holds half a character (a lone surrogate), which cannot be sent."
    secret = [(field, secret) for field, secret in content.secrets.items()]
    for field, value in [*secret, *((field, Secret(text)) for field, text in content.configs.items())]:
        if size(value) < 0 or size(Secret(field)) < 0:
            shown = field.encode("utf-8", "replace").decode()
            raise InvalidConnection([FieldProblem(shown, problem, "Copy it again.")])
