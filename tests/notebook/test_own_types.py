"""A class in a cell: form, prompts, checks, completion, storage and tables follow from it."""

from __future__ import annotations

import builtins
import getpass

import pytest
from IPython.core.completer import provisionalcompleter

from hunter import assert_clean
from pfconn_jupyter.notebook.form import view
from pfconn_jupyter.notebook.form.purpose import Purpose
from standins.service import Reply, Service

KEY, NEW_KEY = "Zk9-cell-type-secret-0022", "Zk9-cell-type-secret-0023"
CELL = '''
from pfconn_jupyter import CustomConnection, Secret

class MyApi(CustomConnection):
    """My API of the weather service.

    :param api_key: The key from the portal.
    """

    TEST_PATH = "/v1/me"

    api_key: Secret
    api_base: str = "{url}"
    pin: Secret | None = None
    fast: bool = False
'''


class Weather(Service):
    """Takes one key in a header."""

    key = KEY

    def _next(self, path):
        right = self.received[-1].headers.get("api-key") == self.key
        return Reply(200, {"ok": True}) if right and path == "/v1/me" else Reply(401, {"error": "no"})


@pytest.fixture
def service():
    with Weather() as running:
        yield running


@pytest.fixture
def cell(notebook, service, monkeypatch):
    monkeypatch.setenv("MY_KEY", KEY)
    monkeypatch.setenv("NEW_KEY", NEW_KEY)
    notebook(CELL.format(url=service.url))
    return notebook


@pytest.fixture
def filled(cell):
    cell("%pfconn create MyApi weather_1 --set api_key='${env:MY_KEY}'")
    return cell


def text(frame):
    return frame.to_csv() + frame.note


def test_create_list_show_and_get(filled):
    assert list(filled("%pfconn list")["type"]) == ["my_api"]
    assert list(filled("%pfconn list --type MyApi")["name"]) == ["weather_1"]
    assert filled("%pfconn list")["endpoint"][0].startswith("http://127.0.0.1")
    shown = filled("%pfconn show weather_1")
    assert dict(zip(shown["field"], shown["value"], strict=True))["api_key"] == "••••••"
    filled("conn = %pfconn get weather_1")
    assert filled("conn.fast, conn.pin, isinstance(conn, MyApi), conn.TYPE") == (False, None, True, "my_api")


def test_the_test_goes_to_its_own_host_with_its_header(filled, service):
    (outcome,) = filled("%pfconn test weather_1").to_dict("records")
    assert (outcome["type"], outcome["status"], outcome["detail"]) == ("my_api", "ok", "secret accepted")
    assert (service.received[-1].path, service.received[-1].headers["api-key"]) == ("/v1/me", KEY)
    service.key = NEW_KEY
    (outcome,) = filled("%pfconn test weather_1").to_dict("records")
    assert outcome["status"] == "denied"
    assert "TEST_HEADER" in outcome["hint"]


def test_update_rotate_compare_history_and_rollback(filled, service):
    filled("%pfconn update weather_1 --set fast=True --set pin='${env:NEW_KEY}'")
    assert filled("%pfconn get weather_1").fast is True
    error = filled.fails("%pfconn rotate weather_1 --set api_key='${env:NEW_KEY}'")
    assert type(error).__name__ == "CheckFailed"
    service.key = NEW_KEY
    assert "rotated" in repr(filled("%pfconn rotate weather_1 --set api_key='${env:NEW_KEY}'"))
    assert "api_key is the same" in repr(filled("%pfconn compare weather_1 --set api_key='${env:NEW_KEY}'"))
    filled("%pfconn update weather_1 --unset pin")
    history = filled("%pfconn history weather_1")
    assert list(history["type"]) == ["my_api"] * 4
    filled(f"%pfconn rollback weather_1 {history['rev'].iloc[-1]}")
    assert "api_key is different" in repr(filled("%pfconn compare weather_1 --set api_key='${env:NEW_KEY}'"))


