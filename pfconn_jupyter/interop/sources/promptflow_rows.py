"""A row of prompt flow's database to a connection: which values are secret, and what opens them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.causes import bare
from pfconn_jupyter.connections.environment import resolve_env
from pfconn_jupyter.connections.promptflow_types import KEPT, NAMES, resolved
from pfconn_jupyter.connections.registry import type_name
from pfconn_jupyter.errors import PfconnError, SealingKeyError, StoreDamaged
from pfconn_jupyter.interop.found import Found, built
from pfconn_jupyter.interop.promptflow_kinds import KINDS
from pfconn_jupyter.interop.sources import promptflow_key

if TYPE_CHECKING:
    from pfconn_jupyter.connections.secret import Secret

    Row = tuple[str, str, str, str]

_OLD = "An old prompt flow kept its secret unencrypted: take it as known to others and rotate it."


class Opener:
    """Opens tokens with prompt flow's key, which is fetched when the first one comes."""

    @cached_property
    def _key(self) -> Secret | SealingKeyError:
        try:
            return promptflow_key.fetch()
        except SealingKeyError as error:
            return bare(error)

    def open(self, token: str) -> Secret:
        """Return the plaintext of a token.

        Raises
        ------
        SealingKeyError
            There is no key, or it is another one.
        """
        if isinstance(self._key, PfconnError):
            raise self._key
        return promptflow_key.open_token(token, self._key)


@dataclass(frozen=True)
class _Value:
    # An old prompt flow kept secrets in plain text: no frame of an error may show it.
    text: str = field(repr=False)
    secret: bool


def found_in(row: Row, origin: str, opener: Opener) -> Found:
    """Return the connection of a row: name, type, ``configs`` and ``customConfigs``, both JSON."""
    name, stored, configs, custom = row
    if not isinstance(name, str) or not isinstance(stored, str):
        return Found(str(name), str(stored), origin, _unreadable())
    kind = next((kind for kind in KINDS if kind.stored == stored), None)
    word = kind.type if kind else stored
    notes: list[str] = []
    try:
        values = _custom_values(custom) if word == "custom" else _typed_values(configs)
        fields = {key: _opened(value, key, opener, notes) for key, value in values.items()}
    except PfconnError as error:
        return Found(name, type_name(word) or word, origin, bare(error))
    if word == "custom":
        parts: dict[str, Any] = {"configs": {}, "secrets": {}}
        for key, value in values.items():
            parts["secrets" if value.secret else "configs"][key] = fields[key]
        said = {key: parts["configs"].pop(KEPT + key) for key in NAMES if KEPT + key in parts["configs"]}
        word, fields, note = resolved(word, parts, said)
        notes += [note] if note else []
    return built(name, word, fields, origin, notes)


def _typed_values(configs: str) -> dict[str, _Value]:
    # base_url "_" is how prompt flow writes "none".
    return {
        k: _Value(str(v), k == "api_key")
        for k, v in _json(configs).items()
        if v is not None and (k, v) != ("base_url", "_")
    }


def _custom_values(custom: str) -> dict[str, _Value]:
    found = {}
    for key, entry in _json(custom).items():
        if not isinstance(entry, dict) or "value" not in entry:
            raise _unreadable()
        if entry["value"] is not None:
            found[key] = _Value(str(entry["value"]), entry.get("configValueType") == "Secret")
    return found


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, dict):
        raise _unreadable()
    return found


def _unreadable() -> StoreDamaged:
    return StoreDamaged("Its row in prompt flow's store makes no sense.", "Create it again: %pfconn create.")


def _opened(value: _Value, key: str, opener: Opener, notes: list[str]) -> str | Secret:
    if not value.secret:
        return value.text
    if promptflow_key.is_plain(value.text):
        notes.append(_OLD)
        return promptflow_key.plain(value.text)
    secret = opener.open(value.text)
    if (variable := promptflow_key.reference(secret)) is None:
        return secret
    # Prompt flow stores ${env:NAME} to the letter, and sends it so.
    notes.append(f"{key} is ${{env:{variable}}} in prompt flow: the variable's value now.")
    return promptflow_key.plain(resolve_env(secret.reveal(), key))
