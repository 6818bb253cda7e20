"""``%pfconn doctor``: one table of everything that has to fit, wherever it is asked for."""

from __future__ import annotations

import io
import logging
import socket
import time

import pytest

from hunter import assert_clean
from pfconn_jupyter import identity
from pfconn_jupyter.checks.doctor import plan
from pfconn_jupyter.finding import Axis
from pfconn_jupyter.stores.keyvault import access
from pfconn_jupyter.testing.keyvault import KeyVaultEmulator

KEY = "Zd8-a-key-that-doctor-never-shows"
PASSWORD = "pa55word-of-the-proxy-61"
AZURE = "--set api_base=https://c.openai.azure.com --set api_key='${env:MY_KEY}'"


def said(table):
    """Return check to (status, detail, hint); of several the worst."""
    order = {"ok": 0, "warn": 1, "fail": 2}
    rows = sorted(table.itertuples(index=False), key=lambda row: order[row.status])
    return {row.check: (row.status, row.detail, row.hint) for row in rows}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("MY_KEY", KEY)


@pytest.fixture
def vault():
    with KeyVaultEmulator() as emulator:
        yield emulator
    identity.credential.cache_clear()


@pytest.fixture
def as_(notebook, vault, monkeypatch, tmp_path):
    """Return a function that makes the notebook another person's."""
    monkeypatch.setenv("PFCONN_STORE", "keyvault:contoso")

    def become(name):
        monkeypatch.setenv("PFCONN_HOME", str(tmp_path / name))
        vault.sign_in(name)
        identity.credential.cache_clear()
        return notebook

    alice = become("alice")
    alice(f"%pfconn create azure_openai team_aoai --shared {AZURE}")
    return become


def test_a_machine_in_order(notebook, pfconn_home):
    notebook(f"%pfconn create azure_openai mine {AZURE}")
    table = notebook("%pfconn doctor")
    found = said(table)
    assert list(table.columns) == ["check", "status", "detail", "hint"]
    assert {"Python", "packages", "front end", "questions", "store", "identity", "sealing key"} <= set(found)
    assert {"proxy", "certificates", "SDK openai"} <= set(found)
    assert {status for status, *_ in found.values()} == {"ok"}
    assert found["get"][1] == "values can be read: mine was opened"
    assert found["sealing key"][1].startswith(str(pfconn_home))
    assert "not tried: %pfconn doctor --try-write" in repr(table)
    assert_clean(KEY, repr(table), table._repr_html_(), table.to_csv())


def test_the_same_from_python(notebook):
    import pfconn_jupyter as pfconn

    checks = {f.check for f in pfconn.connections("local:").doctor()}
    assert checks == {f.check for f in pfconn.doctor()}
    assert checks >= {"Python", "store", "proxy"}
    assert "front end" not in checks


def test_a_store_that_has_no_address(notebook, monkeypatch):
    monkeypatch.setenv("PFCONN_STORE", "keyvualt:contoso")
    found = said(notebook("%pfconn doctor"))
    assert found["store in use"][1] == "keyvualt:contoso, chosen by PFCONN_STORE"
    assert found["store"][0] == "fail"
    assert "Did you mean" in found["store"][1]
    assert found["proxy"][0] == "ok"


def test_a_lost_key_fails(notebook, pfconn_home):
    notebook(f"%pfconn create azure_openai mine {AZURE}")
    for path in pfconn_home.glob("sealing-*.key"):
        path.unlink()
    found = said(notebook("%pfconn doctor"))
    assert found["sealing key"][0] == "fail"
    assert "%pfconn key import" in found["sealing key"][2]
    assert found["get"][0] == "fail"
    assert found["list"][:2] == ("warn", "1 with a problem: mine")


def test_who_may_do_everything(as_, vault):
    alice = as_("alice")
    vault.requests.reset()
    found = said(alice("%pfconn doctor"))
    assert {status for status, *_ in found.values()} == {"ok"}
    assert found["identity"][1] == "alice@contoso.com (person)"
    assert found["list"][1] == "1 connection listed"
    assert "none was" in found["get"][1]
    assert (vault.requests["set"], vault.requests["delete"]) == (0, 0), "it only reads"


def test_who_may_only_list(as_, vault):
    vault.identity("carol", ["list"])
    found = said(as_("carol")("%pfconn doctor"))
    assert found["list"][0] == "ok"
    assert found["get"][0] == "fail"
    assert 'az role assignment create --role "Key Vault Secrets User"' in found["get"][2]