def test_a_copy_to_another_file_is_of_the_same_type(filled, tmp_path, monkeypatch):
    filled(f"%pfconn copy weather_1 --to local:{tmp_path}/other.db --private")
    monkeypatch.setenv("PFCONN_STORE", f"local:{tmp_path}/other.db")
    assert list(filled("%pfconn list")["type"]) == ["my_api"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("create my_api x --set api_kye='${env:MY_KEY}'", "Did you mean api_key"),
        ("create my_api x --set api_key='${env:NO_SUCH}'", "NO_SUCH, which is not set"),
        ("create my_api x --set api_key='${env:MY_KEY}' --set fast=perhaps", "fast: is neither yes nor no"),
        ("create my_apo x", "Did you mean my_api"),
        ("create my_api x --from-env", "no standard variables"),
        ("create my_api x", "Missing: api_key"),
        ("types my_apo", "Did you mean my_api"),
    ],
)
def test_bad_input_says_what_to_do(cell, line, words):
    error = cell.fails(f"%pfconn {line}")
    assert words in str(error)
    assert_clean(KEY, str(error), "\n".join(error._render_traceback_()))


@pytest.mark.parametrize(
    "typed",
    [
        "%pfconn create my_api x --set pin=4711-0815-secret",
        "%%pfconn create my_api x\npin: 4711-0815-secret\n",
        "%%pfconn create\ntype: my_api\nname: x\npin: 4711-0815-secret\n",
        "%%pfconn update weather_1\npin: 4711-0815-secret\n",
        # As short as a word that stands in many places.
        "%%pfconn create my_api x\npin: 47\n",
    ],
)
def test_a_literal_for_a_secret_that_only_the_type_knows_is_refused_and_scrubbed(filled, typed):
    error = filled.fails(typed)
    assert type(error).__name__ == "SecretRefused"
    history = [*filled.shell.history_manager.input_hist_raw, *filled("In"), str(error)]
    assert "pin" in (text := "\n".join(history)), "the control: what is beside it is there"
    assert "4711-0815-secret" not in text
    assert "pin: 47" not in text


def test_running_the_cell_again_changes_the_type(filled, service):
    filled(CELL.format(url=service.url).replace("fast: bool = False", "slow: bool = False\n    region: str"))
    assert "does not fit its type my_api any more" in filled("%pfconn get weather_1").typeless
    filled("%pfconn update weather_1 --set region=eu --unset fast")
    filled("conn = %pfconn get weather_1")
    assert filled("conn.region, conn.slow, isinstance(conn, MyApi)") == ("eu", False, True)


def test_a_broken_class_fails_its_cell_in_two_lines(notebook):
    error = notebook.fails("from pfconn_jupyter import CustomConnection\nclass NoSecret(CustomConnection):\n    a: str")
    assert "has no secret" in str(error)
    error = notebook.fails(CELL.format(url="https://w.example").replace("class MyApi", "class Openai"))
    assert "there is a type openai already (built-in)" in str(error)


def complete(notebook, line):
    with provisionalcompleter():
        found = notebook.shell.Completer.completions(line, len(line))
        return {c.text for c in found if c._origin == "pfconn"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%pfconn create my", {"my_api"}),
        ("%pfconn list --type my", {"my_api"}),
        ("%pfconn types my", {"my_api"}),
        ("%pfconn create my_api x --set ap", {"api_key=", "api_base="}),
        ("%pfconn update weather_1 --set pi", {"pin="}),
    ],
)
def test_completion_knows_the_type_and_its_fields(filled, line, expected):
    assert complete(filled, line) == expected


def test_the_prompt_asks_what_the_form_asks(cell, monkeypatch):
    asked = []

    def answer(prompt):
        asked.append(prompt)
        return {"Test it": "y", "API key": KEY}.get(prompt[:7], "")

    monkeypatch.setattr(builtins, "input", answer)
    monkeypatch.setattr(getpass, "getpass", answer)
    monkeypatch.setattr("pfconn_jupyter.notebook.context.Context.asks", "prompt")
    assert "weather_2 saved, tested ok, in the local store" in repr(cell("%pfconn create my_api weather_2"))
    assert [prompt.partition(" [")[0].rstrip(": ") for prompt in asked] == [
        "API key",
        "API base",
        "Pin",
        "Fast (1 Yes, 2 No)",
        "Test it first?",
    ]


def test_the_form_asks_the_same(filled, monkeypatch):
    from pfconn_jupyter import connections
    from pfconn_jupyter.connections.registry import connection_type

    shown = view.description(Purpose(connections(), connection_type("my_api")), "line")["types"][0]
    assert (shown["title"], shown["badge"], shown["summary"]) == (
        "New My Api connection",
        "MA",
        "My API of the weather service",
    )
    kinds = {q["field"]: (q["kind"], q["required"], q["value"]) for q in shown["questions"]}
    assert kinds["api_key"] == ("secret", True, "")
    assert kinds["pin"] == ("secret", False, "")
    assert kinds["fast"] == ("choice", False, "False")
    picker = view.description(Purpose(connections(), None), "line")["types"]
    assert "my_api" in [t["type"] for t in picker]


