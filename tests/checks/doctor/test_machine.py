"""Versions, SDKs, proxies and certificates of this machine."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import pytest
import trustme

from hunter import assert_clean
from pfconn_jupyter import identity
from pfconn_jupyter.checks.doctor import certificates, proxy, sdks, sign_in, versions
from pfconn_jupyter.checks.doctor.requirements import requirements
from pfconn_jupyter.errors import StoreUnavailable
from pfconn_jupyter.finding import Finding
from pfconn_jupyter.identity.no_token import NOBODY
from standins.service import Service

PASSWORD = "p@ss/word#77-of-the-proxy"


def only(findings: object) -> Finding:
    (found,) = list(findings)  # type: ignore[call-overload]
    return found


def test_versions_are_those_of_this_environment() -> None:
    found = {f.check: f for f in versions.look()}
    assert {f.status for f in found.values()} == {"ok"}
    assert found["Python"].detail.startswith(sys.version.split()[0])
    assert f"pandas {metadata.version('pandas')}" in found["packages"].detail


def test_what_is_too_old_or_missing_is_told_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        "pandas>=99.1",
        "no-such-package>=1",
        "requests",
        "other>=1; extra == 'x'",
        "pfconn_jupyter[x]; extra=='y'",
    ]
    monkeypatch.setattr(metadata, "requires", lambda name: lines)
    assert [r.extra for r in requirements()] == ["", "", "", "x"]
    old, missing, fine = (f for f in versions.look() if f.check == "packages")
    assert (old.status, "is too old: pandas>=99.1" in old.detail) == ("fail", True)
    assert old.hint == "%pip install 'pandas>=99.1', then restart."
    assert "no-such-package is missing" in missing.detail
    assert fine.detail.startswith("requests ")


def test_without_metadata_nothing_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", gone)
    assert [f.status for f in versions.look()] == ["ok", "warn"]
    assert list(sdks.look(())) == []


def test_an_sdk_is_missed_only_where_a_connection_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def openai(*in_use: str) -> Finding:
        return next(f for f in sdks.look(in_use) if f.check == "SDK openai")

    assert (openai("openai").status, openai("openai").hint) == ("ok", "")
    monkeypatch.setattr(metadata, "requires", lambda name: ["no-openai>=1; extra == 'openai'"])
    wanted, idle = openai("azure_openai"), openai("custom")
    assert (wanted.status, idle.status) == ("warn", "ok")
    assert wanted.hint == "%pip install 'pfconn_jupyter[openai]'"
    assert "no connection here needs it" in idle.detail
    monkeypatch.setattr(metadata, "requires", lambda name: ["requests"])
    assert (openai("openai").status, openai("custom").status) == ("warn", "ok")
    assert "older than this code" in openai("openai").detail


def test_no_proxy() -> None:
    assert (only(proxy.look()).status, only(proxy.look()).detail) == ("ok", "none")


def test_a_proxy_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "localhost")
    with Service() as running:
        for address in (running.url.replace("//", f"//ann:{PASSWORD}@"), running.url.removeprefix("http://")):
            monkeypatch.setenv("HTTPS_PROXY", address)
            found = only(proxy.look())
            assert found.status == "ok", found
            assert running.url.removeprefix("http://") in found.detail
            assert found.detail.endswith("not for localhost")
            assert_clean(PASSWORD, found)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (f"http://ann:{PASSWORD}@127.0.0.1:9", "does not answer"),
        (f"http://ann:{PASSWORD}@proxy.invalid:8080", "no such host"),
        (f"ann:{PASSWORD}@127.0.0.1:9", "does not answer"),
        (f"http://ann:{PASSWORD}@127.0.0.1:99999", "does not answer"),
        (f"http://ann:{PASSWORD}", "no such host"),
    ],
)
def test_a_proxy_that_is_gone(monkeypatch: pytest.MonkeyPatch, address: str, why: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    found = only(proxy.look())
    assert (found.status, bool(found.hint)) == ("fail", True)
    assert why in found.detail
    assert_clean(PASSWORD, found)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has one name for both")
def test_two_spellings_that_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "a")
    monkeypatch.setenv("no_proxy", "b")
    differs, none = proxy.look()
    assert (differs.status, none.detail) == ("warn", "none")
    assert "no_proxy and NO_PROXY differ" in differs.detail


def test_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "certifi" in only(certificates.look()).detail
    bundle = tmp_path / "ca.pem"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    assert only(certificates.look()).status == "fail"
    bundle.write_text("nothing of the kind")
    assert "no certificate can be read" in only(certificates.look()).detail
    trustme.CA().cert_pem.write_to_path(str(bundle))
    assert only(certificates.look()).detail == f"REQUESTS_CA_BUNDLE: {bundle} (1 authority)"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    assert "the folder" in only(certificates.look()).detail


def test_a_token_is_asked_for_where_a_connection_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    token = "eyJ-a-token-nobody-sees"
    monkeypatch.setattr(identity, "token_text", lambda scope: token)
    found = only(sign_in.look({"azure_openai", "custom", "no-such-type"}))
    assert found.status == "ok"
    assert "https://cognitiveservices.azure.com/.default" in found.detail
    assert token not in repr(found)
    assert list(sign_in.look(())) == []

    def refuse(scope: str) -> str:
        raise StoreUnavailable(*NOBODY)

    monkeypatch.setattr(identity, "token_text", refuse)
    found = only(sign_in.look({"azure_openai"}))
    assert (found.status, "az login" in found.hint) == ("fail", True)
