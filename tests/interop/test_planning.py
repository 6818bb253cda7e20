"""What an import would do: scopes, names, conflicts; and that it does exactly that."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from pfconn_jupyter import errors
from pfconn_jupyter.api import Connections
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.interop import importing, planning
from pfconn_jupyter.interop.found import Found, built
from pfconn_jupyter.interop.steps import Wishes
from pfconn_jupyter.stores.keyvault.access import connect
from pfconn_jupyter.stores.keyvault.store import KeyVaultStore
from pfconn_jupyter.stores.keyvault.vault import vault_of
from pfconn_jupyter.stores.store import Listing
from pfconn_jupyter.testing.keyvault import KeyVaultEmulator

KEY = "Pk3-w9Qz2xT4vN8bM6rP"


def found(name, scope=None, key=KEY, origin="somewhere"):
    one = built(name, "openai", {"api_key": Secret(key)}, origin)
    return Found(name, one.type, origin, one.content, scope)


def local():
    return pfconn.connections("local:").store


@pytest.fixture
def vault():
    """Return a store with two scopes."""
    with KeyVaultEmulator() as emulator:
        access = connect(vault_of(emulator.url), emulator.credential("alice"), **emulator.client_options())
        yield Connections(KeyVaultStore(access))
        access.client.close()


def plan(each, target=None, **wishes):
    return planning.plan(each, target or local(), Wishes(**wishes))


def actions(steps):
    return {s.found.name: s.action for s in steps}


def test_a_store_with_one_scope_needs_no_word_and_says_what_it_was(importer):
    (step,) = plan([found("a", "shared")])
    assert (step.action, step.scope) == ("create", "private")
    assert "shared in the source" in step.why[0]


@pytest.mark.slow
def test_a_scope_is_kept_and_where_there_is_none_it_must_be_said(vault):
    each = [found("a", "shared"), found("b", "private"), found("c"), found("d", "restricted")]
    steps = plan(each, vault.store)
    assert actions(steps) == {"a": "create", "b": "create", "c": "cannot", "d": "cannot"}
    assert all("--shared or --private" in " ".join(s.why) for s in steps[2:])
    said = plan(each, vault.store, scope="private")
    assert [s.scope for s in said] == ["shared", "private", "private", "private"]
    assert "restricted" in said[3].why[0]


@pytest.mark.slow
def test_a_private_one_arrives_sealed_for_its_owner(vault):
    steps = plan([found("b", "private")], vault.store)
    assert actions(importing.applied(steps, vault.store)) == {"b": "created"}
    assert vault.get("b").secrets["api_key"].reveal() == KEY


def test_what_is_there_equal_is_the_same_and_what_differs_stays():
    api = pfconn.connections("local:")
    api.create("openai", "Same", api_key=KEY)
    api.create("openai", "other", api_key=KEY + "x", model="m")
    api.create("custom", "third", secrets={"k": KEY})
    steps = plan([found("same"), found("other"), found("third")])
    assert actions(steps) == {"same": "same", "other": "conflict", "third": "conflict"}
    assert "differs in api_key, model" in steps[1].why[0]
    assert "--rename 'other=NEW'" in steps[1].why[1]
    assert "another type" in steps[2].why[0]
    revs = [r.rev for r in api.list()]
    assert actions(importing.applied(steps, local())) == actions(steps)
    assert [r.rev for r in api.list()] == revs
    assert_clean(KEY, steps)


def test_a_deleted_one_keeps_its_name():
    api = pfconn.connections("local:")
    api.create("openai", "a", api_key=KEY)
    api.delete("a")
    (step,) = plan([found("a")])
    assert step.action == "conflict"
    assert "%pfconn restore a" in step.why[0]


def test_renaming_and_choosing():
    steps = plan([found("a b"), found("c"), found("☃")], rename={"c": "d"})
    assert {s.found.name: s.new_name for s in steps} == {"a b": "a_b", "c": "d", "☃": ""}
    assert actions(steps)["☃"] == "cannot"
    assert actions(plan([found("a b"), found("c1"), found("c2")], only=["C*"])) == {"c1": "create", "c2": "create"}
    assert plan([found("c")], name="mine")[0].new_name == "mine"
    for wishes, words in (
        ({"only": ["nosuch"]}, "nosuch"),
        ({"rename": {"nosuch": "x"}}, "nosuch"),
        ({"name": "x"}, "only one"),
        ({"rename": {"a": "no/name"}}, "no/name"),
    ):
        with pytest.raises(errors.PfconnError, match=words):
            plan([found("a"), found("b")], **wishes)


def test_what_somebody_writes_between_plan_and_import_stays():
    steps = plan([found("a"), found("b")])
    pfconn.connections("local:").create("openai", "a", api_key=KEY + "x")
    pfconn.connections("local:").create("openai", "b", api_key=KEY)
    assert actions(importing.applied(steps, local())) == {"a": "conflict", "b": "same"}


def test_colleagues_private_ones_are_listed_with_who_must_import_them(importer, monkeypatch, tmp_path):
    theirs = ConnectionRecord("hers", "openai", "private", "local:", owner="bob@contoso.com")
    source = pfconn.connections(f"local:{tmp_path}/source.db")
    source.create("openai", "mine", api_key=KEY)
    monkeypatch.setattr(type(source.store), "listing", lambda self: Listing(self.list(), [theirs]))
    steps = importer.plan(f"local:{tmp_path}/source.db")
    assert actions(steps.values()) == {"mine": "create", "hers": "cannot"}
    assert "bob@contoso.com must run this import." in steps["hers"].why


def test_after_an_interruption_the_account_is_true_and_the_rest_can_follow():
    steps = plan([found(f"c{n:02}", key=f"{KEY}{n}") for n in range(30)])
    count = 0

    def interrupt(_):
        nonlocal count
        count += 1
        if count == 5:
            raise KeyboardInterrupt

    after = importing.applied(steps, local(), interrupt)
    there = {r.name for r in local().list()}
    assert {s.found.name for s in after if s.action == "created"} == there
    assert {s.found.name for s in after if s.action == "not done"} == {s.found.name for s in steps} - there
    again = importing.applied(plan([s.found for s in steps]), local())
    assert {s.action for s in again} == {"same", "created"}
    assert len(local().list()) == 30


def test_only_what_passes_its_test_is_stored(aimock):
    def at(name, key):
        fields = {"api_key": Secret(key), "base_url": f"{aimock.url}/v1"}
        return built(name, "openai", fields, "x")

    custom = built("custom", "custom", {"secrets": {"k": KEY}}, "x")
    steps = importing.checked(plan([at("good", aimock.key), at("bad", KEY), custom]))
    assert actions(steps) == {"good": "create", "bad": "failed", "custom": "create"}
    assert steps[1].test.status == "denied"
    assert "leave --test out" in " ".join(steps[1].why)
    assert actions(importing.applied(steps, local())) == {"good": "created", "bad": "failed", "custom": "created"}
    assert {r.name for r in local().list()} == {"good", "custom"}
    assert_clean(KEY, steps)


def test_a_ctrl_c_during_the_tests_stores_nothing(monkeypatch):
    from pfconn_jupyter.checks import side_by_side

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(side_by_side, "_wait", interrupt)
    steps = importing.checked(plan([found("a"), found("b")]))
    assert actions(steps) == {"a": "not done", "b": "not done"}
    importing.applied(steps, local())
    assert local().list() == []