def test_the_form_promises_no_test_that_there_is_none_of(filled):
    from pfconn_jupyter import connections

    filled("class Untested(CustomConnection):\n    token: Secret\n    host: str = 'https://weather.example'")
    picker = view.description(Purpose(connections(), None), "line")["types"]
    assert [t["type"] for t in picker if not t["has_test"]] == ["untested"]


def test_types_and_tools_are_made_from_the_code(filled, install):
    install("contoso-weather")
    install("broken-weather", "import no_such_module_anywhere", "tides = {module}:Tides", version="0.3")
    table = filled("%pfconn types")
    rows = {row["type"]: row for row in table.to_dict("records")}
    assert rows["my_api"]["source"] == "this notebook"
    assert rows["my_api"]["aliases"] == "MyApi"
    assert rows["weather"]["source"] == "package contoso-weather 1.2"
    assert rows["openai"]["source"] == "built-in"
    assert rows["openai"]["extra"] == "openai"
    assert rows["tides"]["problem"] == "ModuleNotFoundError: No module named 'no_such_module_anywhere'."
    assert "1 with a problem: tides" in table.note
    tools = {row["tool"]: row for row in filled("%pfconn tools").to_dict("records")}
    assert list(tools) == ["LLM", "Embedding", "Content Safety (Text)", "Vector DB Lookup", "Serp API", "Python"]
    assert {"azure_openai", "openai"} <= set(tools["LLM"]["connections"])
    assert {"my_api", "weather@contoso-weather", "custom"} <= set(tools["Python"]["connections"])
    assert "my_api" not in tools["LLM"]["connections"]


def test_types_without_a_problem_has_no_such_column(notebook):
    assert "problem" not in notebook("%pfconn types").columns


def test_the_fields_of_a_type(filled):
    table = filled("%pfconn types MyApi")
    rows = {row["field"]: row for row in table.to_dict("records")}
    assert (rows["api_key"]["required"], rows["api_key"]["secret"]) == (True, True)
    assert rows["api_key"]["help"] == "The key from the portal."
    assert (rows["fast"]["default"], rows["fast"]["choices"]) == ("False", "True, False")
    assert "My API of the weather service. Source: this notebook." in table.note


def test_a_python_tool_takes_it_by_its_own_class_and_by_the_base(filled):
    filled("from pfconn_jupyter.tools import tool")
    filled("@tool\ndef own(conn: MyApi):\n    return conn.fast")
    filled("@tool\ndef anyone(conn: CustomConnection):\n    return conn.TYPE")
    assert filled("own('weather_1'), anyone('weather_1')") == (False, "my_api")
    filled("import pfconn_jupyter as pfconn\npfconn.create('custom', 'plain', secrets={'k': 'v-0123456789'})")
    error = filled.fails("own('plain')")
    assert "takes my_api" in str(error)
    assert "weather_1" in str(error)


def test_a_broken_package_is_told_when_it_is_asked_for(notebook, install):
    install("broken-weather", "import no_such_module_anywhere", version="0.3")
    error = notebook.fails("%pfconn create weather x")
    assert "package broken-weather 0.3" in str(error)
    assert "ModuleNotFoundError" in str(error)


def test_the_yaml_of_prompt_flow_that_is_kept_is_told(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("MY_KEY", KEY)
    (tmp_path / "w.yml").write_text(
        "type: custom\nname: w\ncustom_type: Weather\nmodule: m\npackage: contoso-weather\npackage_version: 1\n"
        "configs: {a: b}\nsecrets: {api_key: '${env:MY_KEY}'}\n"
    )
    said = repr(notebook(f"%pfconn create --file {tmp_path}/w.yml"))
    assert "The type Weather of the package contoso-weather is not here" in said
    assert notebook("%pfconn get w").configs["promptflow.connection.package"] == "contoso-weather"


def test_no_secret_is_in_what_is_shown_or_raised(filled, service):
    shown = [text(filled(f"%pfconn {line}")) for line in ("list --wide", "show weather_1", "test weather_1", "types")]
    error = filled.fails("%pfconn update weather_1 --set fast=perhaps")
    assert_clean(KEY, *shown, repr(filled("%pfconn get weather_1")), "\n".join(error._render_traceback_()), error)
