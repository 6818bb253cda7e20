"""Connections without a key: a Microsoft Entra token is fetched, once in a run, or told why not."""

from __future__ import annotations

import time

import pytest

from pfconn_jupyter import identity
from pfconn_jupyter.checks import runner, tokens
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import StoreUnavailable
from standins.service import Reply, Service

V1 = "/openai/v1/models"
MODELS = Reply(200, {"data": []})


@pytest.fixture
def entra(service: Service) -> Connection:
    """Return a connection that signs in with Microsoft Entra ID."""
    service.on(V1, MODELS)
    return build(connection_type("azure_openai"), {"api_base": service.url, "auth_mode": "meid_token"})


def test_entra(service: Service, entra: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "token_text", lambda scope: f"token-of-{scope}")
    assert check(entra).detail.startswith("Entra token accepted")
    sent = service.received[0].headers
    assert sent["authorization"] == "Bearer token-of-https://cognitiveservices.azure.com/.default"
    assert "api-key" not in sent


def test_an_echoed_token_stays_out(service: Service, entra: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "token_text", lambda scope: "opaque-token-98765")
    service.on(V1, Reply(401, {"error": {"message": "bad opaque-token-98765"}}))
    assert "opaque" not in repr(check(entra))


def test_entra_refuses(service: Service, entra: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(scope: str) -> str:
        raise StoreUnavailable("nobody is signed in", "Sign in with az login.")

    monkeypatch.setattr(identity, "token_text", refuse)
    outcome = check(entra)
    assert (outcome.status, outcome.detail, outcome.hint) == (
        "not_checked",
        "nobody is signed in",
        "Sign in with az login.",
    )
    assert service.received == []


def test_entra_does_not_answer(entra: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "token_text", lambda scope: time.sleep(1))
    monkeypatch.setattr(runner, "TOKEN_BUDGET", 0.1)
    assert "no answer in time" in check(entra).detail


def test_a_run_waits_once_for_entra(entra: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "token_text", lambda scope: time.sleep(20))
    monkeypatch.setattr(runner, "TOKEN_BUDGET", 0.5)
    started = time.monotonic()
    records = [ConnectionRecord(f"c{n}", "azure_openai", "private", "local:") for n in range(64)]
    found = runner.check_all(((record, entra) for record in records), lambda: records)
    # Sixteen at a time: if each of them waited, it would be 2 s.
    assert time.monotonic() - started < 1.5
    assert {o.status for o in found} == {"not_checked"}
    assert all(o.failed for o in found)


def test_a_token_is_asked_for_once_in_a_run(entra: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(identity, "token_text", lambda scope: asked.append(scope) or "t")  # type: ignore[func-returns-value]
    run = tokens.Tokens()
    for probe in entra.probes():
        run.fill(probe)
    assert len(asked) == 1
