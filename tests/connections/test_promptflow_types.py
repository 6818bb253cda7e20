"""Prompt flow's YAML of a CustomStrongTypeConnection becomes our type, or is kept whole."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter import CustomConnection, Secret
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.spec import from_yaml
from plugin_packages import WEATHER

KEY = "Zk6-promptflow-secret-0019"
YAML = """
$schema: https://azuremlschemas.azureedge.net/promptflow/latest/CustomStrongTypeConnection.schema.json
name: my_weather
type: custom
custom_type: Weather
module: contoso_weather.connections
package: contoso-weather
package_version: 0.0.1
configs:
  api_base: https://w.example
secrets:
  api_key: ${env:MY_KEY}
"""
ENV = {"MY_KEY": KEY}
KEPT = {
    "promptflow.connection.custom_type": "Weather",
    "promptflow.connection.module": "contoso_weather.connections",
    "promptflow.connection.package": "contoso-weather",
    "promptflow.connection.package_version": "0.0.1",
}


def made(spec):
    return build(connection_type(spec.type), spec.fields)


def test_the_type_of_the_package_takes_it(install):
    install("contoso_weather")
    spec = from_yaml(YAML, "w.yml", ENV)
    connection = made(spec)
    assert (connection.TYPE, connection.PACKAGE, spec.name, spec.note) == (
        "weather",
        "contoso_weather",
        "my_weather",
        "",
    )
    assert connection.configs == {"api_base": "https://w.example", "units": "metric"}
    assert connection.api_key.reveal() == KEY
    assert spec.literal_secrets == []


def test_a_class_of_the_notebook_takes_it_too():
    space = {"__annotations__": {"api_key": Secret, "api_base": str}, "__module__": "__main__"}
    cls = type("Weather", (CustomConnection,), space)
    assert type(made(from_yaml(YAML, "w.yml", ENV))) is cls


def test_without_the_type_it_is_kept_whole_and_told():
    spec = from_yaml(YAML, "w.yml", ENV)
    connection = made(spec)
    assert connection.TYPE == "custom"
    assert connection.configs == {"api_base": "https://w.example", **KEPT}
    assert connection.secrets["api_key"].reveal() == KEY
    assert "The type Weather of the package contoso-weather is not here" in spec.note
    assert all(name in spec.note for name in KEPT)


@pytest.mark.parametrize(
    ("package", "source", "words"),
    [
        ("fabrikam-weather", WEATHER, "is not here"),
        ("contoso-weather", "import no_such_module_anywhere", "ModuleNotFoundError"),
    ],
)
def test_a_type_of_another_package_or_a_broken_one_is_not_taken(install, package, source, words):
    install(package, source)
    spec = from_yaml(YAML, "w.yml", ENV)
    assert made(spec).configs.items() >= KEPT.items()
    assert words in spec.note


def test_a_literal_secret_is_seen_whatever_its_name(install):
    install("contoso-weather", WEATHER.replace("api_key", "pin"))
    flat = from_yaml("type: weather\nname: w\napi_base: https://w.example\npin: '4711'\n", "w.yml")
    assert flat.literal_secrets == ["pin"]
    assert isinstance(flat.fields["pin"], Secret)
    nested = from_yaml("type: weather\nconfigs:\n  api_base: https://w.example\nsecrets:\n  pin: '4711'\n", "w.yml")
    assert nested.literal_secrets == ["secrets.pin"]
    assert made(nested).pin.reveal() == "4711"


def test_a_plain_custom_connection_is_read_as_before():
    spec = from_yaml("type: custom\nconfigs:\n  a: b\nsecrets:\n  k: ${env:MY_KEY}\n", "c.yml", ENV)
    assert made(spec).configs == {"a": "b"}
    assert pfconn.create("custom", "c", **spec.fields).type == "custom"
