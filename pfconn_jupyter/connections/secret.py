"""A value that is never shown: the only holder of plaintext in this package."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

MASK = "••••••"
_WHY_NOT = "A Secret cannot be pickled or serialised: send the connection's name and call pfconn.get there."


class Secret:
    """A secret text. `reveal` is the only way to the value.

    ``repr``, ``str`` and ``format`` give a mask of constant length; pickling and JSON
    raise; copies are the object itself, so that there is one plaintext to forget.

    Raises
    ------
    TypeError
        The value is not a ``str``.
    """

    # No __dict__, so that vars(), dill and json.dumps(default=vars) find nothing.
    __slots__ = ("__value", "__weakref__")

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError("A Secret holds a str.") from None
        self.__value = value

    def reveal(self) -> str:
        """Return the plaintext. Call it on the line that sends it, nowhere else."""
        return self.__value

    def prefixed(self, prefix: str) -> Secret:
        """Return a new secret with ``prefix`` before the value, as in ``Bearer …``."""
        return Secret(prefix + self.__value)

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        # A lone surrogate must compare too: the error of encode() would hold the value.
        mine, theirs = (s.__value.encode("utf-8", "surrogatepass") for s in (self, other))  # noqa: SLF001
        return hmac.compare_digest(mine, theirs)

    # A hash of the value would be a fingerprint of it.
    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(_WHY_NOT)

    __getstate__ = __reduce__ = lambda self: self.__reduce_ex__(0)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        def refuse(_: Secret) -> NoReturn:
            raise TypeError(_WHY_NOT)

        return core_schema.no_info_after_validator_function(
            lambda value: value if isinstance(value, Secret) else cls(value),
            core_schema.union_schema([core_schema.is_instance_schema(cls), core_schema.str_schema(strict=True)]),
            serialization=core_schema.plain_serializer_function_ser_schema(refuse, when_used="json"),
        )
