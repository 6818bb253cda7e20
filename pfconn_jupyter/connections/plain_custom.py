"""Plain custom connections: any keys and values, at least one of them secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BeforeValidator, model_validator

from pfconn_jupyter.connections.connection import Ask
from pfconn_jupyter.connections.custom import CustomConnection, in_header
from pfconn_jupyter.connections.endpoint import check_endpoint, rule
from pfconn_jupyter.connections.probe import Probe, Reading
from pfconn_jupyter.connections.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

TEST_URL = "test_url"
TEST_HEADER = "test_header"
TEST_SECRET = "test_secret"  # noqa: S105  # the name of a config
TEST_STATUS = "test_status"
TEST_WORDS = "test_words"
_READINGS = (
    Reading(
        401,
        "denied",
        "The service does not accept this secret in this header: compare test_header with its documentation.",
    ),
    Reading(404, "not_found", "Compare test_url with the service's documentation."),
    *(
        Reading(http, "misconfigured", f"If that is the right answer, say so: --set configs.test_status={http}.")
        for http in (201, 202, 204)
    ),
)


def _texts(value: Any) -> Any:
    if not isinstance(value, dict) or not all(isinstance(k, str) for k in value):
        raise rule("The values are not keys with texts.", "Give configs={...} and secrets={...}.")
    for key, item in value.items():
        if not key or key != key.strip():
            raise rule("A key is empty or has blanks around it.", "Give each value a name.")
        if not isinstance(item, (str, Secret)):
            raise rule(f"The value of {key} is not a text.", f"Write it as a text: {key}='…'.")
    return value


def _statuses(text: str) -> frozenset[int]:
    """Return the HTTP statuses that ``test_status`` names, 200 by default."""
    named = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and 200 <= int(part) <= 599 for part in named):
        raise rule("is not an HTTP status.", "Give a number, or several: test_status='200, 204'.", field=TEST_STATUS)
    return frozenset(int(part) for part in named) or frozenset({200})


class PlainCustomConnection(CustomConnection, abstract=True):
    """Keys and values of a service that has no type of its own.

    Some configs, if present, tell `probes` how to test it: ``test_url`` (a GET is sent
    there), ``test_header`` (``api-key``, or ``Authorization: Bearer``, to carry the
    secret), ``test_secret`` (which secret, if there are several), ``test_status`` (the
    HTTP statuses that are right: ``204``, or ``200, 204``; 200 by default) and
    ``test_words`` (words that must stand in the answer).
    """

    SUMMARY: ClassVar[str] = "Any other service: your own keys and values"

    values: Annotated[dict[str, str | Secret], BeforeValidator(_texts), Ask("Keys and values")]

    @model_validator(mode="after")
    def _has_secret(self) -> PlainCustomConnection:
        if not self.secrets:
            raise rule(
                "A custom connection needs at least one secret.",
                "Mark at least one value as secret: --set secrets.KEY='${env:NAME}'.",
            )
        if TEST_URL in self.values:
            check_endpoint(self.configs.get(TEST_URL, ""))
        _statuses(self.configs.get(TEST_STATUS, ""))
        wanted = self.configs.get(TEST_SECRET)
        if wanted is not None and wanted not in self.secrets:
            raise rule(
                f"test_secret names {wanted!r}, which is not a secret here.", f"Name one of: {', '.join(self.secrets)}."
            )
        return self

    def _values(self) -> Iterator[tuple[str, object]]:
        return iter(self.values.items())

    @property
    def endpoint_url(self) -> str:
        """The address that a test sends the secret to, or ``""``."""
        return self.configs.get(TEST_URL, "")

    def probes(self) -> Iterator[Probe]:
        """Yield a GET of ``test_url``, with the secret in ``test_header`` if there is one."""
        url = self.configs.get(TEST_URL)
        if not url:
            return
        header = self.configs.get(TEST_HEADER, "")
        expected: dict[str, Any] = {
            "accept": _statuses(self.configs.get(TEST_STATUS, "")),
            "expect_words": self.configs.get(TEST_WORDS, ""),
            "readings": _READINGS,
        }
        if not header:
            open_ = "no secret was sent: set configs.test_header"
            yield Probe(url, proves="the address answers", leaves_open=open_, **expected)
            return
        secret = self.secrets[self.configs.get(TEST_SECRET) or next(iter(self.secrets))]
        yield Probe(url, headers=in_header(header, secret), proves="secret accepted", **expected)
