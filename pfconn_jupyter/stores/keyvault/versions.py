"""The versions of a secret in order. Pure.

Key Vault lists versions in any order, and its times are whole seconds; so those that pfconn
wrote are put in order by ``prev`` too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from pfconn_jupyter.stores.keyvault.layout import FORMATS
from pfconn_jupyter.stores.keyvault.tags import Metadata, are_ours, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azure.keyvault.secrets import SecretProperties

    from pfconn_jupyter.stores.keyvault.items import Item
    from pfconn_jupyter.stores.keyvault.layout import Place

EPOCH = datetime.fromtimestamp(0, timezone.utc)
OUTSIDE = "outside pfconn"
"""Stands for who wrote a version that has no tags of ours."""


@dataclass(frozen=True)
class Stored:
    """One version, as the service lists it.

    Attributes
    ----------
    id
        Key Vault's id of the version; ``""`` in a listing of secrets, which does not tell it.
    meta
        What its tags say; of the version before where ``outside`` is true.
    format
        Its content type, that of the version before where ``outside`` is true.
    outside
        True if it was written by others: the portal, az, a rotation.
    again
        True if a newer version has its rev: a request that was repeated, or tags that were copied.
    """

    id: str
    meta: Metadata
    format: str
    outside: bool
    enabled: bool
    created: datetime
    updated: datetime | None
    expires: datetime | None
    again: bool = False

    @property
    def rev(self) -> str:
        """What ``history`` calls it: a version of others has no other name than its id."""
        return self.id if self.outside or self.again or not self.meta.rev else self.meta.rev

    @property
    def prev(self) -> str:
        """The rev it replaced, as far as known."""
        return "" if self.outside else self.meta.prev


def stored(properties: SecretProperties | Item, place: Place) -> Stored:
    """Return a version, or a secret of a listing."""
    tags, format = properties.tags, properties.content_type or ""
    return Stored(
        id=properties.version or "",
        meta=metadata(tags, place.fold),
        format=format,
        outside=not (are_ours(tags) and format in FORMATS),
        enabled=properties.enabled is not False,
        created=properties.created_on or EPOCH,
        updated=properties.updated_on,
        expires=properties.expires_on,
    )


def in_order(found: Iterable[Stored], current: str = "") -> list[Stored]:
    """Return versions, newest first; those of others with the metadata of the one before.

    Parameters
    ----------
    current
        Id of the version known to be the current one.
    """
    versions = list(found)
    by_rev = {v.rev: v for v in versions}
    oldest_first = sorted(
        versions, key=lambda v: (v.id == current, v.created, len(_ancestors(v, by_rev)), v.outside, v.id)
    )
    known: list[Stored] = []
    last: Stored | None = None
    for version in oldest_first:
        if not version.outside:
            last = version
        known.append(with_last(version, last))
    return _with_own_revs(known[::-1])


def is_clear(newest_first: list[Stored]) -> bool:
    """Tell whether order alone shows which version is the current one."""
    if not newest_first:
        return True
    newest = newest_first[0]
    before = _ancestors(newest, {v.rev: v for v in newest_first})
    return all(v.created < newest.created or v.rev in before for v in newest_first)


def with_last(version: Stored, last: Stored | None) -> Stored:
    """Return a version of others with the metadata of ``last``, the one before it by pfconn."""
    if not version.outside or last is None:
        return version
    format = version.format if version.format in FORMATS else last.format
    return replace(version, meta=replace(last.meta, rev="", prev=""), format=format)


def written_meanwhile(before: Iterable[Stored], after: Iterable[Stored], rev: str) -> list[Stored]:
    """Return the versions that others wrote while ``rev`` was written, not knowing of it."""
    seen = {v.id for v in before}
    knowing = {rev}
    todo = [v for v in after if v.id not in seen and v.rev != rev]
    # Who wrote after us, and knew it, names our rev; and so on.
    while heirs := [v for v in todo if v.prev in knowing]:
        knowing |= {v.rev for v in heirs}
        todo = [v for v in todo if v.prev not in knowing]
    return [v for v in todo if v.meta.rev != rev]


def _ancestors(version: Stored, by_rev: dict[str, Stored]) -> set[str]:
    """Return the revs known to be before ``version``, and its own."""
    seen: set[str] = set()
    at: Stored | None = version
    # A circle can only come from tags that were changed outside.
    while at and at.rev not in seen:
        seen.add(at.rev)
        at = by_rev.get(at.prev)
    return seen


def _with_own_revs(newest_first: list[Stored]) -> list[Stored]:
    """Call a version by its id where a newer one has its rev: a copy by a rotation, a repeated request."""
    seen: set[str] = set()
    told = []
    for version in newest_first:
        again = version.rev in seen
        seen.add(version.rev)
        told.append(replace(version, again=True) if again else version)
    return told
