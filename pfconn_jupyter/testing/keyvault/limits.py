"""What a secret may be: names, sizes, attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.testing.keyvault import refusals

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUE_BYTES = 25 * 1024
CONTENT_TYPE = 255
TAGS = 15
TAG_TEXT = 512
PAGE = 25
API_VERSIONS = ("2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01")
_NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")


@dataclass(frozen=True)
class Wish:
    """What a request sets; None leaves a thing as it is, or gives the default."""

    content_type: str | None = None
    tags: Mapping[str, str] | None = None
    enabled: bool | None = None
    not_before: int | None = None
    expires: int | None = None


def check_name(name: str) -> None:
    """Refuse a name that no secret can have."""
    if not _NAME.fullmatch(name):
        raise refusals.bad(f"The request URI contains an invalid name: {name}")


def check_value(value: Any) -> str:
    """Return ``value`` if a secret can hold it."""
    if not isinstance(value, str):
        raise refusals.bad("Property value has invalid value or is missing.")
    if len(value.encode()) > VALUE_BYTES:
        raise refusals.bad(f"The secret value is too long. The limit is {VALUE_BYTES} bytes.")
    return value


def read_wish(body: Mapping[str, Any]) -> Wish:
    """Return what ``body`` sets beside the value.

    Raises
    ------
    Refusal
        It is more or other than a secret can have.
    """
    content_type, tags, attributes = body.get("contentType"), body.get("tags"), body.get("attributes")
    if content_type is not None and (not isinstance(content_type, str) or len(content_type) > CONTENT_TYPE):
        raise refusals.bad(f"Property contentType is longer than {CONTENT_TYPE} characters.")
    if tags is not None:
        _check_tags(tags)
    if attributes is not None and not isinstance(attributes, dict):
        raise refusals.bad("Property attributes has invalid value.")
    given = attributes or {}
    for name, kind in (("enabled", bool), ("nbf", int), ("exp", int)):
        if given.get(name) is not None and type(given[name]) is not kind:
            raise refusals.bad(f"Property attributes.{name} has invalid value.")
    return Wish(content_type, tags, given.get("enabled"), given.get("nbf"), given.get("exp"))


def _check_tags(tags: Any) -> None:
    if not isinstance(tags, dict) or not all(isinstance(text, str) for text in tags.values()):
        raise refusals.bad("Property tags has invalid value.")
    if len(tags) > TAGS:
        raise refusals.bad(f"Too many tags: {len(tags)}. The limit is {TAGS}.")
    for key, text in tags.items():
        if not key or len(key) > TAG_TEXT or len(text) > TAG_TEXT:
            raise refusals.bad(f"A tag's name or value is empty or longer than {TAG_TEXT} characters.")
