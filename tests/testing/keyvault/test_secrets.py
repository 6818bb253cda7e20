"""Writing, reading and listing, as the unmodified SDK sees it."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

THEN = datetime(2031, 2, 3, 4, 5, 6, tzinfo=timezone.utc)


def test_what_is_set_comes_back(client):
    client.set_secret(
        "my-key", "пароль", tags={"a": "ü"}, content_type="text/plain", expires_on=THEN, not_before=THEN, enabled=True
    )
    found = client.get_secret("my-key")
    assert found.value == "пароль"
    properties = found.properties
    assert (properties.tags, properties.content_type, properties.expires_on) == ({"a": "ü"}, "text/plain", THEN)
    assert properties.enabled
    assert properties.not_before == THEN
    assert (properties.recovery_level, properties.recoverable_days) == ("Recoverable+Purgeable", 90)
    assert properties.vault_url == "https://contoso.vault.azure.net"
    assert len(properties.version) == 32


def test_names_know_no_case(client):
    client.set_secret("My-Key", "1")
    client.set_secret("MY-KEY", "2")
    assert client.get_secret("my-key").value == "2"
    assert [s.name for s in client.list_properties_of_secrets()] == ["My-Key"]


def test_a_version_has_only_what_was_set_with_it(client):
    first = client.set_secret("a", "1", tags={"x": "1"}, content_type="text/plain").properties
    second = client.set_secret("a", "2").properties
    assert (second.tags, second.content_type) == (None, None)
    assert client.get_secret("a", first.version).value == "1"
    assert client.get_secret("a", first.version).properties.tags == {"x": "1"}
    versions = list(client.list_properties_of_secret_versions("A"))
    assert {v.version for v in versions} == {first.version, second.version}


def test_times_are_whole_seconds_and_a_change_of_tags_moves_updated(client, clock):
    clock.advance(0.7)
    made = client.set_secret("a", "1").properties
    clock.advance(5)
    changed = client.update_secret_properties("a", tags={"x": "1"})
    assert (changed.created_on, changed.created_on.microsecond) == (made.created_on, 0)
    assert (changed.updated_on - made.updated_on).total_seconds() == 5
    assert changed.version == made.version
    assert client.get_secret("a").value == "1"


def test_a_change_leaves_what_it_does_not_name_and_replaces_all_tags(client):
    first = client.set_secret("a", "1", tags={"x": "1", "y": "2"}, content_type="text/plain").properties
    client.set_secret("a", "2")
    changed = client.update_secret_properties("a", first.version, tags={"x": "3"})
    assert (changed.tags, changed.content_type, changed.version) == ({"x": "3"}, "text/plain", first.version)
    assert client.get_secret("a").properties.tags is None


def test_a_list_has_no_values_and_no_versions(client, ask):
    client.set_secret("a", "the-value", tags={"x": "1"}, content_type="text/plain")
    answer = ask("GET", "/secrets")
    assert "the-value" not in answer.text
    (item,) = answer.json()["value"]
    assert item["id"] == "https://contoso.vault.azure.net/secrets/a"
    assert (item["tags"], item["contentType"]) == ({"x": "1"}, "text/plain")
    assert answer.json()["nextLink"] is None


def test_a_page_has_25_at_most_and_an_opaque_link_to_the_next(keyvault, client, ask):
    for number in range(60):
        keyvault.written_by_others(f"s{number:02}", "v")
    pages = [list(page) for page in client.list_properties_of_secrets().by_page()]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len({s.name for page in pages for s in page}) == 60
    link = ask("GET", "/secrets").json()["nextLink"]
    assert link.startswith("https://contoso.vault.azure.net:443/secrets?api-version=2026-04-01&$skiptoken=")
    assert "s24" not in link


def test_a_smaller_page_can_be_asked_for_but_no_larger_one(keyvault, client):
    for number in range(5):
        keyvault.written_by_others(f"s{number}", "v")
    pages = [list(page) for page in client.list_properties_of_secrets(max_page_size=2).by_page()]
    assert [len(page) for page in pages] == [2, 2, 1]
    with pytest.raises(HttpResponseError) as refused:
        list(client.list_properties_of_secrets(max_page_size=26))
    assert refused.value.status_code == 400


def test_empty_pages_with_a_link_are_served_where_wanted(keyvault, client):
    for number in range(30):
        keyvault.written_by_others(f"s{number}", "v")
    keyvault.vault.empty_pages = True
    pages = [list(page) for page in client.list_properties_of_secrets().by_page()]
    assert [len(page) for page in pages] == [25, 0, 5]


def test_a_page_begins_after_the_last_even_if_that_is_gone(keyvault, client):
    for number in range(6):
        keyvault.written_by_others(f"s{number}", "v")
    pages = client.list_properties_of_secrets(max_page_size=3).by_page()
    assert [s.name for s in next(pages)] == ["s0", "s1", "s2"]
    keyvault.vault.delete("s2")
    assert [s.name for s in next(pages)] == ["s3", "s4", "s5"]


def test_many_versions_come_in_pages_and_not_in_order_of_time(keyvault, client):
    written = [keyvault.written_by_others("a", f"v{number}") for number in range(40)]
    listed = [v.version for v in client.list_properties_of_secret_versions("a")]
    assert sorted(listed) == sorted(written)
    assert listed != written
    assert client.get_secret("a").properties.version == written[-1]


def test_an_unknown_secret_is_not_found_but_has_an_empty_list_of_versions(client, ask):
    with pytest.raises(ResourceNotFoundError) as missing:
        client.get_secret("a")
    assert missing.value.error.code == "SecretNotFound"
    assert list(client.list_properties_of_secret_versions("a")) == []
    assert ask("GET", "/secrets/a/versions").status_code == 200


def test_an_unknown_version_is_not_found(client):
    client.set_secret("a", "1")
    with pytest.raises(ResourceNotFoundError):
        client.get_secret("a", "0" * 32)


def test_a_disabled_secret_is_listed_but_not_given(client):
    client.set_secret("a", "1", enabled=False)
    (item,) = client.list_properties_of_secrets()
    assert not item.enabled
    with pytest.raises(HttpResponseError) as refused:
        client.get_secret("a")
    assert (refused.value.status_code, refused.value.error.innererror["code"]) == (403, "SecretDisabled")
    client.update_secret_properties("a", enabled=True)
    assert client.get_secret("a").value == "1"


def test_an_expired_secret_is_given(client):
    client.set_secret("a", "1", expires_on=datetime(2001, 1, 1, tzinfo=timezone.utc))
    assert client.get_secret("a").value == "1"


def test_what_others_write_has_no_tags(keyvault, client):
    client.set_secret("a", "1", tags={"x": "1"})
    keyvault.written_by_others("a", "2")
    assert client.get_secret("a").value == "2"
    assert client.get_secret("a").properties.tags is None
    assert len(list(client.list_properties_of_secret_versions("a"))) == 2


def test_it_says_that_it_is_a_test_double(ask):
    assert "test double" in ask("GET", "/secrets").headers["Server"]


def test_no_value_is_in_what_it_prints(keyvault, client):
    client.set_secret("a", "the-value")
    kept = [keyvault, keyvault.vault, keyvault.requests.log, *keyvault.vault.get("a")]
    assert "the-value" not in repr(kept)
