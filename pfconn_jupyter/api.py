"""`Connections`: the one object that every face calls. Knows no notebook."""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from pfconn_jupyter import settings
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.change import change, only_secrets, same_secrets
from pfconn_jupyter.connections.plain_text import NoPlainText
from pfconn_jupyter.connections.record import expiry_said
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import NotSupported, PfconnError, PfconnWarning
from pfconn_jupyter.stores import looking_up
from pfconn_jupyter.stores.address import open_store
from pfconn_jupyter.stores.listed import listed
from pfconn_jupyter.stores.missing import missing
from pfconn_jupyter.stores.selection import choose
from pfconn_jupyter.stores.store import NEW
from pfconn_jupyter.stores.to_write import to_write
from pfconn_jupyter.stores.who_can_open import who_can_open

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pfconn_jupyter.checks.explaining import Explained
    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Records, Scope, Versions
    from pfconn_jupyter.finding import Axis, Finding
    from pfconn_jupyter.stores.copying import Copied
    from pfconn_jupyter.stores.selection import Selection
    from pfconn_jupyter.stores.store import Listing, Store

    # For annotations in a class that has a method called `list`.
    Outcomes = list[Outcome]
    Findings = list[Finding]
    Explanations = list[Explained]
    Copies = list[Copied]


last_listing: dict[str, Listing] = {}
"""Store address to what it held when it was last listed, for completion and for notes."""
open_forms: list[str] = []
"""Names in forms that wait for Save, so that an early ``get`` can say so; kept by the form."""


def warn(note: str) -> None:
    """Tell a script what was changed or looks odd."""
    warnings.warn(note, PfconnWarning, stacklevel=4)


