"""A secret goes to its own host, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.probe import Probe
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import InvalidConnection
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[[str], Connection]

V1 = "/openai/v1/models"
MODELS = Reply(200, {"data": []})


def test_a_redirect_is_not_followed(service: Service, azure: Make) -> None:
    with Service().on(V1, MODELS) as other:
        service.on(V1, Reply(302, b"", {"Location": other.url.replace("127.0.0.1", "localhost") + V1}))
        outcome = check(azure(service.url))
        assert outcome.status == "misconfigured"
        assert "redirect to localhost; not followed" in outcome.detail
        assert other.received == []


@pytest.mark.parametrize("key", ["line\nend-secret", " blank-before", "blank-behind ", "naïve–dash€", "null\0byte"])
def test_a_secret_that_no_header_can_carry(service: Service, key: str) -> None:
    fields = {"configs": {"test_url": f"{service.url}/x", "test_header": "api-key"}, "secrets": {"k": key}}
    outcome = check(build(connection_type("custom"), fields))
    assert outcome.status == "misconfigured"
    assert key not in repr(outcome)
    assert service.received == []


def test_custom_connections_without_a_test_url() -> None:
    outcome = check(build(connection_type("custom"), {"secrets": {"k": "a-secret-value"}}))
    assert outcome.status == "not_checked"
    assert "test_url" in outcome.hint


class Strange(Connection):
    """A type whose author may do anything."""

    TYPE = "strange"
    LABEL = "Strange"
    ENDPOINT = "address"
    address: str
    target: str

    def probes(self) -> Any:
        if not self.target.startswith("http"):
            raise ValueError(self.target)
        yield Probe(self.target)


@pytest.mark.parametrize("change", [("127.0.0.1", "localhost"), ("http:", "https:"), ("127.0.0.1", "[::1]")])
def test_a_probe_may_not_leave_its_host(service: Service, change: tuple[str, str]) -> None:
    outcome = check(Strange(address=service.url, target=service.url.replace(*change) + "/x"))
    assert outcome.status == "not_checked"
    assert "nothing was sent" in outcome.detail
    assert service.received == []


def test_a_probe_may_not_leave_its_port(service: Service) -> None:
    assert check(Strange(address="http://127.0.0.1:1", target=service.url)).status == "not_checked"
    assert service.received == []


def test_an_address_that_two_parsers_read_differently(service: Service, azure: Make) -> None:
    port = service.url.rpartition(":")[2]
    tricky = f"http://127.0.0.1:{port}\\.contoso.openai.azure.com"
    assert check(Strange(address=tricky, target=tricky)).status == "not_checked"
    assert service.received == []
    with pytest.raises(InvalidConnection, match="not an address"):
        azure(tricky)


def test_a_type_that_raises_does_not_tell_its_text(secret: str) -> None:
    outcome = check(Strange(address="http://localhost", target=secret))
    assert outcome.status == "not_checked"
    assert "ValueError" in outcome.detail
    assert secret not in repr(outcome)
