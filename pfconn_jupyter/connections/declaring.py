"""The rules of a class that declares a connection type, checked where it is defined."""

from __future__ import annotations

import inspect
import re
import types
import warnings
from typing import TYPE_CHECKING, Any, ForwardRef, Literal, Union, get_args, get_origin

from pydantic_core import PydanticCustomError

from pfconn_jupyter.connections.build import ENDPOINT_WORDS
from pfconn_jupyter.connections.connection import holds_secret
from pfconn_jupyter.connections.endpoint import check_endpoint
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import InvalidType, PfconnWarning

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KINDS = (str, int, float, bool, Secret)
_VALUES = (str, int, float, bool, list, tuple, dict)
_SAID = "A field is a str, int, float, bool, Literal of texts, Endpoint or Secret, or one of them with | None."
_ADDRESSES = (*ENDPOINT_WORDS, "endpoint_url", "api_url", "url", "host_url")
_SECRET_WORD = re.compile(r"(^|_)(api)?(key|secret|token|password|passwd|pwd|credential)$", re.IGNORECASE)
# What the base has as methods and properties, and the parts of a plain custom connection.
_OURS = {"values", "configs", "secrets"}


def check_names(cls: type, base: type) -> None:
    """Refuse what pydantic would refuse at length: names that are taken, values without an annotation.

    Raises
    ------
    InvalidType
    """
    annotated = inspect.get_annotations(cls)
    for name, value in vars(cls).items():
        if isinstance(value, _VALUES) and not (name in annotated or name.startswith("_") or hasattr(base, name)):
            kind = f"ClassVar[{type(value).__name__}]" if name.isupper() else type(value).__name__
            raise InvalidType(
                f"{cls.__name__}.{name} has no annotation.", f"Write {name}: {kind} = …, or begin it with _."
            )
    for field in annotated:
        taken = not field.startswith("_") and not field.isupper() and hasattr(base, field)
        if taken or field in _OURS:
            raise InvalidType(
                f"{cls.__name__}.{field}: this name has a meaning in every connection.",
                f"Call the field otherwise, for example {cls.__name__.lower()}_{field}.",
            )


def check_declared(cls: type[Connection]) -> None:
    """Refuse a class that cannot be asked for, stored and read again.

    Raises
    ------
    InvalidType
        Names the field and the rule.
    """
    if not _NAME.fullmatch(cls.TYPE):
        raise InvalidType(
            f"{cls.__name__}: {cls.TYPE[:60]!r} is not a name of a type.",
            f"Give one in the class: TYPE = {'_'.join(re.findall('[a-z0-9]+', cls.TYPE.lower())) or 'my_api'!r}.",
        )
    if len(cls.BADGE) != 2:
        raise InvalidType(f"{cls.__name__}: BADGE is not two letters.", "For example BADGE = 'MA'.")
    # pydantic has `__pydantic_fields_complete__` since 2.10.
    if any(isinstance(info.annotation, (str, ForwardRef)) for info in cls.model_fields.values()):
        raise InvalidType(
            f"{cls.__name__}: the annotations of its fields cannot be read here.",
            "Define or import what they name before the class.",
        )
    for field, info in cls.model_fields.items():
        _check_field(cls, field, info.annotation, info.default)
    if not cls.secret_fields():
        raise InvalidType(
            f"{cls.__name__} has no secret.", "Annotate one field with Secret: api_key: Secret (from pfconn_jupyter)."
        )
    _check_address(cls)


def _check_address(cls: type[Connection]) -> None:
    if cls.ENDPOINT and cls.ENDPOINT not in cls.model_fields:
        raise InvalidType(
            f"{cls.__name__}: ENDPOINT names {cls.ENDPOINT!r}, which is not a field of it.",
            f"Name one of: {', '.join(cls.model_fields)}.",
        )
    # prompt flow's examples have a sentence there; what looks like an address has to be one.
    default = cls.model_fields[cls.ENDPOINT].default if cls.ENDPOINT else None
    for name, address in ((cls.ENDPOINT, default), ("DEFAULT_ENDPOINT", cls.DEFAULT_ENDPOINT)):
        if isinstance(address, str) and "://" in address:
            try:
                check_endpoint(address)
            except PydanticCustomError as error:
                said = error.context or {}
                raise InvalidType(f"{cls.__name__}.{name}: its default {said['problem']}", said["hint"]) from None


def address_field(cls: type[Connection]) -> str:
    """Return the field that holds the address by its name, or ``""``."""
    texts = [f for f, info in cls.model_fields.items() if _parts(info.annotation)[0] is str]
    return next((word for word in _ADDRESSES if word in texts), "")


def choices_of(annotation: Any) -> tuple[tuple[str, str], ...]:
    """Return the values that a field can have, with their labels, if they are few."""
    part = _parts(annotation)[0]
    if part is bool:
        return (("True", "Yes"), ("False", "No"))
    if get_origin(part) is Literal and len(get_args(part)) > 1:
        return tuple((value, value) for value in get_args(part))
    return ()


def _check_field(cls: type[Connection], field: str, annotation: Any, default: Any) -> None:
    parts = _parts(annotation)
    if len(parts) != 1 or not _is_kind(parts[0]):
        shown = getattr(annotation, "__name__", None) or str(annotation)
        raise InvalidType(f"{cls.__name__}.{field}: {shown} cannot be asked for in a form and stored.", _SAID)
    if holds_secret(annotation) and isinstance(default, (str, Secret)):
        raise InvalidType(
            f"{cls.__name__}.{field}: a secret has no default: it would stand in the code.",
            f"Write {field}: Secret, or {field}: Secret | None = None.",
        )
    if parts[0] is str and _SECRET_WORD.search(field):
        warnings.warn(
            f"{cls.__name__}.{field} is a str: it is stored in the clear and shown in lists. If it is secret,"
            f" write {field}: Secret.",
            PfconnWarning,
            stacklevel=2,
        )


def _is_kind(part: Any) -> bool:
    if get_origin(part) is Literal:
        return all(isinstance(value, str) for value in get_args(part))
    return part in _KINDS


def _parts(annotation: Any) -> list[Any]:
    """Return what a field can be, without None."""
    if get_origin(annotation) in (Union, types.UnionType):
        return [part for part in get_args(annotation) if part is not type(None)]
    return [annotation]
