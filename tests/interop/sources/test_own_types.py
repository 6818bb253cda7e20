"""Types of one's own, from YAML, prompt flow's strong YAML and ``env:``; and without their class."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from pfconn_jupyter import CustomConnection, Secret
from pfconn_jupyter.connections import defined

KEY = "Ow1-key-of-own-types-5502"
STRONG = """\
name: strong
type: custom
custom_type: CarriedConnection
module: my_tool_package.connections
package: my-tool-package
package_version: 0.0.1
configs:
  api_base: https://strong.example
secrets:
  api_key: {key}
"""


@pytest.fixture
def carried():
    class CarriedConnection(CustomConnection):
        """A service that some carry along."""

        api_base: str = "https://carried.example"
        api_key: Secret

    yield CarriedConnection
    defined.forget(CarriedConnection)


@pytest.fixture
def source(tmp_path, monkeypatch):
    folder = tmp_path / "connections"
    folder.mkdir()
    (folder / "strong.yml").write_text(STRONG.replace("{key}", KEY))
    (folder / "own.yml").write_text(f"name: own\ntype: carried\napi_key: {KEY}\n")
    monkeypatch.setenv("PFCONN_CONN_SEEN__TYPE", "carried")
    monkeypatch.setenv("PFCONN_CONN_SEEN__API_KEY", KEY)
    monkeypatch.setenv("PFCONN_CONN_BAD__TYPE", "azure_openai")
    return folder


def test_they_come_as_themselves(importer, source, carried):
    after = importer.apply(source, scope="private") | importer.apply("env:")
    assert {name: s.action for name, s in after.items()} == {
        "own": "created",
        "strong": "created",
        "seen": "created",
        "bad": "cannot",
    }
    api = pfconn.connections("local:")
    for name, base in {
        "own": "https://carried.example",
        "strong": "https://strong.example",
        "seen": "https://carried.example",
    }.items():
        found = api.get(name)
        assert (type(found), found.api_base, found.api_key.reveal()) == (carried, base, KEY)
    again = importer.apply(source) | importer.apply("env:")
    assert {s.action for s in again.values()} == {"same", "cannot"}
    assert_clean(KEY, after, again, importer.told)


def test_without_the_class_the_strong_one_is_plain_and_the_others_are_told(importer, source):
    after = importer.apply(source) | importer.apply("env:")
    assert after["strong"].action == "created"
    assert pfconn.connections("local:").get("strong").secrets["api_key"].reveal() == KEY
    assert "own" not in after
    assert any("own.yml" in told for told in importer.told)
    assert after["seen"].action == "cannot"
    assert "carried" in after["seen"].why[0]


def test_a_reason_is_told_once(importer, source):
    why = importer.plan("env:")["bad"].why
    assert len(why) == len(set(why))
    assert sum("is missing" in w for w in why) == 1
