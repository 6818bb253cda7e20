"""Types of installed packages: found by metadata, loaded on first use, a broken one in nobody's way."""

from __future__ import annotations

import sys

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter import CustomConnection, Secret
from pfconn_jupyter.connections import plugins
from pfconn_jupyter.connections.registry import all_types, connection_type, known_types, names, type_name
from pfconn_jupyter.errors import InvalidType, UnknownType
from plugin_packages import WEATHER

KEY = "Zk5-plug-in-secret-0018"


def known(name):
    return next(k for k in known_types() if k.name == name)


def test_it_is_known_by_its_metadata_and_imported_on_first_use(install):
    module = install("contoso-weather")
    assert "weather" in names()
    assert type_name("Weather") == "weather"
    assert module not in sys.modules
    assert connection_type("weather").LABEL == "Weather"
    assert module in sys.modules
    assert (known("weather").source, known("weather").problem) == ("package contoso-weather 1.2", "")


def test_a_package_that_comes_or_goes_is_noticed_at_once(install):
    with pytest.raises(UnknownType):
        connection_type("weather")
    install("contoso-weather")
    assert type_name("weather")
    install.remove("contoso-weather")
    assert type_name("weather") is None


def test_annotations_may_be_texts(install):
    install("contoso-weather", "from __future__ import annotations\n" + WEATHER)
    made = pfconn.connections().build("weather", api_base="https://w.example", api_key=KEY)
    assert made.secrets["api_key"].reveal() == KEY
    assert made.asks()["api_key"].env == ("WEATHER_KEY",)


def test_metadata_is_read_once(install, monkeypatch):
    install("contoso-weather")
    assert type_name("weather")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: pytest.fail("read again"))
    assert type_name("weather")


def test_a_built_in_type_is_found_without_reading_metadata(monkeypatch):
    monkeypatch.setattr(plugins, "plugins", lambda: pytest.fail("metadata read"))
    assert connection_type("openai").TYPE == "openai"
    assert type_name("CUSTOM") == "custom"


def test_the_package_is_stored_with_the_connection(install):
    install("contoso-weather")
    record = pfconn.create("weather", "w", api_base="https://w.example", api_key=KEY)
    assert (record.type, record.package, record.problem) == ("weather", "contoso-weather", "")
    assert pfconn.get("w").units == "metric"
    assert [r.name for r in pfconn.list(type="weather")] == ["w"]
    assert [r.name for r in pfconn.list(tool="Python")] == ["w"]


BROKEN = {
    "an import that fails": ("import no_such_module_anywhere", "ModuleNotFoundError: No module named"),
    "an error": ("raise RuntimeError('half installed')", "RuntimeError: half installed"),
    "an exit": ("import sys; sys.exit('no licence')", "SystemExit: no licence"),
    "a name that is not there": ("Wether = 1", "AttributeError"),
    "no class": ("Weather = 42", "is not a class."),
    "another class": ("class Weather: pass", "not a class derived from pfconn_jupyter.CustomConnection"),
    "bad fields": (WEATHER.replace("units: str", "units: list"), "Weather.units: list"),
    "another name": (WEATHER.replace('TEST_PATH = "', 'TYPE = "meteo"; TEST_PATH = "'), "TYPE = 'meteo'"),
    "no Python": ("class", "SyntaxError"),
}


@pytest.mark.parametrize(("source", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_one_is_told_with_package_and_version_and_harms_no_other(install, source, words):
    install("broken-weather", source, version="0.3")
    install("contoso-tides", WEATHER.replace("Weather", "Tides"), "tides = {module}:Tides")
    for _ in range(2):
        with pytest.raises(InvalidType) as caught:
            connection_type("weather")
        assert "package broken-weather 0.3" in caught.value.problem
        assert words in caught.value.problem
    assert words in known("weather").problem
    assert known("weather").cls is None
    assert connection_type("tides") in all_types()
    assert pfconn.create("openai", "a", api_key=KEY).type == "openai"


def test_a_name_of_a_built_in_type_stays_the_built_in_type(install):
    install("greedy", WEATHER.replace("Weather", "OpenAI"), "openai = {module}:OpenAI")
    assert connection_type("openai").__module__.startswith("pfconn_jupyter.")
    with pytest.raises(InvalidType, match="name of a built-in type"):
        connection_type("openai@greedy")
    assert [k.problem for k in known_types() if k.source.startswith("package greedy")] == [
        "openai is the name of a built-in type."
    ]


def test_of_two_packages_with_one_name_neither_wins_and_each_can_be_said(install):
    install("contoso-weather")
    install("fabrikam-weather", WEATHER.replace("metric", "imperial"))
    with pytest.raises(InvalidType) as caught:
        connection_type("weather")
    assert "package contoso-weather 1.2 and package fabrikam-weather 1.2" in caught.value.problem
    assert "weather@contoso-weather or weather@fabrikam-weather" in caught.value.hint
    assert connection_type("weather@fabrikam-weather").model_fields["units"].default == "imperial"
    pfconn.create("weather@Fabrikam_Weather", "w", api_base="https://w.example", api_key=KEY)
    assert pfconn.get("w").units == "imperial"
    assert pfconn.list()[0].package == "fabrikam-weather"
    problems = [k.problem for k in known_types() if k.name == "weather"]
    assert all("too: say weather@" in problem for problem in problems)
    assert len(problems) == 2


def test_a_cell_cannot_take_the_name_of_a_package(install):
    install("contoso-weather")
    with pytest.raises(InvalidType, match=r"already \(package contoso-weather 1.2\)"):
        type("Weather", (CustomConnection,), {"__annotations__": {"k": Secret}, "__module__": "__main__"})
    assert connection_type("weather").PACKAGE == "contoso-weather"


def test_a_class_that_a_cell_imports_is_still_the_packages(install):
    module = install("contoso-weather")
    __import__(module)
    assert known("weather").source == "package contoso-weather 1.2"
    assert connection_type("weather").full_type() == "weather@contoso-weather"


def test_without_the_package_its_connections_list_open_and_name_it(install):
    install("contoso-weather")
    pfconn.create("weather", "w", api_base="https://w.example", api_key=KEY)
    install.remove("contoso-weather")
    (record,) = pfconn.list(type="weather")
    assert "of the package contoso-weather, which is not installed here" in record.problem
    with pytest.warns(pfconn.PfconnWarning, match="w: Its type weather is of the package contoso-weather"):
        found = pfconn.get("w")
    assert found.configs == {"api_base": "https://w.example", "units": "metric"}
    assert found["api_key"].reveal() == KEY
    (outcome,) = pfconn.test("w")
    assert (outcome.type, outcome.status) == ("weather", "not_checked")
    assert "contoso-weather" in outcome.detail


def test_a_broken_package_does_not_keep_its_connections_closed(install):
    install("contoso-weather")
    pfconn.create("weather", "w", api_base="https://w.example", api_key=KEY)
    install.remove("contoso-weather")
    install("contoso-weather", "import no_such_module_anywhere", version="2.0")
    with pytest.warns(pfconn.PfconnWarning, match=r"contoso-weather 2.0 cannot be used: ModuleNotFoundError"):
        assert pfconn.get("w").secrets["api_key"].reveal() == KEY
