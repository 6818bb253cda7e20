"""Between here and the service: names, ports, certificates, proxies, and files that meddle."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
import requests
import trustme

from hunter import assert_clean
from pfconn_jupyter.checks.failures import timed_out
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.connection import Connection
from standins.proxy import tunnel_to
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[[str], Connection]

V1, OPENAI = "/openai/v1/models", "/v1/models"
MODELS = Reply(200, {"data": []})


def test_unknown_host(azure: Make) -> None:
    outcome = check(azure("https://contoso.openai.azur.invalid"))
    assert (outcome.status, outcome.http) == ("unreachable", None)
    assert "there is no host contoso.openai.azur.invalid" in outcome.detail
    assert "did you mean contoso.openai.azure" in outcome.hint


def test_refused_port(azure: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with Service() as gone:
        pass
    sent: list[str] = []
    send = requests.Session.send
    monkeypatch.setattr(requests.Session, "send", lambda self, *a, **k: sent.append("once") or send(self, *a, **k))
    outcome = check(azure(gone.url))
    assert outcome.status == "unreachable"
    assert "refuses connections" in outcome.detail
    assert sent == ["once"], "only a dropped connection is tried again"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Return an authority that REQUESTS_CA_BUNDLE names."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    return made


def test_a_private_authority_is_honoured(authority: trustme.CA, azure: Make) -> None:
    with Service(authority.issue_cert("127.0.0.1")).on(V1, MODELS) as service:
        assert check(azure(service.url)).status == "ok"
        assert len(service.received) == 1


def test_a_certificate_for_another_name(authority: trustme.CA, azure: Make) -> None:
    with Service(authority.issue_cert("other.example")).on(V1, MODELS) as service:
        outcome = check(azure(service.url))
        assert outcome.status == "tls"
        assert "another name" in outcome.detail
        assert service.received == []


@pytest.mark.usefixtures("authority")
def test_a_certificate_of_somebody_else(azure: Make) -> None:
    with Service(trustme.CA().issue_cert("127.0.0.1")).on(V1, MODELS) as service:
        outcome = check(azure(service.url))
        assert outcome.status == "tls"
        assert "REQUESTS_CA_BUNDLE" in outcome.hint
        assert service.received == []


@pytest.mark.usefixtures("authority")
def test_https_to_a_port_that_speaks_http(service: Service, azure: Make) -> None:
    outcome = check(azure(service.url.replace("http:", "https:")))
    assert outcome.status == "tls"
    assert "no common TLS" in outcome.detail


def test_without_a_bundle_the_usual_authorities_are_asked(azure: Make) -> None:
    with Service(trustme.CA().issue_cert("127.0.0.1")).on(V1, MODELS) as service:
        assert check(azure(service.url)).status == "tls"
        assert service.received == []


def test_a_bundle_that_is_not_there(azure: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    outcome = check(azure("https://127.0.0.1:9"))
    assert outcome.status == "tls"
    assert "REQUESTS_CA_BUNDLE names a file that does not exist" in outcome.detail


def test_a_proxy_is_used_and_no_proxy_is_honoured(
    authority: trustme.CA, azure: Make, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    with Service(authority.issue_cert("127.0.0.1")).on(V1, MODELS) as service, Service() as proxy:
        proxy.on(service.url.removeprefix("https://"), tunnel_to(service.url))
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert check(azure(service.url)).status == "ok"
        assert (len(proxy.received), len(service.received)) == (1, 1)
        assert_clean(secret, proxy.received)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert check(azure(service.url)).status == "ok"
        assert (len(proxy.received), len(service.received)) == (1, 2)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_a_key_for_this_machine_is_not_shown_to_a_proxy(
    service: Service, openai: Make, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    service.on(OPENAI, MODELS)
    with Service() as proxy:
        monkeypatch.setenv(variable, proxy.url)
        requests.get(service.url + OPENAI, timeout=5).close()
        assert len(proxy.received) == 1, "the control: requests would go through the proxy, in the clear"
        assert check(openai(service.url)).status == "ok"
        assert len(proxy.received) == 1


def test_a_proxy_that_reads_tls_is_named(azure: Make, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    company = trustme.CA(organization_name="Contoso TLS Inspection")
    with Service(company.issue_cert("contoso.openai.azure.invalid")) as middle, Service() as proxy:
        proxy.on("contoso.openai.azure.invalid:443", tunnel_to(middle.url))
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://ann:pa%40ss-word-9@"))
        outcome = check(azure("https://contoso.openai.azure.invalid"))
    assert outcome.status == "tls"
    assert "issued by Contoso TLS Inspection" in outcome.detail
    assert "If Contoso TLS Inspection is your company's proxy, set REQUESTS_CA_BUNDLE" in outcome.hint
    assert middle.received == []
    assert {r.headers["proxy-authorization"] for r in proxy.received} == {"Basic YW5uOnBhQHNzLXdvcmQtOQ=="}
    assert_clean(secret, proxy.received)


@pytest.mark.parametrize(("days", "says"), [(-30, "has run out"), (30, "is not valid yet")])
def test_a_certificate_of_another_time(authority: trustme.CA, azure: Make, days: int, says: str) -> None:
    begins = datetime.now(timezone.utc) + timedelta(days=days)
    leaf = authority.issue_cert("127.0.0.1", not_before=begins, not_after=begins + timedelta(days=10))
    with Service(leaf).on(V1, MODELS) as service:
        outcome = check(azure(service.url))
    assert outcome.status == "tls"
    assert says in outcome.detail
    assert "clock" in outcome.hint
    assert service.received == []


def test_an_address_of_a_private_network_is_told() -> None:
    assert "10.1.2.3, an address of a private network" in timed_out("https://10.1.2.3").hint
    assert "NO_PROXY" in timed_out("https://127.0.0.1:9").hint


@pytest.mark.parametrize(
    ("names", "address", "says"),
    [
        (["contoso.privatelink.openai.azure.com"], "10.1.2.4", "10.1.2.4, an address of a private network"),
        (["contoso.privatelink.openai.azure.com", "gw.azure.com"], "20.1.2.3", "has a private endpoint"),
        (["gw.azure.com"], "20.1.2.3", "a firewall or a private network may swallow"),
    ],
)
def test_a_private_endpoint_from_outside(
    monkeypatch: pytest.MonkeyPatch, names: list[str], address: str, says: str
) -> None:
    # A name server of Azure's, which no test asks.
    monkeypatch.setattr(socket, "gethostbyname_ex", lambda host: (names[-1], names[:-1], [address]))
    assert says in timed_out("https://contoso.openai.azure.com").hint
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    assert "NO_PROXY" in timed_out("https://contoso.openai.azure.com").hint, "the proxy looks names up"


def test_a_proxy_that_asks_for_a_sign_in(azure: Make, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    with Service().on("contoso.openai.azure.invalid:443", Reply(407)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        outcome = check(azure("https://contoso.openai.azure.invalid"))
        assert outcome.status == "unreachable"
        assert "sign-in" in outcome.detail
        assert all(secret not in repr(r) for r in proxy.received), "a tunnel's proxy never sees the key"
        assert proxy.received


def test_a_proxy_that_is_gone(azure: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    outcome = check(azure("https://contoso.openai.azure.invalid"))
    assert outcome.status == "unreachable"
    assert "NO_PROXY" in outcome.hint


def test_netrc_does_not_replace_the_key(
    service: Service, openai: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ann password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    service.on(OPENAI, MODELS)
    requests.get(service.url + OPENAI, headers={"Authorization": "Bearer x"}, timeout=5).close()
    assert service.received[0].headers["authorization"].startswith("Basic "), "the control: netrc is read"
    assert check(openai(service.url)).status == "ok"
    assert service.received[1].headers["authorization"] == f"Bearer {secret}"
