"""A stored connection whose type is not here, or has other fields now: opened, kept, and mended."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter import CustomConnection, PfconnWarning, Secret
from pfconn_jupyter.connections import defined
from pfconn_jupyter.errors import InvalidConnection

KEY, NEW_KEY = "Zk8-typeless-secret-0020", "Zk8-typeless-secret-0021"
pytestmark = pytest.mark.filterwarnings("ignore::pfconn_jupyter.errors.PfconnWarning")


def weather(**fields):
    annotations = {"api_key": Secret, "api_base": str, **{name: kind for name, (kind, _) in fields.items()}}
    defaults = {name: default for name, (_, default) in fields.items() if default is not ...}
    space = {"__annotations__": annotations, "__module__": "__main__", "__qualname__": "Weather", **defaults}
    return type("Weather", (CustomConnection,), space)


@pytest.fixture
def stored():
    cls = weather(units=(str, "metric"))
    pfconn.create("weather", "w", api_base="https://w.example", api_key=KEY)
    return cls


@pytest.fixture
def without(stored):
    defined.forget(stored)
    return pfconn.connections()


def test_it_opens_by_keys_and_values_and_says_so(without):
    with pytest.warns(PfconnWarning, match="w: The type weather is not known here: it opens as a plain custom"):
        found = without.get("w")
    assert isinstance(found, CustomConnection)
    assert found.configs == {"api_base": "https://w.example", "units": "metric"}
    assert found["api_key"].reveal() == KEY
    assert [*found.probes()] == []
    assert "is not known here" in without.record("w").problem
    assert [[r.name for r in without.list(tool=tool)] for tool in ("python", "LLM")] == [["w"], []]


def test_its_secret_can_be_rotated_and_compared_and_the_type_stays(without, stored):
    without.rotate("w", api_key=NEW_KEY)
    assert without.compare("w", api_key=NEW_KEY) == {"api_key": True}
    defined.register(stored)
    assert without.get("w").api_key.reveal() == NEW_KEY
    assert without.record("w").type == "weather"


@pytest.mark.parametrize(
    "fields",
    [
        {"configs": {"api_base": "https://evil.example"}},
        {"configs": {"more": "1"}},
        {"secrets": {"api_key": None}},
        {"secrets": {"other": "x"}},
        {"api_base": "https://evil.example"},
    ],
)
def test_nothing_else_can_be_changed_without_the_type(without, fields):
    before = without.record("w").rev
    with pytest.raises(InvalidConnection, match="cannot be changed without its type"):
        without.update("w", **fields)
    assert without.record("w").rev == before


def test_a_placeholder_is_no_secret_without_the_type_either(without):
    with pytest.raises(InvalidConnection, match="placeholder"):
        without.rotate("w", api_key="<your-key>")


def test_a_copy_keeps_the_type(without, stored, tmp_path):
    target = pfconn.connections(f"local:{tmp_path}/t.db")
    assert [c.status for c in without.copy("w", to=target, scope="private")] == ["copied"]
    assert [c.status for c in without.copy("w", to=target, scope="private")] == ["same"]
    defined.register(stored)
    assert target.get("w").units == "metric"


def test_earlier_versions_and_deletion_need_no_type(without, stored):
    without.rotate("w", api_key=NEW_KEY)
    first = without.history("w")[-1]
    assert first.type == "weather"
    without.rollback("w", first.rev)
    without.delete("w")
    without.restore("w")
    defined.register(stored)
    assert without.get("w").api_key.reveal() == KEY


def test_a_class_with_a_new_required_field_opens_it_plainly_and_update_mends_it(stored):
    weather(units=(str, "metric"), region=(str, ...))
    found = pfconn.get("w")
    assert "does not fit its type weather any more (region: is missing)" in found.typeless
    assert found["api_key"].reveal() == KEY
    with pytest.raises(InvalidConnection, match="region: is missing"):
        pfconn.rotate("w", api_key=NEW_KEY, test=False)
    pfconn.update("w", region="eu")
    assert pfconn.get("w").region == "eu"
    assert pfconn.get("w").api_key.reveal() == KEY


def test_a_field_that_is_gone_is_taken_away_by_update(stored):
    weather()
    assert "units" in pfconn.get("w").typeless
    pfconn.update("w", units=None)
    assert pfconn.get("w").configs == {"api_base": "https://w.example"}


def test_mending_does_not_lead_the_secret_to_another_address(stored):
    weather(region=(str, ...))
    with pytest.raises(InvalidConnection, match="must be given again, because the address changes"):
        pfconn.update("w", region="eu", units=None, api_base="https://evil.example")


def test_an_address_that_was_not_there_before_asks_for_the_secret_again(stored):
    space = {"__annotations__": {"api_key": Secret}, "__module__": "__main__", "__qualname__": "Tides"}
    type("Tides", (CustomConnection,), dict(space))
    pfconn.create("tides", "t", api_key=KEY)
    type("Tides", (CustomConnection,), {**space, "__annotations__": {"api_key": Secret, "api_base": str}})
    with pytest.raises(InvalidConnection, match="must be given again, because the address changes"):
        pfconn.update("t", api_base="https://t.example")
    pfconn.update("t", api_base="https://t.example", api_key=NEW_KEY)
    assert pfconn.get("t").api_key.reveal() == NEW_KEY


@pytest.mark.parametrize(("type_", "key"), [("custom", KEY), ("weather", NEW_KEY)])
def test_a_copy_does_not_take_another_type_or_secret_for_the_same(without, stored, tmp_path, type_, key):
    target = pfconn.connections(f"local:{tmp_path}/t.db")
    parts = {"configs": {"api_base": "https://w.example", "units": "metric"}, "secrets": {"api_key": key}}
    if type_ == "weather":
        defined.register(stored)
        parts = {**parts["configs"], **parts["secrets"]}
    target.create(type_, "w", **parts)
    assert [c.status for c in without.copy("w", to=target, scope="private")] == ["exists"]
