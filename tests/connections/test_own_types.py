"""A class is a connection type: what follows from it, and what it may not say."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field, PydanticUserError, field_validator, model_validator

import pfconn_jupyter as pfconn
from hunter import assert_clean
from pfconn_jupyter import Ask, CustomConnection, Endpoint, PfconnWarning, Probe, Secret
from pfconn_jupyter.connections import defined
from pfconn_jupyter.connections.build import build, rebuild
from pfconn_jupyter.connections.registry import all_types, connection_type, known_types, names, type_name
from pfconn_jupyter.errors import InvalidConnection, InvalidType, UnknownType

KEY = "Zk4-own-type-secret-0017"


@pytest.fixture
def my_api():
    class MyApi(CustomConnection):
        """My API of the weather service.

        Some more words.

        :param api_key: The key from the portal,
            under Settings.
        :type api_key: Secret
        :param str api_base: The address of your region.
        """

        api_key: Secret
        api_base: str = "https://weather.example"
        retries: int = 3
        fast: bool = False
        units: Literal["metric", "imperial"] = "metric"
        region: str | None = None

    return MyApi


def test_the_name_the_label_and_the_rest_follow_from_the_class(my_api):
    described = (my_api.TYPE, my_api.LABEL, my_api.BADGE, my_api.SUMMARY, my_api.ENDPOINT)
    assert described == ("my_api", "My Api", "MA", "My API of the weather service", "api_base")
    assert my_api.TOOLS == ("Python",)


@pytest.mark.parametrize(
    ("name", "type_", "label"),
    [
        ("MyCustomConnection", "my_custom", "My Custom"),
        ("HTTPServer", "http_server", "HTTP Server"),
        ("Weather2", "weather2", "Weather2"),
        ("Connection", "connection", "Connection"),
    ],
)
def test_the_name_of_a_type_is_the_class_in_lower_case(name, type_, label):
    cls = type(name, (CustomConnection,), {"__module__": "m", "__annotations__": {"api_key": Secret}})
    assert (type_, label) == (cls.TYPE, cls.LABEL)
    assert len(cls.BADGE) == 2


def test_each_field_is_asked_for_as_its_name_and_the_docstring_say(my_api):
    asks = my_api.asks()
    assert asks["api_key"].title == "API key"
    assert asks["api_key"].help == "The key from the portal, under Settings."
    assert asks["api_base"].help == "The address of your region."
    assert asks["fast"].choices == (("True", "Yes"), ("False", "No"))
    assert asks["units"].choices == (("metric", "metric"), ("imperial", "imperial"))
    assert all(ask.title != field for field, ask in asks.items())


def test_what_ask_and_field_say_goes_before(my_api):
    class Other(my_api):
        api_key: Annotated[Secret, Ask("Token", "From the desk.", env=("MY_TOKEN",))]
        region: str | None = Field(None, title="Part of the world", description="Two letters.")

    asks = Other.asks()
    assert (asks["api_key"].title, asks["api_key"].env) == ("Token", ("MY_TOKEN",))
    assert (asks["region"].title, asks["region"].help) == ("Part of the world", "Two letters.")


@pytest.mark.parametrize("word", ["my_api", "MyApi", "MYAPI", "MY_API"])
def test_it_is_a_type_by_its_name_and_its_class(my_api, word):
    assert type_name(word) == "my_api"
    assert connection_type(word) is my_api
    assert my_api in all_types()
    assert "my_api" in names()


def test_numbers_and_choices_come_back_from_a_store(my_api):
    made = build(my_api, {"api_key": KEY, "retries": "5", "fast": "True", "units": "imperial"})
    again = rebuild(my_api, made.configs, made.secrets)
    assert (again.retries, again.fast, again.units, again.region) == (5, True, "imperial", None)
    assert again == made
    assert again["retries"] == 5
    assert again["api_key"] is again.api_key


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({}, "api_key", "is missing"),
        ({"api_key": "<your-key>"}, "api_key", "placeholder"),
        ({"api_key": KEY, "regon": "eu"}, "regon", "Did you mean region"),
        ({"api_key": KEY, "retries": "many"}, "retries", "not a whole number"),
        ({"api_key": KEY, "fast": "perhaps"}, "fast", "neither yes nor no"),
        ({"api_key": KEY, "units": "knots"}, "units", "none of the possible values"),
        ({"api_key": KEY, "api_base": "http://weather.example"}, "api_base", "unencrypted"),
        ({"api_key": KEY, "endpoint": "weather.example"}, "api_base", "no https://"),
    ],
)
def test_a_broken_rule_is_told_beside_its_field(my_api, fields, field, words):
    with pytest.raises(InvalidConnection) as caught:
        build(my_api, fields)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert words in problem.problem
    assert KEY not in f"{caught.value!s}{caught.value.problems}"


def test_an_authors_own_rule_speaks_but_not_of_a_secret():
    class Strict(CustomConnection):
        api_key: Secret
        region: str = Field("eu", max_length=2)
        plan: str = "free"

        @field_validator("plan")
        @classmethod
        def _known(cls, value):
            if value not in ("free", "paid"):
                raise ValueError(f"{value} is no plan")
            return value

        @field_validator("api_key")
        @classmethod
        def _long(cls, value):
            raise ValueError(f"{value.reveal()} is too short")

    with pytest.raises(InvalidConnection) as caught:
        build(Strict, {"api_key": KEY, "region": "europe", "plan": "gold"})
    said = {p.field: p.problem for p in caught.value.problems}
    assert "at most 2 characters" in said["region"]
    assert said["plan"] == "is refused by its type: gold is no plan."
    assert said["api_key"] == "is refused by its type."
    assert KEY not in f"{caught.value!s}{caught.value.problems}"


@pytest.mark.parametrize("raised", [ValueError, KeyError, RuntimeError])
def test_a_rule_over_all_fields_that_quotes_a_secret_or_fails_leaks_nothing(raised):
    class Strict(CustomConnection):
        api_key: Secret

        @model_validator(mode="after")
        def _check(self):
            raise raised(f"{self.api_key.reveal()} does not fit")

    with pytest.raises(InvalidConnection) as caught:
        pfconn.create("strict", "s", api_key=Secret(KEY))
    assert_clean(KEY, caught.value)
    assert caught.value.hint
    assert caught.value.problems[0].field == ""


def test_a_rule_over_all_fields_speaks():
    class Strict(CustomConnection):
        user: str
        api_key: Secret

        @model_validator(mode="after")
        def _check(self):
            raise ValueError("user and key are of two accounts")

    with pytest.raises(InvalidConnection, match="is refused by its type: user and key are of two accounts"):
        build(Strict, {"user": "a", "api_key": KEY})


PEM = "-----BEGIN KEY-----\nZm9v\n-----END KEY-----\n"


@pytest.mark.parametrize(("given", "kept"), [(PEM, PEM), ("pass wörd", "pass wörd"), ("  k3y-012\n", "k3y-012")])
def test_a_key_is_trimmed_and_a_password_or_certificate_kept_to_the_letter(my_api, given, kept):
    told = []
    assert build(my_api, {"api_key": given}, told.append).api_key.reveal() == kept
    assert bool(told) == (given != kept)


def test_the_test_of_a_type_is_a_path_and_a_header_or_its_own(my_api):
    class Tested(my_api):
        TEST_PATH = "/v1/me"
        TEST_HEADER = "Authorization: Bearer"

    class Own(my_api):
        def probes(self):
            yield Probe(f"{self.endpoint_url}/status", headers={"x-key": self.api_key})

    assert [*build(my_api, {"api_key": KEY}).probes()] == []
    (probe,) = build(Tested, {"api_key": KEY}).probes()
    assert probe.url == "https://weather.example/v1/me"
    assert probe.headers["Authorization"] == Secret(f"Bearer {KEY}")
    (probe,) = build(Own, {"api_key": KEY}).probes()
    assert probe.url.endswith("/status")


def test_prompt_flows_example_of_a_default_that_is_no_address_can_be_kept():
    class MyCustomConnection(CustomConnection):
        api_key: Secret
        api_base: str = "This is a fake api base"

    made = build(MyCustomConnection, {"api_key": KEY})
    assert rebuild(MyCustomConnection, made.configs, made.secrets).api_base == "This is a fake api base"
    with pytest.raises(InvalidConnection, match="not an address"):
        build(MyCustomConnection, {"api_key": KEY, "api_base": "another sentence"})


BROKEN = {
    "a name from nowhere": ({"api_key": Secret, "region": "Nowhere"}, {}, "cannot be read here"),
    "no secret": ({"api_base": str}, {}, "has no secret"),
    "a list": ({"api_key": Secret, "hosts": list[str]}, {}, "hosts: list"),
    "a class": ({"api_key": Secret, "when": type("Moment", (), {})}, {}, "when"),
    "two kinds": ({"api_key": Secret, "n": int | str}, {}, "n: int | str"),
    "a secret in the code": ({"api_key": Secret}, {"api_key": "sk-1"}, "a secret has no default"),
    "a method's name": ({"api_key": Secret, "client": str}, {}, "client"),
    "a property's name": ({"api_key": Secret, "name": str}, {}, "name"),
    "a part's name": ({"api_key": Secret, "values": str}, {}, "values"),
    "a name with blanks": ({"api_key": Secret}, {"TYPE": "My Api"}, "is not a name of a type"),
    "an address that is none": ({"api_key": Secret}, {"ENDPOINT": "url"}, "is not a field"),
    "a default without TLS": ({"api_key": Secret, "api_base": str}, {"api_base": "http://w.example"}, "unencrypted"),
    "a long badge": ({"api_key": Secret}, {"BADGE": "ABC"}, "two letters"),
}


@pytest.mark.parametrize(("annotations", "attributes", "words"), BROKEN.values(), ids=BROKEN)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_class_that_breaks_a_rule_is_refused_where_it_stands(annotations, attributes, words):
    before = names()
    with pytest.raises(InvalidType) as caught:
        type("Broken", (CustomConnection,), {"__annotations__": annotations, "__module__": "m", **attributes})
    assert words in caught.value.problem
    assert caught.value.hint
    assert names() == before


@pytest.mark.parametrize("attributes", [{"api_base": "https://w.example"}, {"REGIONS": ["eu"]}])
def test_a_value_without_its_kind_is_refused(attributes):
    # Older pydantic says it first, in its own words.
    with pytest.raises((InvalidType, PydanticUserError), match="annotat"):
        type("Broken", (CustomConnection,), {"__annotations__": {"api_key": Secret}, "__module__": "m", **attributes})


def test_a_key_that_is_no_secret_is_warned_about():
    with pytest.warns(PfconnWarning, match=r"Careless.password is a str"):

        class Careless(CustomConnection):
            api_key: Secret
            password: str


def test_an_abstract_base_is_no_type():
    class Base(CustomConnection, abstract=True):
        TEST_PATH = "/me"
        region: str = "eu"

    class Real(Base):
        api_key: Secret

    assert type_name("base") is None
    assert connection_type("real").TEST_PATH == "/me"
    assert list(Real.model_fields) == ["region", "api_key"]


def in_notebook(name="MyApi", **attributes):
    space = {"__annotations__": {"api_key": Secret}, "__module__": "__main__", "__qualname__": name, **attributes}
    return type(name, (CustomConnection,), space)


def test_running_the_cell_again_puts_the_new_class_in_its_place():
    in_notebook()
    second = in_notebook(LABEL="Again")
    assert connection_type("my_api") is second
    assert names().count("my_api") == 1


def test_another_class_of_the_same_name_in_the_notebook_is_told():
    in_notebook()
    with pytest.warns(PfconnWarning, match="my_api is the class MyAPI from now on, and no longer MyApi"):
        second = in_notebook("MyAPI")
    assert connection_type("my_api") is second


@pytest.mark.parametrize("word", ["openai", "open_ai", "custom"])
def test_a_name_of_a_built_in_type_is_refused_in_a_cell(word):
    with pytest.raises(InvalidType, match="already \\(built-in\\)"):
        in_notebook(TYPE=word)
    assert connection_type(word).PACKAGE == ""


def test_two_modules_with_one_name_are_told_and_neither_wins():
    for module in ("one", "two"):
        type("Api", (CustomConnection,), {"__annotations__": {"api_key": Secret}, "__module__": module})
    with pytest.raises(InvalidType, match="module one and module two"):
        connection_type("api")
    assert [k.problem for k in known_types() if k.name == "api"] == [
        "module two has a type of this name too: rename the class.",
        "module one has a type of this name too: rename the class.",
    ]


def test_a_class_that_is_forgotten_is_unknown(my_api):
    defined.forget(my_api)
    with pytest.raises(UnknownType):
        connection_type("my_api")


def test_python_alone_uses_it(my_api):
    record = pfconn.create("my_api", "w1", api_key=KEY, retries=7)
    assert record.type == "my_api"
    assert pfconn.get("w1").retries == 7
    assert isinstance(pfconn.get("w1"), CustomConnection)
    assert pfconn.update("w1", region="eu").configs["region"] == "eu"
    assert pfconn.get("w1").api_key.reveal() == KEY
    with pytest.raises(InvalidConnection, match="must be given again"):
        pfconn.update("w1", api_base="https://evil.example")


def test_the_endpoint_annotation_names_no_other_host():
    class Host(CustomConnection):
        api_key: Secret
        server: Endpoint

        ENDPOINT = "server"

    assert build(Host, {"api_key": KEY, "endpoint": "https://a.example/"}).endpoint_url == "https://a.example"
