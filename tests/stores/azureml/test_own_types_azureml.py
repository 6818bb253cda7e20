"""Own types in a workspace: kept as custom keys under their own name."""

from __future__ import annotations

import pytest

import pfconn_jupyter
from pfconn_jupyter.api import Connections
from pfconn_jupyter.errors import NotSupported

KEY = "Zk2-workspace-type-secret-0027"
FIELDS = {"api_base": "https://w.example", "api_key": KEY}


@pytest.fixture
def alice(open_as):
    return Connections(open_as("alice"), lambda _: None)


def test_one_comes_back_whole(alice, install):
    install("contoso-weather")
    record = alice.create("weather", "my_weather", scope="shared", **FIELDS)
    assert (record.type, record.problem) == ("weather", "")
    found = alice.get("my_weather")
    assert (found.TYPE, found.units, found.api_key.reveal()) == ("weather", "metric", KEY)
    alice.update("my_weather", units="imperial")
    assert alice.get("my_weather").units == "imperial"


def test_without_the_class_a_copy_goes_there_as_what_it_is(alice, install):
    install("contoso-weather")
    local = pfconn_jupyter.connections("local:")
    local.create("weather", "my_weather", **FIELDS)
    install.remove("contoso-weather")
    assert [c.status for c in local.copy("my_weather", to=alice, scope="shared")] == ["copied"]
    (record,) = alice.list()
    assert "weather" in record.problem
    with pytest.raises(NotSupported, match="weather"):
        alice.get("my_weather")
    install("contoso-weather")
    assert alice.get("my_weather").api_key.reveal() == KEY
