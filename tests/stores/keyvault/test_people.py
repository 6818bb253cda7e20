"""Who may do what, who sees what, and what is said to those who may not."""

from __future__ import annotations

import pytest

from hunter import assert_clean
from pfconn_jupyter.api import Connections
from pfconn_jupyter.errors import (
    AccessDenied,
    AmbiguousName,
    ConnectionDisabled,
    ConnectionNotFound,
    NotSupported,
    SealingKeyError,
    StoreDamaged,
)
from pfconn_jupyter.stores.keyvault.layout import Place
from pfconn_jupyter.stores.keyvault.reading import read
from pfconn_jupyter.stores.store import ANY
from pfconn_jupyter.testing.keyvault.limits import Wish
from pfconn_jupyter.testing.samples import KEY, custom, openai
from refusals import refusal


def test_who_may_only_see_metadata_lists_shows_and_searches(emulator, open_as, store):
    store.put("team", openai(model="m"), scope="shared")
    emulator.identity("reader", permissions=("Key Vault Reader",))
    reader = open_as("reader")
    (record,) = reader.list()
    assert (record.name, record.configs, record.owner) == ("team", {"model": "m"}, "alice@contoso.com")
    assert Connections(reader).record("team") == record
    assert Connections(reader).list("te*", type="openai") == Connections(reader).list(tool="LLM") == [record]
    assert len(reader.history("team", "shared")) == 1
    refused = refusal(AccessDenied, lambda: reader.get("team", "shared"))
    oid = emulator.identity("reader").oid
    assert "reader@contoso.com (person) may not read values in contoso" in refused.problem
    assert f'--role "Key Vault Secrets User" --assignee-object-id {oid} --scope ' in refused.hint
    # Of the two secrets that may be meant, the shared one is named.
    assert "leaves out pfconn-s-team." in refusal(AccessDenied, lambda: Connections(reader).get("team")).problem
    assert_clean(KEY, refused)
    for ask in (
        lambda: reader.put("b", openai(), scope="shared"),
        lambda: reader.delete("team", "shared"),
        lambda: reader.put("team", openai(), scope="shared", expect=ANY),
    ):
        assert "Key Vault Secrets Officer" in refusal(AccessDenied, ask).hint


def test_access_policies_have_a_request_of_their_own(emulator, open_as):
    emulator.service.access = "policy"
    emulator.identity("nobody", permissions=())
    refused = refusal(AccessDenied, open_as("nobody").list)
    oid = emulator.identity("nobody").oid
    assert f"az keyvault set-policy --name contoso --object-id {oid} --secret-permissions get list" in refused.hint


def test_a_private_one_opens_for_its_creator_only(emulator, open_as, store, monkeypatch, tmp_path):
    store.put("mine", openai(model="m"), scope="private")
    owner = store.who()
    bob = open_as("bob")
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "bob"))
    assert bob.list() == []
    (theirs,) = bob.others()
    assert (theirs.name, theirs.owner, theirs.scope) == ("mine", "alice@contoso.com", "private")
    secret = bob._access.client.get_secret(f"pfconn-u-{store._access.owner()}-mine")
    assert_clean(KEY, secret.value, repr(secret.properties.tags))
    # Also if they say they are its owner.
    place = Place(bob.vault.url, store._access.owner(), "mine")
    assert_clean(KEY, refusal(SealingKeyError, lambda: read(bob._access, place, "mine")))
    refused = refusal(ConnectionNotFound, lambda: Connections(bob).get("mine"))
    assert f"private connection of {owner.name}" in refused.problem
    assert bob.put("mine", openai("sk-bob-0123456789abcdef"), scope="private").name == "mine"
    assert [r.owner for r in bob.list()] == ["bob@contoso.com"]


def test_the_creator_on_another_machine_is_told_the_key(store, open_as, monkeypatch, tmp_path):
    store.put("mine", openai(), scope="private")
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "elsewhere"))
    elsewhere = open_as("alice")
    assert [r.name for r in elsewhere.list()] == ["mine"]
    refused = refusal(SealingKeyError, lambda: elsewhere.get("mine", "private"))
    assert "If you backed it up in contoso: %pfconn key unlock." in refused.hint
    assert "key import" in refused.hint
    # A second key would leave the first ones behind unseen.
    assert "missing" in refusal(SealingKeyError, lambda: elsewhere.put("b", openai(), scope="private")).problem
    assert elsewhere.delete("mine", "private").name == "mine"


