"""A connection as the variables that SDKs read, set and taken back."""

from __future__ import annotations

import os
import pickle

import pytest

from pfconn_jupyter import interop
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import PfconnWarning, UsageProblem
from pfconn_jupyter.interop.sdk_variables import environ, held, hold, put, release, rivals, variable_name, variables

KEY = "Kx7-key-for-variables-0311"


def made(type_, **fields):
    return build(connection_type(type_), fields)


@pytest.fixture
def azure():
    return made("azure_openai", api_base="https://c.openai.azure.com", api_key=KEY)


@pytest.fixture(autouse=True)
def _no_strays(monkeypatch):
    for name in list(os.environ):
        if "OPENAI" in name:
            monkeypatch.delenv(name)


def test_the_variables_of_the_sdks_are_set_in_the_block_only(azure):
    with environ(azure):
        assert os.environ["AZURE_OPENAI_API_KEY"] == KEY
        assert os.environ["AZURE_OPENAI_ENDPOINT"] == "https://c.openai.azure.com"
        assert os.environ["OPENAI_API_VERSION"] == "2024-10-21"
    assert not [name for name in os.environ if "OPENAI" in name]


def test_what_was_there_comes_back(azure, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "another")
    with environ(azure):
        assert os.environ["AZURE_OPENAI_API_KEY"] == KEY
    assert os.environ["AZURE_OPENAI_API_KEY"] == "another"


def test_it_comes_back_after_an_error_too(azure):
    with pytest.raises(RuntimeError), environ(azure):
        raise RuntimeError
    assert "AZURE_OPENAI_API_KEY" not in os.environ


def test_a_stray_address_cannot_lead_the_key_elsewhere(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.example/v1")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another")
    with environ(made("openai", api_key=KEY)):
        assert os.environ["OPENAI_BASE_URL"] == "https://api.openai.com/v1"
        assert "OPENAI_ORG_ID" not in os.environ
    assert os.environ["OPENAI_ORG_ID"] == "org-of-another"


def test_without_a_key_a_stray_one_is_taken_away(monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "a-stray-key")
    with environ(made("azure_openai", api_base="https://c.openai.azure.com", auth_mode="meid_token")):
        assert "AZURE_OPENAI_API_KEY" not in os.environ
    assert os.environ["AZURE_OPENAI_API_KEY"] == "a-stray-key"


def test_what_somebody_changed_since_is_left_and_told(azure):
    environment = put(azure)
    os.environ["AZURE_OPENAI_API_KEY"] = "set-by-hand"
    try:
        assert environment.take_back() == ["AZURE_OPENAI_API_KEY"]
        assert os.environ.pop("AZURE_OPENAI_API_KEY") == "set-by-hand"
    finally:
        os.environ.pop("AZURE_OPENAI_API_KEY", None)
    assert not [name for name in os.environ if "OPENAI" in name]


def test_variables_that_sdks_prefer_are_told(azure, monkeypatch):
    assert rivals(azure) == []
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "eyJ")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    token, key = rivals(azure)
    assert "uses that token and not the key" in token
    assert "api.openai.com" in key
    assert "eyJ" not in token


def test_what_leads_an_openai_key_elsewhere_is_told(monkeypatch):
    monkeypatch.setenv("OPENAI_API_BASE", "https://elsewhere.example/v1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj_1")
    base, project = rivals(made("openai", api_key=KEY))
    assert "LangChain sends the key there" in base
    assert "OPENAI_PROJECT_ID is set" in project


def test_the_block_warns_of_a_variable_that_wins(azure, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "eyJ")
    with pytest.warns(PfconnWarning, match="uses that token and not the key"), interop.environ(azure):
        assert os.environ["AZURE_OPENAI_API_KEY"] == KEY
    told = []
    with interop.environ(azure, notify=told.append):
        assert len(told) == 1


def test_a_custom_connection_has_names_of_its_own():
    found = variables(made("custom", configs={"region": "eu"}, secrets={"api-key": KEY}))
    assert [(v.name, v.value) for v in found] == [("CUSTOM_REGION", "eu"), ("CUSTOM_API_KEY", Secret(KEY))]


@pytest.mark.parametrize(
    ("name", "field", "expected"), [("my aoai", "api_key", "MY_AOAI_API_KEY"), ("a.b-c", "k.é", "A_B_C_K")]
)
def test_names_are_what_a_shell_takes(name, field, expected):
    assert variable_name(name, field) == expected


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_what_cannot_be_a_variable_sets_nothing(value):
    with pytest.raises(UsageProblem) as caught:
        put(made("custom", secrets={"good": KEY, "bad": f"{KEY}{value}"}))
    assert KEY not in str(caught.value)
    assert "CUSTOM_GOOD" not in os.environ


@pytest.mark.parametrize("order", ["ab", "ba", "aba", "bab", ""])
@pytest.mark.parametrize("holds", ["ab", "aba", "abab"])
def test_two_connections_with_the_same_variables_leave_nothing_in_whatever_order(monkeypatch, holds, order):
    monkeypatch.setenv("OPENAI_API_VERSION", "of-the-person")
    made_of = {
        name: made("azure_openai", api_base=f"https://{name}.openai.azure.com", api_key=KEY + name) for name in "ab"
    }
    for name, connection in made_of.items():
        connection._record = ConnectionRecord(name, "azure_openai", "private", "local:")
    for name in holds:
        hold(made_of[name])
    keys = dict(zip(sorted({*holds}), sorted(held), strict=True))
    last = keys[holds[-1]]
    for name in order:
        release(keys[name])
        if last in held:
            assert os.environ["AZURE_OPENAI_API_KEY"] == KEY + holds[-1]
    left = release()
    assert not any(left.values())
    assert {n: v for n, v in os.environ.items() if "OPENAI" in n} == {"OPENAI_API_VERSION": "of-the-person"}


def test_what_is_remembered_shows_no_secret(azure, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "what-was-there-before")
    environment = put(azure)
    try:
        shown = repr(vars(environment))
        assert KEY not in shown
        assert "what-was-there-before" not in shown
        with pytest.raises(TypeError):
            pickle.dumps(environment)
    finally:
        environment.take_back()
