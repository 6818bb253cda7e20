"""The contract of a store. `pfconn_jupyter.testing.store_contract` holds its tests."""

from __future__ import annotations

import getpass
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from pfconn_jupyter.connections.names import check_name
from pfconn_jupyter.errors import AccessDenied, ConnectionNotFound, NotSupported, PfconnError, StoreDamaged
from pfconn_jupyter.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping
    from datetime import datetime

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import ConnectionRecord, Records, Scope, Versions
    from pfconn_jupyter.connections.secret import Secret
    from pfconn_jupyter.stores.key_transfer import ImportedKey

    Values: TypeAlias = Generator[tuple[ConnectionRecord, Connection | PfconnError], None, None]
    # For annotations in a class that has a method called `list`.
    Found: TypeAlias = list[Connection]

NEW = "new"
"""``put(expect=NEW)``: the name must be free."""
ANY = "any"
"""``put(expect=ANY)``: whatever is there is replaced (its versions stay)."""


class Listing(NamedTuple):
    """The connections of a store: those one can use, and the private ones of others."""

    records: Records
    others: Records


class Store(ABC):
    """A place where connections are kept, by (scope, name).

    Two names that `fold` alike are the same name within a scope. Every write makes a new
    version; a deleted connection can be restored until it is purged. A record that cannot
    be read is listed with its ``problem`` and never hides the others. What a store cannot
    do raises `NotSupported`.

    Attributes
    ----------
    address
        As ``%pfconn store`` takes it; fully spelled.
    title
        As in the sentence "saved in …": ``"the local store"``, ``"contoso-kv"``.
    scopes
        Scopes this store has, the default first, each with the words of the form's choice
        ("Only me").
    keeps_deleted
        False where `delete` is for ever.
    """

    address: str
    title: str
    scopes: Mapping[Scope, str]
    keeps_deleted: bool = True

    @abstractmethod
    def list(self) -> Records:
        """Return all connections that are not deleted, by name; reads no secret."""

    def others(self) -> Records:
        """Return the private connections of others that can be seen here, by name; none by default."""
        return []

    def listing(self) -> Listing:
        """Return `list` and `others`, in one pass where the store can."""
        return Listing(self.list(), self.others())

    def parts(self) -> Iterator[Listing]:
        """Yield `listing` in parts as they come, in any order; one part by default."""
        yield self.listing()

    def values(self, records: Iterable[ConnectionRecord] | None = None) -> Values:
        """Yield each record with its connection, or with the error, as they come; all by default.

        ``records`` may be a generator that still lists the store.
        """
        for record in self.list() if records is None else records:
            yield record, self.value(record)

    def value(self, record: ConnectionRecord) -> Connection | PfconnError:
        """Return the connection of ``record``, or why it cannot be read: one must not hide the others."""
        try:
            return self.get(record.name, record.scope)
        except PfconnError as error:
            # Its frames would keep what was read alive.
            return error.with_traceback(None)
        except Exception as error:  # noqa: BLE001  a fault of a store; its text may hold anything
            what = f"{record.name} could not be read from {self.title} ({type(error).__name__})."
        return StoreDamaged(what, "Report this: the store should say what is wrong.")

    def try_reading(self) -> str:
        """Find out whether values can be read, without reading one where the store can tell so; say what was found.

        Raises
        ------
        SealingKeyError, StoreError
        """
        # One without a known problem, if there is one: the others have said theirs.
        for record in sorted(self.list(), key=lambda r: bool(r.problem)):
            self.get(record.name, record.scope)
            return f"values can be read: {record.name} was opened"
        return "no value to read yet"

    def find(self, name: str) -> Found:
        """Return the connections of this name, in whatever scope they are; none if there is none.

        Raises
        ------
        AccessDenied
            One scope does not let you in, and no other one has the name.
        SealingKeyError, StoreError
        """
        found, refused = [], None
        for scope in self.scopes:
            try:
                found.append(self.get(name, scope))
            except ConnectionNotFound:
                continue
            except AccessDenied as error:
                # A role may be for one scope only; where the other one has the name, that is no failure.
                refused = refused or error
        if refused and not found:
            raise refused
        return found

    def check_name(self, name: str) -> str:
        """Return ``name`` if a new connection can have it here.

        Raises
        ------
        InvalidName
            The error suggests the nearest legal name.
        """
        return check_name(name)

    def who(self) -> Identity:
        """Return who you are to this store."""
        return Identity(name=getpass.getuser(), kind="a user of this computer")

    def backup_key(self, passphrase: Secret) -> str:  # noqa: ARG002  # for the stores that can
        """Keep the sealing key in the store, wrapped under ``passphrase``; return its id.

        Raises
        ------
        NotSupported
            This store is on the machine that has the key.
        """
        raise NotSupported(f"{self.title} keeps no backup of the key.", "Write one to a file: %pfconn key export FILE.")

    def unlock_key(self, passphrase: Secret) -> ImportedKey:  # noqa: ARG002  # for the stores that can
        """Take over the key that `backup_key` kept.

        Raises
        ------
        NotSupported, SealingKeyError
        """
        raise NotSupported(f"{self.title} keeps no backup of the key.", "Read one: %pfconn key import FILE.")

    @abstractmethod
    def get(self, name: str, scope: Scope) -> Connection:
        """Return the connection with its secrets, its ``record`` bound to it.

        Raises
        ------
        ConnectionNotFound, SealingKeyError, StoreError
        """

    @abstractmethod
    def put(
        self, name: str, connection: Connection, *, scope: Scope, expires: datetime | None = None, expect: str = NEW
    ) -> ConnectionRecord:
        """Write a new version and return its record.

        Parameters
        ----------
        expect
            `NEW`, `ANY`, or the ``rev`` the caller read.

        Raises
        ------
        ConnectionExists
            ``expect`` is `NEW` and the name, or one that folds to it, is taken; also by a
            deleted connection that can be restored.
        ConnectionChanged
            ``expect`` is a rev and the current one is another.
        ConnectionNotFound
            ``expect`` is a rev and there is no such connection.
        """

    @abstractmethod
    def delete(self, name: str, scope: Scope) -> ConnectionRecord:
        """Delete the connection, to be restored or purged; returns what was deleted."""

    @abstractmethod
    def deleted(self) -> Records:
        """Return the deleted connections that can be restored."""

    @abstractmethod
    def restore(self, name: str, scope: Scope) -> ConnectionRecord:
        """Undo `delete`."""

    @abstractmethod
    def purge(self, name: str, scope: Scope) -> None:
        """Remove a deleted connection and all its versions for ever."""

    @abstractmethod
    def history(self, name: str, scope: Scope) -> Versions:
        """Return the versions, newest first."""

    @abstractmethod
    def rollback(self, name: str, scope: Scope, rev: str) -> ConnectionRecord:
        """Make the content of version ``rev`` (a prefix is enough if it fits one) current, as a new version."""

    def repair(self, name: str, scope: Scope) -> ConnectionRecord:  # noqa: ARG002  # for the stores that can
        """Write the metadata again that others took or outdated, from the last version that has some.

        Raises
        ------
        ConnectionNotFound, StoreDamaged, NotSupported
        """
        hint = "What cannot be read there: go back with %pfconn rollback, or delete it and create it again."
        raise NotSupported(f"In {self.title} there is nothing to repair.", hint)

    def reference(self, name: str, scope: Scope) -> str:  # noqa: ARG002  # for the stores that can
        """Return the URL at which other programs read the secret itself, without pfconn.

        Raises
        ------
        NotSupported
            Its value is not an ordinary secret of a vault.
        """
        raise NotSupported(
            f"No other program can read {name} from {self.title}.",
            f"Copy it to a vault first: %pfconn copy {name} --to keyvault:NAME --shared.",
        )

    @abstractmethod
    def protection(self) -> str:
        """Say in one or two sentences who can read the secrets, and who cannot."""