def test_shared_and_private_of_one_name(store):
    store.put("a", openai(), scope="shared")
    store.put("A", openai(), scope="private")
    assert [(r.name, r.scope) for r in store.list()] == [("A", "private"), ("a", "shared")]
    with pytest.raises(AmbiguousName):
        Connections(store).get("a")
    assert Connections(store).get("a", scope="private").name == "A"


@pytest.mark.parametrize("kind", ["service_principal", "managed_identity"])
def test_applications_have_names_too(emulator, open_as, kind):
    identity = emulator.identity("job", kind=kind)
    store = open_as("job")
    assert store.put("a", openai(), scope="private").owner == identity.appid
    assert store.who().kind == kind.replace("_", " ")
    assert store.get("a", "private").secrets["api_key"].reveal() == KEY


def test_a_token_that_names_nobody_can_share_only(emulator, open_as, monkeypatch):
    store = open_as("alice")
    monkeypatch.setattr("pfconn_jupyter.identity.holder._claims", lambda _: {})
    assert store.put("a", openai(), scope="shared").owner == ""
    assert [r.name for r in store.list()] == ["a"]
    with pytest.raises(AccessDenied, match="does not say who you are"):
        store.get("a", "private")


def test_disabled_is_shown_and_refused_in_words(emulator, store):
    store.put("a", openai(), scope="shared")
    emulator.vault.update("pfconn-s-a", "", Wish(enabled=False))
    (record,) = store.list()
    assert record.enabled is False
    assert "disabled" in record.problem
    refused = refusal(ConnectionDisabled, lambda: store.get("a", "shared"))
    assert "az keyvault secret set-attributes --vault-name contoso --name pfconn-s-a --enabled true" in refused.hint


def test_purge_protection_in_words(emulator, store):
    emulator.vault.purge_protection = True
    store.put("a", openai(), scope="shared")
    store.delete("a", "shared")
    assert "purge protection" in refusal(NotSupported, lambda: store.purge("a", "shared")).problem


def test_a_firewall_in_words(emulator, store):
    emulator.vault.firewall = True
    refused = refusal(AccessDenied, store.list)
    assert "firewall" in refused.problem
    assert "203.0.113.7" in refused.hint


def test_another_scope_is_refused(store):
    with pytest.raises(NotSupported, match="restricted"):
        store.get("a", "restricted")


def test_what_a_bystander_changed_is_not_believed(emulator, store):
    store.put("mine", custom({"url": "https://a.example"}, {"token": KEY}), scope="private")
    name = f"pfconn-u-{store._access.owner()}-mine"
    _, version = emulator.vault.get(name)
    for tags in (
        {**version.tags, "c.url": "https://evil.example"},
        {**version.tags, "type": "openai"},
        {**version.tags, "c.more": "x"},
        {key: text for key, text in version.tags.items() if key != "c.url"},
    ):
        emulator.vault.update(name, "", Wish(tags=tags))
        assert_clean(KEY, refusal(StoreDamaged, lambda: store.get("mine", "private")))
    # Moved under another name, by who may write, with all it has.
    emulator.written_by_others(
        name.replace("mine", "moved"),
        version.value,
        tags={**version.tags, "name": "moved"},
        content_type=version.content_type,
    )
    assert_clean(KEY, refusal(StoreDamaged, lambda: store.get("moved", "private")))
    # Replaced by something that needs no key.
    emulator.written_by_others(
        name, "sk-planted-0123456789", tags=version.tags, content_type="application/vnd.pfconn.raw"
    )
    refusal(StoreDamaged, lambda: store.get("mine", "private"))


def test_a_role_for_shared_ones_only_does_not_hide_them(emulator, open_as, store):
    store.put("team", openai(), scope="shared")
    emulator.identity("app", permissions=()).grant("get", name="pfconn-s-*")
    app = Connections(open_as("app"))
    assert app.get("team").secrets["api_key"].reveal() == KEY
    # Whether the other scope has it is not known: the refusal is told, not "not found".
    refusal(AccessDenied, lambda: app.get("unknown"))


def test_restore_and_purge_find_the_scope(store):
    connections = Connections(store)
    for name in ("a", "b"):
        store.put(name, openai(), scope="private")
        connections.delete(name)
    assert connections.restore("a").scope == "private"
    connections.purge("b")
    assert store.deleted() == []
    for scope in ("shared", "private"):
        store.put("c", openai(), scope=scope)
        store.delete("c", scope)
    with pytest.raises(AmbiguousName):
        connections.restore("c")
    with pytest.raises(ConnectionNotFound):
        connections.purge("d")
    assert connections.repair("a").name == "a"
