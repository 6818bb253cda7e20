"""The base of all connection types. A type is data: fields, what to ask, probes, a client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from pydantic import BaseModel, ConfigDict, PrivateAttr, model_serializer

from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.connections.type_words import joined
from pfconn_jupyter.errors import NotSupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pfconn_jupyter.connections.probe import Probe
    from pfconn_jupyter.connections.record import ConnectionRecord


@dataclass(frozen=True)
class Ask:
    """How a field is asked for, in the form, in prompts and in help.

    Attributes
    ----------
    title, help, placeholder
        Label, one line of help, and an example.
    where, where_title
        Link to the place where the value is found, and its words.
    env
        Environment variables that SDKs read this value from, the first found wins.
    when
        ``("auth_mode", "key")``: asked only if that field has that value.
    choices
        Value to label, if it is one of a few.
    advanced
        True for what the form folds away.
    """

    title: str
    help: str = ""
    placeholder: str = ""
    where: str = ""
    where_title: str = ""
    env: tuple[str, ...] = ()
    when: tuple[str, str] | None = None
    choices: tuple[tuple[str, str], ...] = ()
    advanced: bool = False


class Connection(BaseModel):
    """A typed record of an address and a secret.

    Class attributes describe the type: ``TYPE`` (its name), ``LABEL``, ``BADGE`` (two
    letters), ``SUMMARY``, ``TOOLS`` (built-in tools that take it), ``ENDPOINT`` (the field
    that holds the address, for which ``endpoint``, ``azure_endpoint``, ``api_base`` and
    ``base_url`` are all accepted), ``DEFAULT_ENDPOINT`` (used where that field is empty, or
    where a service has one address for all),
    ``HOSTS`` (endings of the service's own host names; any other host is accepted with a
    warning), ``EXTRA`` (the pip extra with its SDK), ``IMPLIED`` (fields that prompt flow
    writes with always the same value: accepted and left out, with a note), ``TEST_SPARES``
    (what a test does not cost: ``"spends no tokens"``), ``RIVALS`` (environment variables
    that an SDK prefers to this type's own, and what it does then), ``PACKAGE`` (the installed
    package that brings it, set where it is loaded), ``KEYS_ONLY`` (False if a secret may also
    be a password or a certificate, which is kept to the letter).
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)

    TYPE: ClassVar[str]
    LABEL: ClassVar[str]
    BADGE: ClassVar[str]
    SUMMARY: ClassVar[str] = ""
    TOOLS: ClassVar[tuple[str, ...]] = ("Python",)
    ENDPOINT: ClassVar[str] = ""
    DEFAULT_ENDPOINT: ClassVar[str] = ""
    HOSTS: ClassVar[tuple[str, ...]] = ()
    EXTRA: ClassVar[str] = ""
    PACKAGE: ClassVar[str] = ""
    KEYS_ONLY: ClassVar[bool] = True
    RIVALS: ClassVar[tuple[tuple[str, str], ...]] = ()
    IMPLIED: ClassVar[Mapping[str, str]] = {}
    TEST_SPARES: ClassVar[str] = ""

    _record: ConnectionRecord | None = PrivateAttr(None)
    _reread: Callable[[], Connection] | None = PrivateAttr(None)

    @property
    def record(self) -> ConnectionRecord | None:
        """What the store knows of it; None for a connection that is not stored."""
        return self._record

    @property
    def name(self) -> str:
        """Its name in the store, or ``""``."""
        return self._record.name if self._record else ""

    @property
    def stored_type(self) -> str:
        """Its type as stores write it: ``weather@contoso-weather`` if a package brings it."""
        return self.full_type()

    @property
    def kind(self) -> type[Connection]:
        """The type whose fields it is changed by."""
        return type(self)

    @property
    def typeless(self) -> str:
        """Why it was opened without its type, in words, or ``""``."""
        return ""

    @property
    def auth(self) -> str:
        """``"key"`` or ``"meid_token"``."""
        return str(getattr(self, "auth_mode", "key"))

    @property
    def configs(self) -> dict[str, str]:
        """Field name to value, without secrets."""
        return {k: str(v) for k, v in self._values() if v is not None and not isinstance(v, Secret)}

    @property
    def secrets(self) -> dict[str, Secret]:
        """Field name to secret."""
        return {k: v for k, v in self._values() if isinstance(v, Secret)}

    @property
    def endpoint_url(self) -> str:
        """The address its secret is sent to, or ``""`` if it has none of its own."""
        return str(getattr(self, self.ENDPOINT, None) or self.DEFAULT_ENDPOINT)

    @classmethod
    def has_test(cls) -> bool:
        """Tell whether a connection of this type can have a test."""
        return cls.probes is not Connection.probes

    def probes(self) -> Iterator[Probe]:
        """Yield the requests that prove the credential; the first decides unless it says otherwise."""
        yield from ()

    def deployment_probes(self, deployment: str) -> Iterator[Probe]:  # noqa: ARG002  # for the types that have some
        """Yield the requests that prove one deployment or model. They spend a token: sent only if asked for."""
        yield from ()

    def client(self, **options: Any) -> Any:  # noqa: ARG002  # for the types that have one
        """Return the vendor's SDK client. Sends nothing.

        Raises
        ------
        NotSupported
            No vendor SDK belongs to this type.
        MissingPackage
            The SDK is not installed.
        """
        raise NotSupported(
            f"A {self.LABEL} connection has no SDK client.", "Use its fields: conn.configs and conn.secrets."
        )

    def refresh(self) -> Connection:
        """Return this connection as it is in the store now.

        Raises
        ------
        NotSupported
            It did not come from a store.
        """
        if self._reread is None:
            raise NotSupported("This connection did not come from a store.", "Fetch it with pfconn.get(name).")
        return self._reread()

    def bind(self, record: ConnectionRecord, reread: Callable[[], Connection] | None = None) -> Connection:
        """Attach what the store knows of it; for stores."""
        self._record, self._reread = record, reread
        return self

    def __repr__(self) -> str:
        shown = ", ".join(f"{k}={v!r}" for k, v in {**self.configs, **self.secrets}.items())
        return f"{type(self).__name__}({self.name}: {shown})" if self.name else f"{type(self).__name__}({shown})"

    __str__ = __repr__

    @model_serializer(mode="plain", when_used="json")
    def _no_json(self) -> str:
        raise TypeError("A connection cannot be written as JSON: send its name and call pfconn.get there.")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A connection cannot be pickled: send its name and call pfconn.get there.")

    def _values(self) -> Iterator[tuple[str, object]]:
        return ((name, getattr(self, name)) for name in type(self).model_fields)

    @classmethod
    def full_type(cls) -> str:
        """Return the word that names this type and no other: with its package, if one brings it."""
        return joined(cls.TYPE, cls.PACKAGE)

    @classmethod
    def asks(cls) -> dict[str, Ask]:
        """Return field name to how it is asked for, in order."""
        found = {}
        for name, info in cls.model_fields.items():
            ask = next((m for m in info.metadata if isinstance(m, Ask)), Ask(name))
            found[name] = ask
        return found

    @classmethod
    def secret_fields(cls) -> tuple[str, ...]:
        """Return the names of the fields that hold a secret."""
        return tuple(n for n, info in cls.model_fields.items() if holds_secret(info.annotation))


def is_needed(cls: type[Connection], field: str) -> bool:
    """Tell whether ``field`` must be answered, where it is asked for at all."""
    # A secret that is asked for under a condition has a default for the other case only.
    return cls.model_fields[field].is_required() or (
        field in cls.secret_fields() and cls.asks()[field].when is not None
    )


def holds_secret(annotation: Any) -> bool:
    """Tell whether a field of this annotation holds a `Secret`."""
    return annotation is Secret or Secret in getattr(annotation, "__args__", ())