def test_who_may_nothing(as_, vault):
    vault.identity("eve", ())
    found = said(as_("eve")("%pfconn doctor"))
    assert found["identity"][:2] == ("ok", "eve@contoso.com (person)")
    assert (found["list"][0], found["get"][0]) == ("fail", "fail")
    assert "Key Vault Reader" in found["list"][2]
    assert "Key Vault Secrets User" in found["get"][2]
    assert found["SDK openai"][0] == "ok"


def test_writing_is_asked_about_and_leaves_nothing(as_, vault, monkeypatch):
    alice = as_("alice")
    asked = []
    monkeypatch.setattr("pfconn_jupyter.notebook.context.Context.asks", "prompt")
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "n")
    vault.requests.reset()
    assert "nothing was written" in repr(alice("%pfconn doctor --try-write"))
    assert "write, delete and purge a connection pfconn-doctor-… in contoso" in asked[0]
    assert vault.requests["set"] == 0
    found = said(alice("%pfconn doctor --try-write --yes"))
    assert [found[check][0] for check in ("set", "delete", "purge")] == ["ok", "ok", "ok"]
    assert vault.requests["set"] == 1
    assert list(alice("%pfconn list")["name"]) == ["team_aoai"]
    assert len(alice("%pfconn list --deleted")) == 0


def test_in_a_batch_run_writing_must_be_said_twice(as_):
    assert "--yes" in str(as_("alice").fails("%pfconn doctor --try-write"))


def test_what_is_left_where_nobody_may_purge_is_told(as_, vault):
    vault.identity("dora", ["list", "get", "set", "delete"])
    dora = as_("dora")
    found = said(dora("%pfconn doctor --try-write --yes"))
    assert [found[check][0] for check in ("set", "delete", "purge")] == ["ok", "ok", "warn"]
    assert "is left among the deleted" in found["purge"][1]
    vault.identity("dora", ["list", "get", "set"])
    found = said(dora("%pfconn doctor --try-write --yes"))
    assert found["delete"][0] == "fail"
    assert "is left: %pfconn delete pfconn-doctor-" in found["delete"][1]


def test_who_may_not_write(as_, vault):
    vault.identity("carol", ["list", "get"])
    found = said(as_("carol")("%pfconn doctor --try-write --yes"))
    assert found["set"][0] == "fail"
    assert "Key Vault Secrets Officer" in found["set"][2]
    assert "delete" not in found


def test_the_local_store_can_be_tried_too(notebook):
    found = said(notebook("%pfconn doctor --try-write --yes"))
    assert [found[check][0] for check in ("set", "delete", "purge")] == ["ok", "ok", "ok"]
    assert len(notebook("%pfconn list")) == 0


@pytest.mark.parametrize("how", ["refused", "swallowed"])
def test_a_dead_network(as_, how):
    alice = as_("alice")
    real = plan.examine
    # The emulator puts its own proxy back when it stops: what is set here must be gone by then.
    with pytest.MonkeyPatch.context() as patch, socket.socket() as deaf:
        # Two seconds instead of eight.
        patch.setattr(plan, "examine", lambda axes: real([Axis(a.name, a.look, 2.0) for a in axes]))
        deaf.bind(("127.0.0.1", 0))
        if how == "swallowed":
            deaf.listen()
        for name in ("HTTPS_PROXY", "https_proxy"):
            patch.setenv(name, f"http://ann:{PASSWORD}@127.0.0.1:{deaf.getsockname()[1]}")
        identity.credential.cache_clear()
        access._open.clear()
        started = time.monotonic()
        table = alice("%pfconn doctor")
        assert time.monotonic() - started < 6
    found = said(table)
    assert "fail" in {found.get(check, ("",))[0] for check in ("store", "identity")}
    assert found["Python"][0] == "ok"
    assert found["proxy"][0] == ("fail" if how == "refused" else "ok")
    assert "••••••@127.0.0.1" in found["proxy"][1]
    assert_clean(PASSWORD, repr(table), table._repr_html_(), table.to_csv())


def test_a_proxys_password_is_nowhere(notebook, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://ann:{PASSWORD}@127.0.0.1:9")
    written = io.StringIO()
    handler, root = logging.StreamHandler(written), logging.getLogger()
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    try:
        shown = [notebook(f"%pfconn {line}") for line in ("doctor", "status", "test --explain")]
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    for table in shown:
        assert_clean(PASSWORD, repr(table), table._repr_html_(), table.to_csv(), table.to_json())
    assert_clean(PASSWORD, written.getvalue())


def test_status_names_it(notebook):
    assert "%pfconn doctor" in repr(notebook("%pfconn"))
