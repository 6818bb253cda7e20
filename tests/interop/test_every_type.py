"""Every type in every target: code that is right and holds no secret, or a refusal in words."""

from __future__ import annotations

import shutil

import pytest

from hunter import assert_clean
from pfconn_jupyter import CustomConnection, Secret, identity
from pfconn_jupyter.api import Connections
from pfconn_jupyter.connections import defined
from pfconn_jupyter.connections.registry import all_types
from pfconn_jupyter.connections.serp import SerpConnection
from pfconn_jupyter.errors import NotSupported, UsageProblem
from pfconn_jupyter.interop import snippets
from pfconn_jupyter.interop.described import describe
from pfconn_jupyter.interop.formats import as_dotenv
from pfconn_jupyter.interop.sdk_variables import environ, variables
from pfconn_jupyter.interop.snippets._about import About
from pfconn_jupyter.stores.address import open_store
from pfconn_jupyter.testing.keyvault import KeyVaultEmulator
from standins.service import Service

KEY = "Ev1-key-of-every-type-7301"
SENT = ("api-key", "authorization", "ocp-apim-subscription-key", "openai-organization")

# What a deployed app is given: by type, its fields, its settings, and the variable of the key.
EACH = {
    "azure_openai": (
        {"api_base": "{}", "deployment": "gpt"},
        ["AZURE_OPENAI_ENDPOINT={}", "OPENAI_API_VERSION=2024-10-21", "AZURE_OPENAI_DEPLOYMENT=gpt"],
        "AZURE_OPENAI_API_KEY",
    ),
    "openai": (
        {"base_url": "{}/v1", "organization": "org-1"},
        ["OPENAI_BASE_URL={}/v1", "OPENAI_ORG_ID=org-1"],
        "OPENAI_API_KEY",
    ),
    "azure_content_safety": ({"endpoint": "{}"}, ["CONTENT_SAFETY_ENDPOINT={}"], "CONTENT_SAFETY_KEY"),
    "document_intelligence": ({"endpoint": "{}"}, ["DOCUMENTINTELLIGENCE_ENDPOINT={}"], "DOCUMENTINTELLIGENCE_API_KEY"),
    "cognitive_search": (
        {"api_base": "{}", "index": "notes"},
        ["AZURE_SEARCH_ENDPOINT={}", "AZURE_SEARCH_INDEX_NAME=notes"],
        "AZURE_SEARCH_API_KEY",
    ),
    "azure_ai_services": ({"endpoint": "{}"}, ["AZURE_AI_SERVICES_ENDPOINT={}"], "AZURE_AI_SERVICES_KEY"),
    "serp": ({}, [], "SERPAPI_API_KEY"),
    "serverless": ({"api_base": "{}"}, ["AZURE_AI_CHAT_ENDPOINT={}"], "AZURE_AI_CHAT_KEY"),
    "qdrant": ({"api_base": "{}"}, ["QDRANT_URL={}"], "QDRANT_API_KEY"),
    "weaviate": ({"api_base": "{}"}, ["WEAVIATE_URL={}"], "WEAVIATE_API_KEY"),
}


