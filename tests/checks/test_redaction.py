"""No form of a secret that a service may echo survives, whatever stands around it."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hunter import hunt
from pfconn_jupyter.checks.redaction import LONGEST, one_line, redact
from pfconn_jupyter.connections.secret import MASK, Secret

KEY = "sk-proj-Zk7/q0W+e5Rt1Y2u9I4o8P"
FORMS = {
    "as it is": lambda s: s,
    "lower": str.lower,
    "upper": str.upper,
    "url": lambda s: quote(s, safe=""),
    "form": quote_plus,
    "json": lambda s: json.dumps(s)[1:-1],
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "basic auth": lambda s: base64.b64encode(f"user:{s}".encode()).decode(),
    "base64url": lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    "hex": lambda s: s.encode().hex(),
    "bearer": lambda s: f"Bearer {s}",
    "beginning": lambda s: f"{s[:9]}",
    "end": lambda s: f"…{s[-8:]}",
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_removed(form: str) -> None:
    echoed = FORMS[form](KEY)
    shown = redact(f"Invalid key '{echoed}', try again", [Secret(KEY)])
    assert MASK in shown
    assert echoed not in shown
    assert not hunt(KEY, shown)
    assert shown.startswith("Invalid key")
    assert shown.endswith("try again")


@pytest.mark.parametrize(
    "text", ["sk-ab***xyz", "sk-ab************************wxyz.", "key=ab**cd", "sk-ab...wxyz", "••••wxyz"]
)
def test_what_the_service_masked_itself_is_removed_whole(text: str) -> None:
    shown = redact(f"Incorrect key provided: {text}", [])
    assert "xyz" not in shown
    assert "ab" not in shown
    assert "cd" not in shown


def test_tokens_of_any_kind_are_removed() -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
    assert "eyJ" not in redact(f"token {token} expired", [])
    assert "abc123" not in redact("Authorization: Bearer abc123", [])


def test_plain_words_stay() -> None:
    text = "Principal does not have access to API/Operation (Bearer authentication)... Please retry after 2 seconds."
    assert redact(text, [Secret(KEY)]) == text


@given(
    secret=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    before=st.text(max_size=30),
    after=st.text(max_size=30),
    form=st.sampled_from(["as it is", "json", "url", "base64", "hex"]),
)
def test_whatever_the_secret_and_its_surroundings(secret: str, before: str, after: str, form: str) -> None:
    assume(secret not in MASK)
    echoed = FORMS[form](secret)
    text, secrets = before + echoed + after, [Secret(secret)]
    for shown in (redact(text, secrets), one_line(text, secrets)):
        assert secret not in shown
        if len(echoed) > 3:
            assert echoed not in shown


@given(secret=st.text(min_size=12, max_size=40, alphabet="abcdefgh0123456789"), length=st.integers(6, 12))
def test_a_beginning_or_an_end_is_an_echo(secret: str, length: int) -> None:
    assert secret[:length] not in redact(f"key {secret[:length]} is wrong", [Secret(secret)])
    assert secret[-length:] not in redact(f"key {secret[-length:]} is wrong", [Secret(secret)])


@given(text=st.text(max_size=600), secret=st.text(min_size=4, max_size=30))
def test_one_line_is_one_short_printable_line(text: str, secret: str) -> None:
    shown = one_line(text, [Secret(secret)])
    assert len(shown) <= LONGEST
    assert shown.isprintable()


def test_a_secret_too_short_to_tell_from_words_takes_them_all() -> None:
    assert redact("a cab", [Secret("a")]) == MASK


def test_a_secret_of_several_lines() -> None:
    pem = "-----BEGIN KEY-----\nMIIabcdefgh\nijklmnop\n-----END KEY-----"
    shown = one_line(f"cannot parse {pem}", [Secret(pem)])
    assert "MIIab" not in shown
    assert "ijkl" not in shown


def test_no_pattern_holds_the_secret() -> None:
    import re

    redact(f"key {KEY}", [Secret(KEY)])
    cache = getattr(re, "_cache", {})
    assert not hunt(KEY, repr(list(cache)))
