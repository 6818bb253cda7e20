"""The secrets of a vault, page by page, as the service lists them.

By the client's `send_request`: the SDK's own list builds an object of every attribute of every
secret, which takes longer than to wait for a page of a near vault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pfconn_jupyter.stores.keyvault.access import Access


@dataclass(frozen=True)
class Item:
    """One secret, with those attributes of the SDK's SecretProperties that are needed here."""

    name: str
    tags: dict[str, str] | None
    content_type: str | None
    enabled: bool | None
    created_on: datetime | None
    updated_on: datetime | None
    expires_on: datetime | None
    version: str | None = None


def items(access: Access) -> Iterator[list[Item]]:
    """Yield the pages, each one request."""
    url: str | None = "/secrets"
    while url:
        page, url = access.call("list", "", lambda at=url: _page(access, at))  # type: ignore[misc]
        yield page


def _page(access: Access, url: str) -> tuple[list[Item], str | None]:
    from azure.core.exceptions import DeserializationError
    from azure.core.rest import HttpRequest

    response = access.client.send_request(HttpRequest("GET", url))
    response.raise_for_status()
    content = response.json()
    try:
        return [_item(each) for each in content["value"] or []], content.get("nextLink")
    except (KeyError, TypeError, AttributeError):
        raise DeserializationError("not a page") from None


def _item(each: dict[str, Any]) -> Item:
    attributes = each.get("attributes") or {}
    return Item(
        name=each["id"].rstrip("/").rpartition("/")[2],
        tags=each.get("tags"),
        content_type=each.get("contentType"),
        enabled=attributes.get("enabled"),
        created_on=_moment(attributes.get("created")),
        updated_on=_moment(attributes.get("updated")),
        expires_on=_moment(attributes.get("exp")),
    )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)
