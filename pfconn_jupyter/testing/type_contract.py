"""What every connection type must do, as tests, for authors of types.

::

    class TestWeather(TypeContract):
        @pytest.fixture
        def cls(self):
            return Weather

        @pytest.fixture
        def fields(self):
            return {"api_base": "https://weather.example", "api_key": "k3y-0123456789"}
"""
# ruff: noqa: D102  # a test's name says it

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from pfconn_jupyter.connections.build import build, rebuild
from pfconn_jupyter.connections.connection import is_needed
from pfconn_jupyter.connections.endpoint import MISSING
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import InvalidConnection

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection


class TypeContract:
    """Subclass it, named ``Test…``, with fixtures ``cls`` and ``fields`` (of a connection that is right)."""

    @pytest.fixture
    def cls(self) -> type[Connection]:
        """Return the class under test."""
        raise NotImplementedError

    @pytest.fixture
    def fields(self) -> dict[str, Any]:
        """Return field to text of a connection that is right."""
        raise NotImplementedError

    @pytest.fixture
    def made(self, cls: type[Connection], fields: dict[str, Any]) -> Connection:
        """Return that connection."""
        return build(cls, fields)

    def test_it_is_found_by_its_name(self, cls: type[Connection]) -> None:
        assert connection_type(cls.full_type()) is cls

    def test_it_says_what_a_form_needs(self, cls: type[Connection]) -> None:
        assert cls.LABEL
        assert len(cls.BADGE) == 2
        assert all(ask.title and ask.title != field for field, ask in cls.asks().items())

    def test_it_comes_back_from_a_store_as_it_was(self, cls: type[Connection], made: Connection) -> None:
        assert rebuild(cls, made.configs, made.secrets) == made

    def test_its_secrets_show_nowhere(self, made: Connection) -> None:
        shown = f"{made!r} {made} {made.configs}"
        assert made.secrets
        assert [field for field, secret in made.secrets.items() if secret.reveal() in shown] == []

    def test_a_field_that_is_missing_is_named(self, cls: type[Connection], fields: dict[str, Any]) -> None:
        for field in [f for f in fields if is_needed(cls, f)]:
            with pytest.raises(InvalidConnection) as caught:
                build(cls, {k: v for k, v in fields.items() if k != field})
            assert (field, MISSING) in [(p.field, p.problem) for p in caught.value.problems]

    def test_a_field_that_it_has_not_is_refused(self, cls: type[Connection], fields: dict[str, Any]) -> None:
        with pytest.raises(InvalidConnection, match="is not a field"):
            build(cls, {**fields, "no_such_field": "x"})

    def test_its_test_stays_on_its_own_host(self, made: Connection) -> None:
        home = urlsplit(made.endpoint_url)
        for probe in made.probes():
            there = urlsplit(probe.url)
            assert (there.scheme, there.netloc) == (home.scheme, home.netloc), probe.url

    def test_its_test_holds_secrets_as_secrets(self, made: Connection) -> None:
        plain = [secret.reveal() for secret in made.secrets.values()]
        for probe in made.probes():
            texts = [v for v in (*probe.headers.values(), *probe.query.values()) if not isinstance(v, Secret)]
            seen = f"{probe.url} {probe.body!r} {texts}"
            assert [text for text in plain if text in seen] == []
