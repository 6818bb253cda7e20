"""A store that the real prompt flow wrote is imported whole, without prompt flow."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.interop import importing, planning, sources
from pfconn_jupyter.interop.promptflow_kinds import KINDS
from pfconn_jupyter.interop.steps import Wishes

pytestmark = pytest.mark.slow

KEY = "Peer-Kj7w2Qz9-xT4vN8bM3"
TOLD: list[str] = []


@pytest.fixture
def written(promptflow):
    """Return what prompt flow itself reads of what it wrote."""
    return promptflow.run("promptflow_writes.py", KEY)


def steps_of(wishes=None, word="promptflow"):
    TOLD.clear()
    found = sources.read(sources.Request(word, TOLD.append))
    return planning.plan(found, pfconn.connections("local:").store, wishes or Wishes())


def imported():
    return importing.applied(steps_of(), pfconn.connections("local:").store)


def digest(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def expected(written):
    """Return our fields of what prompt flow told of one."""
    kind = next(k for k in KINDS if k.stored == written["type"])
    if kind.type == "custom":
        return kind.type, written["configs"], written["secrets"]
    fields = set(connection_type(kind.type).model_fields)
    return kind.type, {k: v for k, v in written["configs"].items() if v and k in fields}, written["secrets"]


def test_every_type_arrives_with_its_values(promptflow, written, monkeypatch):
    monkeypatch.setenv("PEER_KEY", KEY)
    before = digest(promptflow.home)
    after = {s.found.name: s for s in imported()}
    assert digest(promptflow.home) == before, "prompt flow's own files are only read"
    assert {n for n, s in after.items() if s.action != "created"} == {"placeholder"}
    assert "placeholder" in after["placeholder"].why[0]
    assert after["aoai entra"].new_name == "aoai_entra"
    api = pfconn.connections("local:")
    for name in written.keys() - {"placeholder", "reference"}:
        type, configs, secrets = expected(written[name])
        got = api.get(after[name].new_name)
        assert (got.TYPE, {k: s.reveal() for k, s in got.secrets.items()}) == (type, secrets), name
        assert configs.items() <= got.configs.items(), name
        assert_clean(KEY, after[name], TOLD)
    assert {kind.type for kind in KINDS} == {s.found.type for s in after.values()}
    assert api.get("reference").secrets["k"].reveal() == KEY
    assert any("PEER_KEY" in why for why in after["reference"].why)
    assert api.get("strong").configs["promptflow.connection.custom_type"] == "MyStrongConnection"


def test_a_second_import_changes_nothing(written, monkeypatch):
    monkeypatch.setenv("PEER_KEY", KEY)
    imported()
    api = pfconn.connections("local:")
    revs = [r.rev for r in api.list()]
    again = imported()
    assert {s.action for s in again if s.found.name != "placeholder"} == {"same"}
    assert [r.rev for r in api.list()] == revs


def lose_key(promptflow, text=None):
    (ring,) = promptflow.home.rglob("keyring_pass.cfg")
    if text is None:
        ring.unlink()
    else:
        ring.write_text(text)


@pytest.mark.parametrize("how", ["lost", "changed", "garbage"])
def test_without_the_key_each_one_is_told_and_the_rest_imported(promptflow, written, how):
    keyrings = {
        "lost": None,
        # Another Fernet key, as a second `pf connection create` would have made it.
        "changed": "[promptflow]\nencryption_5fkey = \n\tQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE9\n",
        "garbage": "[promptflow]\nencryption_5fkey = \n\tbm8ga2V5\n",
    }
    lose_key(promptflow, keyrings[how])
    after = {s.found.name: s for s in imported()}
    created = {n for n, s in after.items() if s.action == "created"}
    assert created == {"aoai entra", "search_entra", "services_entra"}, "what has no secret needs no key"
    assert len(after) == len(written)
    for step in after.values():
        if step.action != "created":
            assert step.action == "cannot"
            assert "key" in step.why[0]
            assert "%pfconn" in step.why[1] or "machine" in step.why[1]
    assert_clean(KEY, list(after.values()))


def test_one_row_that_was_written_under_a_lost_key(promptflow, written):
    with closing(sqlite3.connect(promptflow.home / "pf" / "pf.sqlite")) as database, database:
        serp = database.execute("SELECT configs FROM connection WHERE connectionName='serp'").fetchone()[0]
        database.execute(
            "UPDATE connection SET configs=? WHERE connectionName='oai'", (serp.replace("gAAAAAB", "gAAAAAC"),)
        )
        database.execute("UPDATE connection SET configs='{' WHERE connectionName='vllm'")
        database.execute("UPDATE connection SET connectionType='Foo' WHERE connectionName='acs'")
    after = {s.found.name: s for s in imported()}
    assert {n for n, s in after.items() if s.action == "cannot"} == {"oai", "vllm", "acs", "placeholder", "reference"}
    assert "Foo" in after["acs"].why[0]


def test_a_secret_from_before_encryption_is_taken_and_told(promptflow, written):
    plain = '{"k": {"configValueType": "Secret", "value": "old-plain-secret"}}'
    with closing(sqlite3.connect(promptflow.home / "pf" / "pf.sqlite")) as database, database:
        database.execute("UPDATE connection SET customConfigs=? WHERE connectionName='custom'", (plain,))
    after = {s.found.name: s for s in imported()}
    assert after["custom"].action == "created"
    assert any("rotate" in why for why in after["custom"].why)
    assert pfconn.connections("local:").get("custom").secrets["k"].reveal() == "old-plain-secret"
