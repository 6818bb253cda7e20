"""A stored connection whose type is not here: opened by its keys and values, and kept as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import PrivateAttr

from pfconn_jupyter.connections import registry
from pfconn_jupyter.connections.build import build, rebuild
from pfconn_jupyter.connections.plain_custom import PlainCustomConnection
from pfconn_jupyter.errors import FieldProblem, InvalidConnection, InvalidType, UnknownType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.probe import Probe
    from pfconn_jupyter.connections.secret import Secret


class TypelessConnection(PlainCustomConnection, abstract=True):
    """Keys and values of a connection whose type is missing, broken, or has other fields now.

    It is written as what it was: a copy or a new secret does not lose the type.
    """

    _word: str = PrivateAttr("")
    _why: str = PrivateAttr("")
    _cls: Any = PrivateAttr(None)

    @classmethod
    def of(
        cls, word: str, parts: Mapping[str, str | Secret], why: str, kind: type[Connection] | None = None
    ) -> TypelessConnection:
        """Return one of the type ``word``; ``kind`` is its class, if that is here."""
        made = cls.model_construct(values=dict(parts))
        made._word, made._why, made._cls = word, why, kind  # noqa: SLF001  # one of its own class
        return made

    @property
    def stored_type(self) -> str:
        """See `Connection`."""
        return self._word

    @property
    def typeless(self) -> str:
        """See `Connection`."""
        return self._why

    @property
    def kind(self) -> type[Connection]:
        """See `Connection`."""
        return self._cls or type(self)

    @property
    def endpoint_url(self) -> str:
        """The address as its class would find it; without the class it has none."""
        return self.configs.get(self._cls.ENDPOINT, "") or str(self._cls.DEFAULT_ENDPOINT) if self._cls else ""

    def probes(self) -> Iterator[Probe]:
        """Yield nothing: how to test it stands in its type."""
        yield from ()

    def with_secrets(self, fields: Mapping[str, Any], notify: Callable[[str], None]) -> TypelessConnection:
        """Return it with new secrets; what else may be changed only its type knows.

        Raises
        ------
        InvalidConnection
        """
        new = dict(fields.get("secrets") or {})
        other = {*(fields.get("configs") or {}), *(fields.keys() - {"configs", "secrets"})}
        other |= {key for key, value in new.items() if key not in self.secrets or value is None}
        if other:
            problem = f"cannot be changed without its type. {self._why}"
            hint = f"Without it only its secrets can be replaced: {', '.join(self.secrets) or 'it has none'}."
            raise InvalidConnection([FieldProblem(min(other), problem, hint)])
        checked = build(PlainCustomConnection, {"secrets": new}, notify) if new else self
        return self.of(self._word, {**self.values, **checked.secrets}, self._why)


def reopened(word: str, configs: Mapping[str, str], secrets: Mapping[str, Secret]) -> Connection:
    """Return a connection from its stored parts; without its type, by its keys and values.

    Raises
    ------
    InvalidConnection
        What is stored of a built-in type breaks a rule.
    """
    parts: dict[str, str | Secret] = {**configs, **secrets}
    try:
        cls = registry.connection_type(word)
    except UnknownType:
        return TypelessConnection.of(word, parts, registry.not_here(word))
    except InvalidType as error:
        return TypelessConnection.of(
            word, parts, f"{error.problem.rstrip('.')}: it opens as a plain custom connection."
        )
    if registry.built_in_name(word):
        return rebuild(cls, configs, secrets)
    try:
        return rebuild(cls, configs, secrets)
    except InvalidConnection as error:
        why = (
            f"It does not fit its type {cls.TYPE} any more ({error.problem.rstrip('.')}): it opens as a plain custom"
            " connection. Mend it with %pfconn update."
        )
        return TypelessConnection.of(word, parts, why, cls)
