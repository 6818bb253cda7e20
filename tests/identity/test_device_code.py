"""Sign-in by a device code: azure.identity as it is, against a stand-in of Microsoft Entra ID."""

from __future__ import annotations

import logging
from datetime import datetime, timezone

import pytest
import trustme

from hunter import assert_clean, hunt
from pfconn_jupyter import identity
from pfconn_jupyter.errors import AccessDenied, StoreUnavailable, UsageProblem
from pfconn_jupyter.identity.device_code import SignedIn, sign_in
from pfconn_jupyter.identity.refusals import OTHER_WAYS
from refusals import refusal as raised
from standins import entra as standin
from standins.entra import DECLINED, DEVICE_CODE, LINK, OBJECT_ID, PENDING, REFRESH_TOKEN, TENANT, USER_CODE
from standins.service import Reply, reset

VAULT = "https://vault.azure.net/.default"
SEARCH = "https://search.azure.com/.default"


def test_a_person_signs_in_and_is_the_process_from_then_on(entra):
    entra.answers(PENDING, Reply(200, entra.tokens()))
    shown = []
    who = sign_in(shown.append, VAULT)
    assert (who.name, who.kind, who.tenant, who.object_id) == ("ana@contoso.com", "person", TENANT, OBJECT_ID)
    (code,) = shown
    assert (code.code, code.link) == (USER_CODE, LINK)
    assert 850 < (code.expires - datetime.now(timezone.utc)).total_seconds() <= 900
    assert isinstance(identity.credential(), SignedIn)
    assert identity.credential() is identity.credential("login.microsoftonline.com")
    assert identity.me(identity.credential(), VAULT) == who
    polls = len(entra.received)
    assert identity.token_text(VAULT) == identity.credential().get_token(VAULT, enable_cae=True, claims=None).token
    assert len(entra.received) == polls, "the token is kept, also for clients that ask for continuous evaluation"
    identity.sign_out()
    assert not isinstance(identity.credential(), SignedIn)


def test_other_tokens_come_without_a_code_also_from_the_tenant_of_a_vault(entra):
    sign_in(lambda _: None, VAULT)
    entra.tenant("other-tenant")
    entra.answers(Reply(200, {**entra.tokens(), "access_token": standin.access_token("search")}), tenant="other-tenant")
    token = identity.credential().get_token(SEARCH, tenant_id="other-tenant").token
    assert token == standin.access_token("search")
    assert b"grant_type=refresh_token" in entra.received[-1].body
    assert [r.path for r in entra.received if r.path.endswith("devicecode")] == [
        "/organizations/oauth2/v2.0/devicecode"
    ]


def test_the_tenant_that_is_named_is_asked(entra):
    entra.tenant("contoso.onmicrosoft.com")
    sign_in(lambda _: None, VAULT, tenant="contoso.onmicrosoft.com")
    assert {r.path.split("/")[1] for r in entra.received} == {"contoso.onmicrosoft.com"}
    with pytest.raises(UsageProblem, match="tenant"):
        sign_in(lambda _: None, VAULT, tenant="no tenant/at all")


def test_another_cloud_is_signed_in_apart(entra):
    sign_in(lambda _: None, VAULT, authority="login.chinacloudapi.cn")
    assert isinstance(identity.credential("login.chinacloudapi.cn"), SignedIn)
    assert not isinstance(identity.credential(), SignedIn)


CODES = [
    (53003, "Conditional Access", OTHER_WAYS),
    (530036, "Conditional Access", OTHER_WAYS),
    (50199, "Conditional Access", OTHER_WAYS),
    (53000, "device that it manages", OTHER_WAYS),
    (700016, "application of the Azure CLI", OTHER_WAYS),
    (7000218, "application of the Azure CLI", OTHER_WAYS),
    (65001, "administrator", OTHER_WAYS),
    (50076, "second factor", "--tenant"),
    (50020, "not in that tenant", "--tenant"),
    (90002, "no such tenant", "--tenant"),
    (70020, "expired", "%pfconn login"),
    (65004, "declined", "%pfconn login"),
    (999999, "refused the sign-in (AADSTS999999)", OTHER_WAYS),
]


