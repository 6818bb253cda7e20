"""What docs/types.md shows runs, and a type that breaks the contract fails it."""

from __future__ import annotations

import re
import sys
from types import ModuleType

import pytest

from pfconn_jupyter import CustomConnection, Secret
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.custom import CustomConnection as Base
from pfconn_jupyter.connections.declaring import _ADDRESSES
from pfconn_jupyter.testing.type_contract import TypeContract
from requirements import ROOT

PAGE = (ROOT / "docs" / "types.md").read_text(encoding="utf-8")
LEAST, FULL, TESTS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def run():
    module = ModuleType("page")
    sys.modules["page"] = module

    def run(source):
        exec(compile(source, "types.md", "exec", dont_inherit=True), vars(module))
        return module

    yield run
    del sys.modules["page"]


@pytest.mark.parametrize("source", [LEAST, FULL], ids=["least", "full"])
def test_the_classes_of_the_page_are_types(run, source):
    made = build(run(source).Weather, {"api_base": "https://w.example", "api_key": "k3y-0123456789"})
    (probe,) = made.probes()
    assert probe.url == "https://w.example/v1/stations"
    assert probe.headers["api-key"] is made.api_key


def test_the_client_of_the_page_carries_the_key(run):
    made = build(run(FULL).Weather, {"api_base": "https://w.example", "api_key": "k3y-0123456789"})
    with made.client() as session:
        assert session.headers["api-key"] == "k3y-0123456789"


def test_the_names_that_the_table_explains_are_those_of_a_class():
    table = PAGE.partition("| name | what it is |")[2].partition("\n\n")[0]
    names = re.findall(r"`([A-Z][A-Z_]+)`", table)
    assert all(hasattr(Base, name) for name in names)
    (row,) = [line for line in table.splitlines() if line.startswith("| `ENDPOINT`")]
    assert re.findall(r"`([a-z_]+)`", row) == list(_ADDRESSES)


class TestThePagesType(TypeContract):
    @pytest.fixture
    def cls(self, run):
        return run(FULL).Weather

    @pytest.fixture
    def fields(self):
        return {"api_base": "https://weather.example", "api_key": "k3y-0123456789"}


class TestTheContractIsKeptByABuiltInType(TypeContract):
    @pytest.fixture
    def cls(self):
        from pfconn_jupyter.connections.azure_openai import AzureOpenAIConnection

        return AzureOpenAIConnection

    @pytest.fixture
    def fields(self):
        return {"api_base": "https://c.openai.azure.com", "api_key": "k3y-0123456789"}


def test_a_probe_to_another_host_or_with_plain_text_fails_the_contract():
    from pfconn_jupyter import Probe

    class Leaky(CustomConnection):
        api_key: Secret
        api_base: str = "https://w.example"

        def probes(self):
            yield Probe("https://elsewhere.example/x", query={"key": self.api_key.reveal()})

    made = build(Leaky, {"api_key": "k3y-0123456789"})
    for test in ("test_its_test_stays_on_its_own_host", "test_its_test_holds_secrets_as_secrets"):
        with pytest.raises(AssertionError):
            getattr(TypeContract(), test)(made)


def test_the_example_of_tests_is_one(run):
    assert "TypeContract" in TESTS
    page = run(LEAST + TESTS)
    assert issubclass(page.TestWeather, TypeContract)
