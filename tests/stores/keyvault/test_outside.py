"""What others do to a vault: foreign secrets, rotations, lost tags, a newer pfconn."""

from __future__ import annotations

import pytest

from hunter import assert_clean
from pfconn_jupyter.errors import StoreDamaged
from pfconn_jupyter.stores.store import ANY
from pfconn_jupyter.testing.keyvault.limits import Wish
from pfconn_jupyter.testing.samples import KEY, NEXT_KEY, custom, openai
from refusals import refusal

S = "pfconn-s-"


@pytest.fixture
def tags(emulator, store):
    """Return the tags of the shared connection ``a``, which is there."""
    store.put("a", openai(model="m"), scope="shared")
    return dict(emulator.vault.get(f"{S}a")[1].tags)


def test_foreign_secrets_are_left_alone(emulator, store):
    for name in ("db-password", "pfconn", "pfconn-x", "pfconn-u-short-a", "PFCONN-K-0123456789ab"):
        emulator.written_by_others(name, "x", tags={"pfconn": "1", "name": name, "type": "openai", "rev": "1"})
    store.put("a", openai(), scope="shared")
    assert [r.name for r in store.list()] == ["a"]
    assert store.others() == []
    emulator.vault.delete("db-password")
    assert store.deleted() == []


def test_a_rotation_is_seen_used_and_confirmed(emulator, store, tags):
    version = emulator.written_by_others(f"{S}a", f"{NEXT_KEY}\n")
    (record,) = store.list()
    assert (record.name, record.type, record.configs, record.rev) == ("a", "openai", {"model": "m"}, version)
    assert record.problem.startswith("Rotated outside")
    found = store.get("a", "shared")
    assert found.secrets["api_key"].reveal() == NEXT_KEY
    assert found.record == record
    newest, oldest = store.history("a", "shared")
    assert (newest.rev, newest.by, newest.current) == (version, "outside pfconn", True)
    assert oldest.rev == tags["rev"]
    mended = store.repair("a", "shared")
    assert mended.problem == ""
    assert store.list() == [mended]
    assert store.get("a", "shared").secrets["api_key"].reveal() == NEXT_KEY
    assert store.repair("a", "shared") == mended
    assert [v.prev for v in store.history("a", "shared")] == [tags["rev"], ""]


def test_an_update_and_a_rollback_after_a_rotation(emulator, store, tags):
    version = emulator.written_by_others(f"{S}a", NEXT_KEY, tags={"rotated-by": "function"})
    updated = store.put("a", openai("sk-third-0123456789abcdef"), scope="shared", expect=version)
    assert updated.problem == ""
    assert [v.rev for v in store.history("a", "shared")] == [updated.rev, version, tags["rev"]]
    store.rollback("a", "shared", version[:8])
    assert store.get("a", "shared").secrets["api_key"].reveal() == NEXT_KEY


def test_a_rotation_that_copies_the_tags_is_no_second_version_of_one_rev(emulator, store, tags):
    emulator.written_by_others(f"{S}a", NEXT_KEY, tags=tags, content_type="application/vnd.pfconn.raw")
    revs = [v.rev for v in store.history("a", "shared")]
    assert len(set(revs)) == 2
    assert store.get("a", "shared").secrets["api_key"].reveal() == NEXT_KEY


def test_a_rotated_json_or_sealed_value_is_not_believed(emulator, store):
    store.put("many", custom({"u": "1"}, {"x": KEY, "y": KEY}), scope="shared")
    store.put("mine", openai(), scope="private")
    for scope, name in (("shared", "many"), ("private", "mine")):
        secret = f"{S}many" if scope == "shared" else f"pfconn-u-{store._access.owner()}-mine"
        emulator.written_by_others(secret, NEXT_KEY)
        for ask in (store.get, store.repair):
            assert_clean(NEXT_KEY, refusal(StoreDamaged, lambda: ask(name, scope)))  # noqa: B023
        problem = next(r for r in store.list() if r.name == name).problem
        assert problem.startswith("Rotated outside")
        assert ("rollback" if scope == "private" else "repair") in problem
        # The way back that the error names.
        store.rollback(name, scope, store.history(name, scope)[1].rev)
        assert KEY in [s.reveal() for s in store.get(name, scope).secrets.values()]


def test_lost_tags_are_told(emulator, store, tags):
    emulator.vault.update(f"{S}a", "", Wish(tags={}))
    emulator.written_by_others(f"{S}never-ours", "x")
    store.put("good", openai(), scope="shared")
    records = {r.name: r for r in store.list()}
    assert set(records) == {"a", "good", "never-ours"}
    assert records["good"].problem == ""
    for name in ("a", "never-ours"):
        assert "No version of it has pfconn's tags" in records[name].problem
        for ask in (store.get, store.repair):
            refused = refusal(StoreDamaged, lambda: ask(name, "shared"))  # noqa: B023
            # Nothing is there to roll back to.
            assert "rollback" not in str(refused)
            assert f"--name {S}{name}" in refused.hint
            assert f"%pfconn purge {name}" in refused.hint
        assert store.delete(name, "shared").name == name
        assert store.restore(name, "shared").name == name


MALFORMED = {
    "no schema": {"pfconn": None},
    "odd schema": {"pfconn": "x"},
    "no type": {"type": None},
    "no rev": {"rev": None},
    "no name": {"name": None},
    "another name": {"name": "b"},
    "unknown type": {"type": "nonsense"},
}


@pytest.mark.parametrize("change", list(MALFORMED.values()), ids=list(MALFORMED))
def test_malformed_tags_are_a_problem_and_no_crash(emulator, store, tags, change):
    merged = {key: text for key, text in {**tags, **change}.items() if text is not None}
    emulator.vault.update(f"{S}a", "", Wish(tags=merged))
    store.put("good", openai(), scope="shared")
    records = {r.name: r for r in store.list()}
    assert set(records) == {"a", "good"}
    assert records["a"].problem
    refusal(StoreDamaged, lambda: store.get("a", "shared"))
    assert store.history("a", "shared")
    assert store.put("a", openai(NEXT_KEY), scope="shared", expect=ANY).problem == ""


def test_malformed_tags_can_be_repaired_from_an_earlier_version(emulator, store, tags):
    store.put("a", openai(NEXT_KEY, model="m"), scope="shared", expect=ANY)
    emulator.vault.update(f"{S}a", "", Wish(tags={"pfconn": "x", "name": "a"}))
    assert store.repair("a", "shared").problem == ""
    assert store.get("a", "shared").secrets["api_key"].reveal() == NEXT_KEY


def test_a_newer_pfconn_is_left_alone(emulator, store, tags):
    emulator.vault.update(f"{S}a", "", Wish(tags={**tags, "pfconn": "2"}))
    (record,) = store.list()
    assert "newer pfconn_jupyter" in record.problem
    before = emulator.vault.get(f"{S}a")[1].id
    for ask in (
        lambda: store.get("a", "shared"),
        lambda: store.put("a", openai(), scope="shared", expect=ANY),
        lambda: store.rollback("a", "shared", tags["rev"]),
        lambda: store.repair("a", "shared"),
    ):
        refused = refusal(StoreDamaged, ask)
        assert "newer" in refused.problem
        assert "rollback" not in refused.hint
    assert emulator.vault.get(f"{S}a")[1].id == before


def test_overflowing_configs_are_kept_and_told(store):
    configs = {f"field-{number}": "x" * (300 if number % 2 else 3) for number in range(20)}
    record = store.put("a", custom(configs, {"token": KEY}), scope="shared")
    assert record.configs_complete is False
    assert store.list() == [record]
    assert store.get("a", "shared").configs == configs
