"""Own types in a vault: always JSON, readable by a colleague who has not the class."""

from __future__ import annotations

import json

import pytest

import pfconn_jupyter
from pfconn_jupyter.api import Connections
from pfconn_jupyter.errors import InvalidConnection, StoreDamaged
from pfconn_jupyter.stores.keyvault.layout import JSON, SEALED
from plugin_packages import WEATHER

BASE = "https://w.example"
KEY, NEW_KEY = "Zk3-vault-type-secret-0024", "Zk3-vault-type-secret-0025"


@pytest.fixture
def package(install):
    """Install the package; return what installs it again."""

    def again():
        install("contoso-weather", WEATHER.replace("units: str", 'note: str = "-"\n    units: str'))

    again()
    return again


@pytest.fixture
def told():
    return []


@pytest.fixture
def people(open_as, told):
    return {name: Connections(open_as(name), told.append) for name in ("alice", "bob")}


@pytest.mark.parametrize("scope", ["shared", "private"])
def test_one_secret_is_written_as_json_and_its_type_with_the_package(people, store, package, scope):
    alice = people["alice"]
    alice.create("weather", "w", scope=scope, api_base=BASE, api_key=KEY)
    (record,) = alice.list()
    assert (record.type, record.package) == ("weather", "contoso-weather")
    secret = store._access.client.get_secret(store._place("w", scope).secret_name)
    assert secret.properties.content_type == (JSON if scope == "shared" else SEALED)
    assert secret.properties.tags["type"] == "weather@contoso-weather"
    assert secret.properties.tags["c.api_base"] == BASE
    if scope == "shared":
        assert json.loads(secret.value)["secrets"] == {"api_key": KEY}


@pytest.mark.parametrize("scope", ["shared", "private"])
def test_without_the_class_it_opens_and_rotates_and_with_it_again_it_is_whole(people, package, install, told, scope):
    alice = people["alice"]
    alice.create("weather", "w", scope=scope, api_base=BASE, api_key=KEY, note="x" * 300)
    install.remove("contoso-weather")
    (record,) = alice.list()
    assert "of the package contoso-weather, which is not installed here" in record.problem
    assert alice.get("w")["api_key"].reveal() == KEY
    assert alice.get("w").configs["note"] == "x" * 300
    assert "w: Its type weather is of the package contoso-weather" in told[-1]
    alice.rotate("w", api_key=NEW_KEY)
    with pytest.raises(InvalidConnection, match="cannot be changed without its type"):
        alice.update("w", configs={"api_base": "https://evil.example"})
    package()
    found = alice.get("w")
    assert (found.TYPE, found.PACKAGE, found.typeless) == ("weather", "contoso-weather", "")
    assert found.api_key.reveal() == NEW_KEY
    assert [v.type for v in alice.history("w")] == ["weather", "weather"]


def test_a_colleague_without_the_class_uses_what_is_shared(people, package, install):
    people["alice"].create("weather", "w", scope="shared", api_base=BASE, api_key=KEY)
    install.remove("contoso-weather")
    found = people["bob"].get("w")
    assert found.secrets["api_key"].reveal() == KEY
    assert found.typeless


def test_a_copy_from_a_vault_keeps_type_and_package(people, package, install, tmp_path):
    alice, target = people["alice"], pfconn_jupyter.connections(f"local:{tmp_path}/t.db")
    alice.create("weather", "w", scope="shared", api_base=BASE, api_key=KEY)
    install.remove("contoso-weather")
    assert [c.status for c in alice.copy("w", to=target, scope="private")] == ["copied"]
    assert (target.list()[0].type, target.list()[0].package) == ("weather", "contoso-weather")


def test_a_raw_secret_of_an_unknown_type_says_what_is_missing(people, store):
    people["alice"].create("openai", "a", scope="shared", api_key=KEY)
    client, name = store._access.client, store._place("a", "shared").secret_name
    properties = client.get_secret(name).properties
    client.update_secret_properties(name, tags={**properties.tags, "type": "from_the_future"})
    assert "from_the_future is not known here" in people["alice"].list()[0].problem
    with pytest.raises(StoreDamaged, match="Install the package"):
        people["alice"].get("a")