@pytest.mark.parametrize("where", ["codes", "answers"])
@pytest.mark.parametrize(("code", "problem", "hint"), CODES)
def test_a_refusal_is_told_by_its_code(entra, where, code, problem, hint):
    getattr(entra, where)(standin.refusal("invalid_grant", code))
    error = raised(AccessDenied, lambda: sign_in(lambda _: None, VAULT))
    assert problem in error.problem
    assert f"AADSTS{code}" in error.problem
    assert hint in error.hint
    assert error.__cause__ is error.__context__ is None
    for blob in ("Trace ID", "ana@contoso.com", "10.1.2.3", "Correlation", DEVICE_CODE, USER_CODE):
        assert_clean(blob, error)


def test_a_refusal_without_a_known_code_is_told_by_its_name(entra):
    entra.answers(DECLINED)
    assert "declined" in raised(AccessDenied, lambda: sign_in(lambda _: None, VAULT)).problem
    entra.answers(Reply(400, {"error": "expired_token"}))
    assert "expired" in raised(AccessDenied, lambda: sign_in(lambda _: None, VAULT)).problem
    assert not isinstance(identity.credential(), SignedIn)


def test_a_code_that_nobody_uses_expires(entra):
    entra.codes(Reply(200, entra.code(seconds=1)))
    entra.answers(PENDING)
    error = raised(AccessDenied, lambda: sign_in(lambda _: None, VAULT))
    assert "expired before it was used" in error.problem


def test_ctrl_c_ends_it_and_nobody_is_signed_in(entra):
    entra.answers(PENDING)

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sign_in(interrupt, VAULT)
    assert not isinstance(identity.credential(), SignedIn)


@pytest.mark.parametrize("misbehave", [reset, Reply(502, b"<html>proxy</html>"), Reply(200, b"<html>portal</html>")])
def test_answers_of_others_are_told_in_words(entra, misbehave):
    entra.codes(misbehave)
    error = raised((AccessDenied, StoreUnavailable), lambda: sign_in(lambda _: None, VAULT))
    assert "html" not in str(error)
    assert isinstance(error, StoreUnavailable) == (misbehave is reset)


def test_a_foreign_certificate_gets_nothing(entra, tmp_path):
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    error = raised(StoreUnavailable, lambda: sign_in(lambda _: None, VAULT))
    assert "certificate of login.microsoftonline.com is not trusted" in error.problem
    assert entra.received == []


def test_a_sign_in_that_has_expired_says_so_and_asks_nobody(entra):
    shown = []
    sign_in(shown.append, VAULT)
    entra.answers(standin.refusal("invalid_grant", 700082))
    error = raised(AccessDenied, lambda: identity.credential().get_token(SEARCH, tenant_id=None))
    assert "sign-in has expired (AADSTS700082)" in error.problem
    assert "%pfconn login" in error.hint
    entra.tenant(TENANT)
    entra.answers(standin.refusal("interaction_required", 50076), tenant=TENANT)
    error = raised(AccessDenied, lambda: identity.credential().get_token(SEARCH, tenant_id=TENANT))
    assert f"%pfconn login --tenant {TENANT}" in error.hint
    assert len(shown) == 1


def test_nothing_of_it_is_logged_or_kept(entra, caplog, tmp_path, pfconn_home):
    caplog.set_level(logging.DEBUG)
    tokens = entra.tokens()
    entra.answers(PENDING, Reply(200, tokens))
    sign_in(lambda _: None, VAULT)
    identity.token_text(VAULT)
    entra.answers(standin.refusal("invalid_grant", 53003, "blocked for Zofia-at-contoso"))
    error = raised(AccessDenied, lambda: sign_in(lambda _: None, VAULT))
    assert hunt("oauth2/v2.0/token", caplog.text), "the log of the requests was looked at"
    for secret in (DEVICE_CODE, USER_CODE, REFRESH_TOKEN, tokens["access_token"], tokens["id_token"], "Zofia-at-"):
        assert_clean(secret, caplog.text, error, identity.credential(), tmp_path)
    assert not pfconn_home.exists()
    for name in ("msal.token_cache", "azure.identity._internal.interactive"):
        assert logging.getLogger(name).filters == []
