"""What is too large, or no secret at all."""

from __future__ import annotations

import pytest
from azure.core.exceptions import HttpResponseError


@pytest.mark.parametrize(
    ("value", "options"),
    [
        ("x" * (25 * 1024 + 1), {}),
        ("ü" * (13 * 1024), {}),
        ("1", {"tags": {str(n): "x" for n in range(16)}}),
        ("1", {"tags": {"x" * 513: "1"}}),
        ("1", {"tags": {"x": "1" * 513}}),
        ("1", {"content_type": "x" * 256}),
    ],
)
def test_what_is_too_large_is_refused(client, value, options):
    with pytest.raises(HttpResponseError) as refused:
        client.set_secret("a", value, **options)
    assert (refused.value.status_code, refused.value.error.code) == (400, "BadParameter")
    assert list(client.list_properties_of_secrets()) == []


def test_what_is_just_not_too_large_is_kept(client):
    tags = {f"{n}" + "x" * 500: "y" * 512 for n in range(15)}
    client.set_secret("a" * 127, "x" * (25 * 1024), tags=tags, content_type="x" * 255)
    assert client.get_secret("a" * 127).properties.tags == tags


@pytest.mark.parametrize("name", ["a_b", "a.b", "a" * 128, "ключ", "a b"])
def test_names_have_only_letters_digits_and_hyphens(client, name):
    for call in (client.get_secret, lambda name: client.set_secret(name, "1")):
        with pytest.raises(HttpResponseError) as refused:
            call(name)
        assert refused.value.status_code == 400


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"value": 1}', b'{"value": "1", "attributes": {"exp": "x"}}']
)
def test_a_body_that_is_no_secret_is_refused(ask, body):
    assert ask("PUT", "/secrets/a", data=body).status_code == 400


def test_the_api_version_must_be_named_and_known(ask):
    assert ask("GET", "/secrets", version=None).status_code == 400
    assert ask("GET", "/secrets", version="1999-01-01").status_code == 400
    assert ask("GET", "/secrets", version="7.4").status_code == 200