class Connections:
    """The connections of one store.

    Parameters
    ----------
    store
        Where they are kept.
    notify
        Is told what was changed or looks odd while an operation went on; warns by default.
    """

    def __init__(self, store: Store, notify: Callable[[str], None] = warn) -> None:
        self.store = store
        self.notify = notify

    def build(self, type: str, **fields: Any) -> Connection:
        """Return a connection that is not stored, for a test before saving.

        Raises
        ------
        UnknownType, InvalidConnection
        """
        with NoPlainText(fields):
            return build(connection_type(type), fields, self.notify)

    def create(
        self, type: str, name: str, *, scope: Scope | None = None, expires: datetime | None = None, **fields: Any
    ) -> ConnectionRecord:
        """Store a new connection.

        Raises
        ------
        UnknownType, InvalidName, InvalidConnection, ConnectionExists, NotSupported, StoreError
        """
        with NoPlainText(fields):
            connection = build(connection_type(type), fields, self.notify)
        where = looking_up.scope_in(self.store, scope)
        record = self.store.put(self.store.check_name(name), connection, scope=where, expires=expires, expect=NEW)
        if where == "private" and len(self.store.scopes) > 1:
            self.tell_who_can_open(record)
        return record

    def get(self, name: str, *, scope: Scope | None = None) -> Connection:
        """Return a connection with its secrets.

        Raises
        ------
        ConnectionNotFound, AmbiguousName, SealingKeyError, StoreError
        """
        connection = looking_up.connection(self.store, open_forms, name, scope)
        record = connection.record
        if record and (said := expiry_said(record)):
            self.notify(f"{record.name} {said}: %pfconn rotate {record.name}.")
        if record and connection.typeless:
            self.notify(f"{record.name}: {connection.typeless}")
        return connection.bind(record, lambda: self.get(name, scope=record.scope)) if record else connection

    def to_change(self, name: str, *, scope: Scope | None = None) -> Connection:
        """Return what `get` returns; whoever may only read is told of the right that a change needs."""
        with to_write():
            return self.get(name, scope=scope)

    def list(
        self,
        pattern: str | None = None,
        *,
        type: str | None = None,
        scope: Scope | Literal["all"] | None = None,
        tool: str | None = None,
    ) -> Records:
        """Return what is stored, by name, without reading a secret.

        Parameters
        ----------
        scope
            One scope, or ``"all"`` for the private ones of others too.
        pattern
            A name, or a glob (``team-*``), in any case.
        tool
            Only those that this built-in tool takes, by its name or as one word: ``content_safety_text``.
        """
        everything = self.store.listing()
        last_listing[self.store.address] = everything
        return listed(everything, pattern, type, scope, tool)

    def record(self, name: str, *, scope: Scope | None = None) -> ConnectionRecord:
        """Return what is known of one connection without reading its secret.

        Raises
        ------
        ConnectionNotFound, AmbiguousName
        """
        return looking_up.record(self.store, open_forms, name, scope)

    def check_free(self, name: str, *, scope: Scope | None = None) -> None:
        """Refuse a name that a new connection cannot have in its scope, before anything is asked.

        Raises
        ------
        InvalidName, ConnectionExists
        """
        looking_up.check_free(self.store, name, self.list(scope=looking_up.scope_in(self.store, scope)))

    def update(
        self,
        name: str,
        *,
        scope: Scope | None = None,
        expect: str | None = None,
        expires: datetime | Literal["never"] | None = None,
        **fields: Any,
    ) -> ConnectionRecord:
        """Change the given fields; the rest stays, a secret only if the address it is sent to stays.

        Parameters
        ----------
        fields
            None takes a field away, or a key of a custom connection (``configs={"k": None}``).
        expires
            A new date, ``"never"``, or None to keep it.
        expect
            The rev the caller read; the current one by default.

        Raises
        ------
        ConnectionChanged
            Somebody else wrote since ``expect``.
        InvalidConnection
            A rule is broken, or the address changes and no new secret is given.
        """
        with NoPlainText(fields):
            current = self.to_change(name, scope=scope)
            changed = change(current, fields, self.notify)
        return self._put_changed(current, changed, expires, expect)

    def changed(self, current: Connection, **fields: Any) -> Connection:
        """Return ``current`` with other fields, not stored: what `update` would write.

        Raises
        ------
        InvalidConnection
        """
        with NoPlainText(fields):
            return change(current, fields, self.notify)

    def rotate(
        self, name: str, *, scope: Scope | None = None, test: bool = True, expect: str | None = None, **secrets: Any
    ) -> ConnectionRecord:
        """Replace secrets, after testing the new ones.

        Parameters
        ----------
        expect
            As in `update`.

        Raises
        ------
        CheckFailed
            The service did not take the new secret; the stored one stays.
        InvalidConnection
            A field that is not a secret was given.
        """
        with NoPlainText(secrets):
            current = self.to_change(name, scope=scope)
            changed = change(current, only_secrets(current, secrets), self.notify)
        if test:
            self.check(changed).must_pass(name)
        return self._put_changed(current, changed, None, expect)

    def compare(self, name: str, *, scope: Scope | None = None, **secrets: Any) -> dict[str, bool]:
        """Return for each of the given secrets whether it is the stored one.

        Raises
        ------
        InvalidConnection
            A field that is not a secret was given.
        """
        with NoPlainText(secrets):
            return same_secrets(self.get(name, scope=scope), secrets)

    def repair(self, name: str, *, scope: Scope | None = None) -> ConnectionRecord:
        """Give a connection its metadata again, after others wrote it (the portal, a rotation Function)."""
        return self.store.repair(name, self._scope_of(name, scope))

    def check(self, connection: Connection, *, deployment: str = "") -> Outcome:
        """Test a connection, stored or not; sends its probe to its own host only.

        Parameters
        ----------
        deployment
            The deployment or model to call as well, which spends a token.
        """
        from pfconn_jupyter.checks import changes, runner

        outcome, held = runner.check(connection, deployment), connection.record
        if outcome.failed and held and held.store == self.store.address:
            # It may be the object that is old: one more listing tells, and is not needed for the outcome.
            with suppress(PfconnError):
                outcome = changes.outdated(outcome, held, self.record(held.name, scope=held.scope))
        return outcome

    def explain(self, *names: str, type: str | None = None, deployment: str = "") -> Explanations:
        """Return the requests that `test` would send, without secrets; nothing is sent to a service.

        Raises
        ------
        ConnectionNotFound
            A name fits nothing.
        """
        from pfconn_jupyter.checks.explaining import explain

        chosen = self._chosen(names, type)
        lines = explain(chosen.values(), deployment)
        self._account(chosen, names)
        return lines

    def test(
        self,
        *names: str,
        type: str | None = None,
        deployment: str = "",
        on_done: Callable[[Outcome], None] | None = None,
    ) -> Outcomes:
        """Test connections side by side, all of the store if none is named.

        Parameters
        ----------
        names
            Names or globs.
        deployment
            The deployment or model to call, which spends a token of each connection.
        on_done
            Is called with each outcome as it comes.

        Raises
        ------
        ConnectionNotFound
            A name fits nothing.
        """
        from pfconn_jupyter.checks.runner import check_all

        chosen = self._chosen(names, type)
        outcomes = check_all(chosen.values(), chosen.listed, on_done, deployment)
        self._account(chosen, names)
        return outcomes

    def doctor(self, *, try_write: bool = False, more: Sequence[Axis] = ()) -> Findings:
        """Look at this machine, at the store, and at what it lets you do; raises for nothing that is found.

        Parameters
        ----------
        try_write
            Write, delete and purge a throw-away connection too; only reads by default.
        more
            What else to look at, first: a notebook's own.
        """
        from pfconn_jupyter.checks.doctor.plan import examine_all
        from pfconn_jupyter.stores import examining

        found: Records = []
        return examine_all([*more, *examining.axes(self.store, found, try_write=try_write)], found)

    def copy(
        self,
        *names: str,
        to: str | Connections,
        scope: Scope,
        new_name: str = "",
        from_scope: Scope | None = None,
        on_done: Callable[[Copied], None] | None = None,
    ) -> Copies:
        """Copy connections with their secrets to another store; overwrites nothing.

        Parameters
        ----------
        names
            Names or globs.
        to
            The other store, or its address.
        scope
            Who can use the copies: said each time.
        new_name
            What the copy is called, for one connection.
        from_scope
            Copy only those of this scope.

        Raises
        ------
        ConnectionNotFound
            A name fits nothing.
        NotSupported
            The other store has no such scope.
        """
        from pfconn_jupyter.stores.copying import copy

        target = connections(to) if isinstance(to, str) else to
        where = looking_up.scope_in(target.store, scope)
        chosen = choose(self.store, names, open_forms, scope=from_scope, whole=bool(new_name))
        copies = copy(chosen, target.store, where, new_name=new_name, on_done=on_done)
        self._account(chosen, names)
        return copies

    def delete(self, name: str, *, scope: Scope | None = None) -> ConnectionRecord:
        """Delete a connection; `restore` brings it back until it is purged, where the store keeps the deleted."""
        return self.store.delete(name, self._scope_of(name, scope))

    def deleted(self) -> Records:
        """Return the deleted connections that can be restored."""
        return self.store.deleted()

    def restore(self, name: str, *, scope: Scope | None = None) -> ConnectionRecord:
        """Undo `delete`."""
        return self.store.restore(name, self._scope_of_deleted(name, scope))

    def purge(self, name: str, *, scope: Scope | None = None) -> None:
        """Remove a deleted connection and its versions for ever."""
        self.store.purge(name, self._scope_of_deleted(name, scope))

    def history(self, name: str, *, scope: Scope | None = None) -> Versions:
        """Return the versions of a connection, newest first."""
        return self.store.history(name, self._scope_of(name, scope))

    def rollback(self, name: str, version: str, *, scope: Scope | None = None) -> ConnectionRecord:
        """Make an earlier version current, as a new version."""
        return self.store.rollback(name, self._scope_of(name, scope), version)

    def tell_who_can_open(self, record: ConnectionRecord) -> None:
        """Say of a private connection in a shared store which machines can open it, and who runs as its owner."""
        for note in who_can_open(self.store, record, last_listing.get(self.store.address)):
            self.notify(note)

    def _put_changed(
        self,
        current: Connection,
        changed: Connection,
        expires: datetime | Literal["never"] | None,
        expect: str | None,
    ) -> ConnectionRecord:
        """Store ``changed`` in the place of ``current``; None keeps its expiry."""
        record = _record_of(current)
        until = None if expires == "never" else expires or record.expires
        return self.store.put(record.name, changed, scope=record.scope, expires=until, expect=expect or record.rev)

    def _chosen(self, names: tuple[str, ...], type: str | None) -> Selection:
        return choose(self.store, names, open_forms, type=connection_type(type).TYPE if type else None)

    def _account(self, chosen: Selection, names: tuple[str, ...]) -> None:
        """Say what the listing did not reach, or that nothing fits."""
        if chosen.everything is None:
            if not chosen.listed():
                raise KeyboardInterrupt
            self.notify(f"Interrupted while {self.store.title} was still being listed: it may hold more than these.")
            return
        last_listing[self.store.address] = chosen.everything
        if names and not chosen.listed():
            raise missing(self.store, open_forms, names[0])

    def _scope_of(self, name: str, scope: Scope | None) -> Scope:
        return looking_up.scope_of(self.store, open_forms, name, scope)

    def _scope_of_deleted(self, name: str, scope: Scope | None) -> Scope:
        return looking_up.scope_of_deleted(self.store, name, scope)


def connections(address: str | None = None) -> Connections:
    """Return the connections of the store at ``address``, or of the store in use.

    Raises
    ------
    StoreError
        The address is not one, or the store cannot be used.
    """
    return Connections(open_store(settings.store_in_use(address).address))


def _record_of(connection: Connection) -> ConnectionRecord:
    record = connection.record
    if record is None:
        raise NotSupported("This connection did not come from a store.", "Fetch it with pfconn.get(name).")
    return record