@pytest.fixture
def service(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with Service() as running:
        monkeypatch.setattr(SerpConnection, "DEFAULT_ENDPOINT", running.url)
        yield running


@pytest.fixture
def api():
    return Connections(open_store("local:"))


@pytest.fixture
def weather():
    class EveryTypeWeather(CustomConnection):
        """The weather service."""

        TEST_PATH = "/v1/stations"
        api_base: str = "https://weather.example"
        api_key: Secret
        city: str = ""

    yield EveryTypeWeather
    defined.forget(EveryTypeWeather)


def about(api, name="mine"):
    record = api.record(name)
    return record.type, About(describe(api, record), "gpt", lambda: api.store.reference(record.name, record.scope))


def fields(type_, url):
    return {"api_key": KEY, **{k: v.format(url) for k, v in EACH[type_][0].items()}}


def test_every_type_is_here():
    assert {*EACH, "custom"} == {cls.TYPE for cls in all_types()}


@pytest.mark.parametrize("type_", EACH)
def test_curl_sends_what_a_test_sends(api, service, type_, capfd):
    if shutil.which("curl") is None:
        pytest.skip("no curl on PATH")
    api.create(type_, "mine", **fields(type_, service.url))
    api.test("mine")
    tested = service.received[0]
    service.received.clear()
    code = snippets.target("curl", type_).code(about(api)[1])
    assert_clean(KEY, code)
    exec(code, {})
    (curled,) = service.received
    assert (curled.method, curled.path, curled.query) == (tested.method, tested.path, tested.query)
    assert [curled.headers.get(name) for name in SENT] == [tested.headers.get(name) for name in SENT]
    assert KEY in str(curled), "the control: the key was sent"
    assert "Resource not found" in capfd.readouterr().out


def test_curl_of_a_custom_connection_and_of_an_own_type(api, service, weather):
    configs = {"test_url": f"{service.url}/a", "test_header": "Authorization: Bearer"}
    api.create("custom", "plain", configs=configs, secrets={"p'w": KEY})
    api.create(weather.TYPE, "own", api_base=service.url, api_key=KEY)
    for name in ("plain", "own"):
        type_, known = about(api, name)
        exec(snippets.target("curl", type_).code(known), {})
    plain, own = service.received
    assert (plain.path, plain.headers["authorization"]) == ("/a", f"Bearer {KEY}")
    assert (own.path, own.headers["api-key"]) == ("/v1/stations", KEY)


def test_without_a_test_there_is_no_request_to_show(api):
    api.create("custom", "mine", secrets={"pw": KEY})
    with pytest.raises(NotSupported, match="no test whose request"):
        snippets.target("curl", "custom").code(about(api)[1])


@pytest.mark.parametrize("type_", [*EACH, "custom"])
@pytest.mark.parametrize("target", snippets.names())
def test_a_target_that_does_not_take_a_type_names_those_that_do(target, type_):
    types = snippets.target(target, "azure_openai").TYPES
    if not types or type_ in types:
        assert snippets.target(target, type_)
        return
    with pytest.raises(UsageProblem) as caught:
        snippets.target(target, type_)
    assert caught.value.hint.startswith(f"For {type_}: ")
    for named in caught.value.hint.partition(": ")[2].rstrip(".").split(", "):
        assert snippets.target(named, type_)


@pytest.fixture
def vault():
    with KeyVaultEmulator("contoso") as running:
        running.sign_in("alice")
        identity.credential.cache_clear()
        yield Connections(open_store("keyvault:contoso"))
    identity.credential.cache_clear()


def test_a_deployed_app_gets_the_settings_of_every_type(vault, monkeypatch):
    for type_, (_, settings, key) in EACH.items():
        url = "http://127.0.0.1:9"
        monkeypatch.setattr(SerpConnection, "DEFAULT_ENDPOINT", url)
        name = f"c-{type_.replace('_', '-')}"
        vault.create(type_, name, scope="shared", **fields(type_, url))
        known = about(vault, name)[1]
        reference = f"https://contoso.vault.azure.net/secrets/pfconn-s-{name}"
        app = snippets.target("app-service", type_).code(known)
        container = snippets.target("container-apps", type_).code(known)
        assert f"'{key}=@Microsoft.KeyVault(SecretUri={reference})'" in app
        assert f"{name}-key=keyvaultref:{reference},identityref:system" in container
        assert f"{key}=secretref:{name}-key" in container
        for setting in settings:
            assert setting.format(url) in app
            assert setting.format(url) in container
        assert_clean(KEY, app, container)


def test_what_no_other_program_can_read_is_refused(vault, weather):
    vault.create("custom", "mine", scope="shared", configs={"a": "b"}, secrets={"pw": KEY})
    vault.create(weather.TYPE, "own", scope="shared", api_key=KEY)
    for name in ("mine", "own"):
        type_, known = about(vault, name)
        for target in ("app-service", "container-apps"):
            with pytest.raises(NotSupported, match="not as the key alone"):
                snippets.target(target, type_).code(known)


def test_an_own_type_has_variables_of_its_name(api, weather, monkeypatch):
    monkeypatch.delenv("MINE_API_KEY", raising=False)
    api.create(weather.TYPE, "mine", api_key=KEY, city="Oslo")
    with environ(api.get("mine")) as changed:
        assert {v.name for v in changed} == {"MINE_API_BASE", "MINE_API_KEY", "MINE_CITY"}
    text = as_dotenv([describe(api, api.record("mine"))], lambda *_: "")
    assert text.splitlines()[1:] == ["MINE_API_BASE=https://weather.example", "MINE_API_KEY=", "MINE_CITY=Oslo"]


def test_two_fields_that_need_one_variable_set_nothing(api):
    api.create("custom", "mine", configs={"a.b": "1"}, secrets={"a-b": KEY})
    with pytest.raises(UsageProblem, match="both need the variable MINE_A_B"), environ(api.get("mine")):
        pass


@pytest.mark.parametrize("type_", EACH)
def test_every_type_has_a_variable_for_its_address_and_its_key(api, type_):
    api.create(type_, "mine", **fields(type_, "http://127.0.0.1:9"))
    connection = api.get("mine")
    found = {v.field for v in variables(connection)}
    assert {*connection.secrets, *filter(None, [connection.ENDPOINT])} <= found
