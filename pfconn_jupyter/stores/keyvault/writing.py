"""Writes to a vault: what is expected, one version, and a look at who wrote meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from secrets import token_hex
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import ConnectionChanged, PfconnError, StoreDamaged, StoreThrottled, StoreUnavailable
from pfconn_jupyter.stores.keyvault.layout import SEALED
from pfconn_jupyter.stores.keyvault.pace import CREATES, WINDOW
from pfconn_jupyter.stores.keyvault.reading import read_version, versions
from pfconn_jupyter.stores.keyvault.records import blocking, record_of
from pfconn_jupyter.stores.keyvault.refusals import Busy
from pfconn_jupyter.stores.keyvault.tags import NEWER, Metadata, that_fit, written
from pfconn_jupyter.stores.keyvault.values import Content, encoded, format_for, overflow
from pfconn_jupyter.stores.keyvault.versions import OUTSIDE, stored, written_meanwhile
from pfconn_jupyter.stores.waiting import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.stores.keyvault.access import Access
    from pfconn_jupyter.stores.keyvault.layout import Place
    from pfconn_jupyter.stores.keyvault.versions import Stored
    from pfconn_jupyter.stores.sealing import SealingKey


@dataclass(frozen=True)
class Draft:
    """A version to be written.

    Attributes
    ----------
    name
        As it is shown; that of the first version stays.
    before
        The versions that are there, newest first.
    """

    place: Place
    name: str
    connection: Connection
    expires: datetime | None
    before: Sequence[Stored]


def refuse_newer(before: Sequence[Stored]) -> None:
    """Leave alone what a newer pfconn_jupyter wrote.

    Raises
    ------
    StoreDamaged
    """
    if before and before[0].meta.newer:
        raise StoreDamaged(f"{before[0].meta.name} is left as it is. {NEWER}", "Update, then repeat.")


def write(access: Access, draft: Draft, key: Callable[[], SealingKey]) -> ConnectionRecord:
    """Write a version, and look who else did; two requests.

    A new one is looked at too: Key Vault cannot be told to create only, so two people who create
    one name at the same time would both be told that it is theirs.

    Raises
    ------
    ConnectionChanged
        Others wrote at the same time. Both versions are kept.
    InvalidConnection, NotSupported
        The vault cannot hold it; nothing was sent.
    """
    refuse_newer(draft.before)
    current = draft.before[0] if draft.before else None
    format = format_for(draft.connection, draft.place, current.format if current else "")
    content = Content(draft.connection.stored_type, draft.connection.configs, draft.connection.secrets)
    value = encoded(content, draft.place, format, key() if format == SEALED else None)
    meta = Metadata(
        name=current.meta.name if current else draft.name,
        type=content.type,
        by=access.who().name,
        rev=token_hex(6),
        prev=current.rev if current else "",
        configs=that_fit(content.configs),
        more=bool(overflow(content.configs)),
    )
    made = _set(access, draft, value, meta, format)
    _look_back(access, draft, meta)
    return record_of(made, draft.place, access.vault)


def repair(access: Access, place: Place, before: Sequence[Stored]) -> ConnectionRecord:
    """Give the newest version the metadata of the last one that has some; two requests.

    Raises
    ------
    StoreDamaged
        No version has metadata, or the value does not fit it.
    """
    refuse_newer(before)
    current = before[0]
    good = next((v for v in before if not v.outside and not v.meta.problem), None)
    if good is None:
        why, hint = blocking(current, place, access.vault)
        raise StoreDamaged(f"{current.meta.name} cannot be repaired. {why or 'No version has whole tags.'}", hint)
    if good is current:
        return record_of(current, place, access.vault)
    # Looked at first: metadata beside a value that does not fit would be worse than none.
    mended = replace(current, meta=good.meta, format=good.format)
    read_version(access, place, mended, good.meta.name)
    meta = replace(good.meta, by=access.who().name, rev=token_hex(6), prev=before[1].rev)
    name = place.secret_name
    done = access.call(
        "set",
        meta.name,
        # Of this version, lest the tags go to one that is written meanwhile.
        lambda: access.client.update_secret_properties(name, current.id, tags=written(meta), content_type=good.format),
        name,
    )
    return record_of(stored(done, place), place, access.vault)


def _set(access: Access, draft: Draft, value: Secret, meta: Metadata, format: str) -> Stored:
    name = draft.place.secret_name
    # A version of a disabled connection is disabled too: nobody switched it on.
    enabled = False if draft.before and not draft.before[0].enabled else None
    if (waited := access.pace.wait()) >= 1:
        tell(f"Waited {waited:.0f} s: {access.vault.name} takes {CREATES} new values in {WINDOW:.0f} s.")
    try:
        properties = access.call(
            "set",
            meta.name,
            lambda: (
                access.client.set_secret(
                    name,
                    value.reveal(),
                    tags=written(meta),
                    content_type=format,
                    expires_on=draft.expires,
                    enabled=enabled,
                ).properties
            ),
            name,
        )
        return stored(properties, draft.place)
    except (Busy, StoreThrottled):
        # Refused, so not stored.
        raise
    except StoreUnavailable as error:
        unsure = error
    return _if_stored(access, draft, meta, unsure)


def _if_stored(access: Access, draft: Draft, meta: Metadata, unsure: StoreUnavailable) -> Stored:
    """Return the version if it arrived, though the answer did not."""
    try:
        after = versions(access, draft.place, meta.name)
    except PfconnError:
        # Nothing can be seen: the first error says what is not known.
        raise unsure from None
    for version in after:
        if version.meta.rev == meta.rev:
            return version
    raise StoreUnavailable(f"{unsure.problem} {meta.name} was not stored.", "Repeat.")


def _look_back(access: Access, draft: Draft, meta: Metadata) -> None:
    try:
        after = versions(access, draft.place, meta.name)
    except PfconnError as error:
        # The write is done: a failure now must not read as if it were not.
        tell(f"{meta.name} is stored. Whether somebody else wrote at the same time could not be seen: {error.problem}")
        return
    others = written_meanwhile(draft.before, after, meta.rev)
    if not others:
        return
    other = others[0]
    by = OUTSIDE if other.outside else other.meta.by or "somebody"
    what = "written" if draft.before else "created"
    yours = after[0].meta.rev == meta.rev
    take = f"to take the other: %pfconn rollback {meta.name} {other.rev if yours else meta.rev}"
    raise ConnectionChanged(
        f"{meta.name} was also {what} by {by} at {other.created:%Y-%m-%d %H:%M:%S} UTC, while you did. "
        f"Both versions are kept in {access.vault.name}; {'yours' if yours else 'theirs'} is current.",
        f"Compare them: %pfconn history {meta.name}; {take}.",
    )
