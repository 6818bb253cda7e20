"""Connection types of your own: subclass `CustomConnection` in a cell or a package."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ConfigDict, ValidationInfo, field_validator

from pfconn_jupyter.connections import defined, registry, strong_types
from pfconn_jupyter.connections.connection import Ask, Connection
from pfconn_jupyter.connections.declaring import address_field, check_declared, check_names, choices_of
from pfconn_jupyter.connections.endpoint import check_endpoint
from pfconn_jupyter.connections.probe import Probe, Reading
from pfconn_jupyter.connections.wording import badge_of, fields_said, summary_of, title_of, type_of, words_of
from pfconn_jupyter.errors import InvalidType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pfconn_jupyter.connections.probe import EntraToken
    from pfconn_jupyter.connections.secret import Secret


_READINGS = (
    Reading(
        401,
        "denied",
        "The service does not accept this secret in this header: compare TEST_HEADER with its documentation.",
    ),
    Reading(404, "not_found", "Compare TEST_PATH with the service's documentation."),
)


class CustomConnection(Connection):
    """The base of connection types of your own, and of plain custom connections.

    A subclass is a type as soon as its class statement has run, here or in an installed
    package (entry point group ``pfconn_jupyter.connections``)::

        class MyApi(CustomConnection):
            \"\"\"My API of the weather service.\"\"\"

            api_key: Secret
            api_base: str = "https://weather.example"

    Its form, prompts, checks, completion and storage follow from it. What it does not say
    comes from its name and docstring: ``TYPE``, ``LABEL``, ``BADGE``, ``SUMMARY``, and from
    the names of its fields: ``ENDPOINT``, and how each field is asked for.

    ``TEST_PATH`` is a path below the address that a GET proves the secret with, and
    ``TEST_HEADER`` the header that carries it (``api-key``, ``Authorization: Bearer``);
    a type that needs more yields its own `probes`. ``abstract=True`` in the class
    statement makes a base that is no type itself.

    Raises
    ------
    InvalidType
        A field cannot be stored, or the type's name is taken.
    """

    # A kind of value that cannot be stored is refused by `check_declared`, in words.
    model_config = ConfigDict(protected_namespaces=(), arbitrary_types_allowed=True)

    TYPE: ClassVar[str] = "custom"
    LABEL: ClassVar[str] = "Custom"
    BADGE: ClassVar[str] = "CU"
    KEYS_ONLY: ClassVar[bool] = False
    TEST_PATH: ClassVar[str] = ""
    TEST_HEADER: ClassVar[str] = "api-key"

    def __init_subclass__(cls, *, abstract: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__module__.partition(".")[0] != __package__.partition(".")[0]:
            check_names(cls, CustomConnection)

    @classmethod
    def __pydantic_init_subclass__(cls, *, abstract: bool = False, **options: Any) -> None:
        super().__pydantic_init_subclass__(**options)
        if abstract:
            return
        _describe(cls)
        check_declared(cls)
        _check_free(cls)
        defined.register(cls)

    @field_validator("*", mode="after")
    @classmethod
    def _check_address(cls, value: Any, info: ValidationInfo) -> Any:
        """Hold the address to the rules of addresses, however it is annotated."""
        if info.field_name != cls.ENDPOINT or not isinstance(value, str):
            return value
        return value if value == cls.model_fields[cls.ENDPOINT].default else check_endpoint(value)

    def __getitem__(self, key: str) -> Any:
        return dict(self._values())[key]

    @classmethod
    def has_test(cls) -> bool:
        """Tell whether the class names a ``TEST_PATH``, or yields probes of its own."""
        return bool(cls.TEST_PATH) or cls.probes is not CustomConnection.probes

    def probes(self) -> Iterator[Probe]:
        """Yield a GET of ``TEST_PATH`` with the first secret in ``TEST_HEADER``."""
        secret = next(iter(self.secrets.values()), None)
        if self.TEST_PATH and self.endpoint_url and secret is not None:
            url = f"{self.endpoint_url.rstrip('/')}/{self.TEST_PATH.lstrip('/')}"
            yield Probe(url, headers=in_header(self.TEST_HEADER, secret), proves="secret accepted", readings=_READINGS)

    @classmethod
    def asks(cls) -> dict[str, Ask]:
        """Return field name to how it is asked for: as its `Ask` says, or as its name and the docstring do."""
        said = fields_said(cls.__doc__)
        found = {}
        for name, info in cls.model_fields.items():
            ask = next((m for m in info.metadata if isinstance(m, Ask)), None)
            ask = ask or Ask(info.title or title_of(name), info.description or said.get(name, ""))
            found[name] = ask if ask.choices else replace(ask, choices=choices_of(info.annotation))
        return found


def in_header(header: str, secret: Secret) -> dict[str, str | Secret | EntraToken]:
    """Return the header that carries ``secret``: ``api-key``, or with a scheme as ``Authorization: Bearer``."""
    name, _, scheme = header.partition(":")
    return {name.strip(): secret.prefixed(f"{scheme.strip()} ") if scheme.strip() else secret}


def _describe(cls: type[CustomConnection]) -> None:
    """Fill in what the class itself does not say."""
    own = {name for base in cls.__mro__[: cls.__mro__.index(CustomConnection)] for name in base.__dict__}
    doc = cls.__dict__.get("__doc__")
    if "TYPE" not in cls.__dict__:
        cls.TYPE = type_of(cls.__name__)
    if "LABEL" not in cls.__dict__:
        cls.LABEL = " ".join(words_of(cls.__name__))
    if "BADGE" not in cls.__dict__:
        cls.BADGE = badge_of(cls.LABEL)
    if "SUMMARY" not in cls.__dict__:
        cls.SUMMARY = summary_of(doc)
    if "ENDPOINT" not in own:
        cls.ENDPOINT = address_field(cls)
    cls.PACKAGE = ""


def _check_free(cls: type[CustomConnection]) -> None:
    """Refuse a name that is taken; of a module, that shows in the table of types, and stops no import."""
    if cls.__module__ != defined.NOTEBOOK:
        return
    place = defined.place_of(cls)
    others = [each for each in strong_types.strong() if each.name == cls.TYPE and each.source != "this notebook"]
    taken = "built-in" if registry.built_in_name(cls.TYPE) else next((each.source for each in others), "")
    if taken:
        raise InvalidType(
            f"{place.partition(':')[2]}: there is a type {cls.TYPE} already ({taken}).",
            f"Give yours another name in the class: TYPE = 'my_{cls.TYPE}'.",
        )
