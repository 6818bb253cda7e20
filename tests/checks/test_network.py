"""Between here and the service: names, ports, certificates, proxies, and files that meddle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
import trustme

from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.connection import Connection
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
    service: Service, azure: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.on(V1, MODELS)
    with Service().on(V1, Reply(200, {"data": ["by proxy"]})) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert check(azure(service.url)).status == "ok"
        assert (len(proxy.received), len(service.received)) == (1, 0)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert check(azure(service.url)).status == "ok"
        assert (len(proxy.received), len(service.received)) == (1, 1)


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
