"""%pfconn login: a code on the screen, the outcome in its place, and the vault opens."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from hunter import assert_clean
from pfconn_jupyter import identity
from pfconn_jupyter.notebook.context import Context
from standins import entra as standin
from standins.entra import DEVICE_CODE, LINK, PENDING, TENANT, USER_CODE
from standins.service import Reply


@pytest.fixture
def entra(tmp_path, monkeypatch):
    with standin.running(tmp_path / "ca.pem", monkeypatch) as service:
        yield service


@pytest.fixture
def outputs(shell, monkeypatch):
    """Return what was displayed: (MIME bundle, whether in the place of the one before)."""
    found = []

    def publish(data, *_, update=False, **__):
        found.append((data, update))

    monkeypatch.setattr(shell.display_pub, "publish", publish)
    return found


@pytest.fixture(autouse=True)
def somebody_is_there(monkeypatch):
    monkeypatch.setattr(Context, "asks", "form")


def test_the_code_and_then_who_one_is_in_its_place(notebook, entra, outputs):
    entra.answers(PENDING, Reply(200, entra.tokens()))
    assert notebook("%pfconn login") is None
    (code, first), (done, second) = outputs
    assert (first, second) == (False, True)
    assert f"<b>{USER_CODE}</b>" in code["text/html"]
    assert f'<a href="{LINK}" target="_blank" rel="noopener noreferrer">{LINK}</a>' in code["text/html"]
    assert "15 minutes" in code["text/html"]
    assert USER_CODE in code["text/plain"]
    signed_in = f"Signed in as ana@contoso.com (person), tenant {TENANT}, until the kernel restarts."
    assert signed_in in done["text/plain"]
    assert signed_in in done["text/html"]
    assert_clean(DEVICE_CODE, str(outputs))
    assert_clean(USER_CODE, str(done))
    assert identity.token_text("https://vault.azure.net/.default") == standin.access_token()


def test_plain_text_for_another_device(notebook, entra, outputs):
    notebook("%pfconn login --browserless")
    assert set(outputs[0][0]) == {"text/plain"}
    assert LINK in outputs[0][0]["text/plain"]


def test_a_link_that_is_none_is_no_link(notebook, entra, outputs):
    entra.codes(Reply(200, {**entra.code(), "verification_uri": "javascript:alert(1)//<b>"}))
    notebook("%pfconn login")
    assert "<a " not in outputs[0][0]["text/html"]
    assert "<b>&" not in outputs[0][0]["text/html"]
    assert "//&lt;b&gt;" in outputs[0][0]["text/html"]


def test_a_refusal_takes_the_codes_place_and_fails_the_cell(notebook, entra, outputs):
    entra.answers(standin.refusal("access_denied", 53003))
    error = notebook.fails("%pfconn login")
    assert "Conditional Access" in error.problem
    assert "az login" in error.hint
    assert outputs[-1][1] is True
    assert "The sign-in failed: Your organisation" in outputs[-1][0]["text/plain"]
    assert USER_CODE not in str(outputs[-1])


def test_ctrl_c_is_no_error(notebook, entra, outputs, monkeypatch):
    entra.answers(PENDING)

    def interrupt(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr("msal.oauth2cli.oauth2.time", SimpleNamespace(time=time.time, sleep=interrupt))
    assert notebook("%pfconn login") is None
    assert "Cancelled" in outputs[-1][0]["text/plain"]


def test_the_cloud_of_the_vault_in_use_is_asked(notebook, entra, outputs, monkeypatch):
    monkeypatch.setenv("PFCONN_STORE", "https://contoso.vault.usgovcloudapi.net")
    notebook("%pfconn login --tenant organizations")
    assert standin.access_token() == identity.credential("login.microsoftonline.us").get_token("x").token
    assert b"vault.usgovcloudapi.net" in entra.received[1].body


def test_a_batch_run_names_the_other_ways(notebook, entra, monkeypatch):
    monkeypatch.setattr(Context, "asks", "nobody")
    error = notebook.fails("%pfconn login")
    assert type(error).__name__ == "CannotAsk"
    assert "managed identity" in error.hint
    assert entra.received == []
