"""Connections in variables: names, fields, and what is wrong with them."""

from __future__ import annotations

import logging
import os
import warnings

import pytest

from hunter import assert_clean, hunt
from pfconn_jupyter.api import Connections
from pfconn_jupyter.errors import (
    ConnectionNotFound,
    InvalidConnection,
    InvalidName,
    NotSupported,
    PfconnError,
    PfconnWarning,
    UnknownType,
)
from pfconn_jupyter.stores.address import open_store
from pfconn_jupyter.stores.environment import reading
from pfconn_jupyter.testing.samples import DIFFICULT, openai
from refusals import refusal

KEY = "env-Zk7q0W-e5R_t1Y2u9I4o8P3a6S"
HOST = "https://contoso.openai.azure.com"
AOAI = {"TYPE": "azure_openai", "API_BASE": HOST, "API_KEY": KEY}


@pytest.fixture
def put(monkeypatch):
    """Return a function that sets the variables of a connection."""

    def put_(name, **fields):
        for field, value in fields.items():
            monkeypatch.setenv(f"PFCONN_CONN_{name}__{field}", value)

    return put_


@pytest.fixture
def store():
    return open_store("env:")


def test_an_environment_without_any_is_empty(store):
    assert store.list() == []
    assert (store.address, store.scopes.keys()) == ("env:", {"private"})
    with pytest.raises(ConnectionNotFound):
        Connections(store).get("one")


def test_a_connection_is_what_its_variables_say(store, put):
    put("MY_AOAI", **AOAI, API_VERSION="2024-06-01", DEPLOYMENT="gpt")
    (record,) = store.list()
    assert (record.name, record.type, record.scope, record.problem) == ("my_aoai", "azure_openai", "private", "")
    assert record.configs == {
        "api_base": HOST,
        "auth_mode": "key",
        "api_version": "2024-06-01",
        "deployment": "gpt",
        "api_type": "azure",
    }
    found = store.get("my_aoai", "private")
    assert (found.configs, found.record) == (record.configs, record)
    assert found.secrets["api_key"].reveal() == KEY


@pytest.mark.parametrize("asked", ["my_aoai", "my-aoai", "My.AOAI", "MY_AOAI"])
def test_names_count_as_one_however_they_are_spelled(store, put, asked):
    put("MY_AOAI", **AOAI)
    assert Connections(store).get(asked).name == "my_aoai"


def test_a_name_is_spelled_by_its_own_variable(store, put):
    put("MY_AOAI", **AOAI, NAME="My-aoai.1"[:7])
    assert store.list()[0].name == "My-aoai"
    put("MY_AOAI", NAME="another")
    (record,) = store.list()
    assert "'another' is not the name 'my_aoai'" in record.problem
    with pytest.raises(InvalidName):
        store.get("my_aoai", "private")


@pytest.mark.parametrize("word", ["ENDPOINT", "AZURE_ENDPOINT", "API_BASE", "api_base", "Base_Url"])
def test_any_word_for_the_address_in_any_case(store, put, word):
    put("x1", TYPE="AzureOpenAI", API_KEY=KEY, **{word: HOST})
    assert store.get("x1", "private").configs["api_base"] == HOST


def test_no_key_is_needed_with_entra(store, put):
    put("X", TYPE="azure_openai", API_BASE=HOST, AUTH_MODE="meid_token")
    assert (store.list()[0].auth, store.get("x", "private").secrets) == ("meid_token", {})


def test_custom_ones_have_configs_and_secrets(store, put):
    put("DB", TYPE="custom", CONFIGS__HOST="db", CONFIGS__maxSize="5", SECRETS__PASSWORD=KEY, secrets__Api__Key="k2-x")
    (record,) = store.list()
    assert record.configs == {"host": "db", "maxSize": "5"}
    found = store.get("db", "private")
    assert {k: v.reveal() for k, v in found.secrets.items()} == {"password": KEY, "Api__Key": "k2-x"}


@pytest.mark.parametrize("name", list(DIFFICULT))
def test_a_custom_secret_is_kept_to_the_letter(store, put, name):
    put("X", TYPE="custom", SECRETS__K=DIFFICULT[name], CONFIGS__C=DIFFICULT[name])
    found = store.get("x", "private")
    assert (found.secrets["k"].reveal(), found.configs["c"]) == (DIFFICULT[name], DIFFICULT[name])


@pytest.mark.parametrize(
    "case",
    [
        ({"X__API_KEY": KEY}, "type: is missing", "Set PFCONN_CONN_X__TYPE"),
        ({"X__TYPE": ""}, "type: is missing", "Set PFCONN_CONN_X__TYPE"),
        ({"X__TYPE": "azure_opnai"}, "no connection type 'azure_opnai'. Did you mean azure_openai?", "%pfconn types"),
        ({"X__TYPE": "openai"}, "api_key: is missing", "Set PFCONN_CONN_X__API_KEY."),
        ({"X__TYPE": "openai", "X__API_KEY": ""}, "api_key: is missing", ""),
        (
            {"X__TYPE": "openai", "X__API_KEE": KEY},
            "api_kee: is not a field of openai. Did you mean api_key?",
            "Fields",
        ),
        (
            {"X__TYPE": "openai", "X__API_KEY": KEY, "X__BASE_URL": "http://x.example"},
            "base_url: sends the key",
            "https",
        ),
        (
            {"X__TYPE": "openai", "X__API_KEY": KEY, "X__api_key": KEY},
            "api_key: is given twice: PFCONN_CONN_X__",
            "Keep",
        ),
        ({"X__TYPE": "custom", "X__CONFIGS__A": "b"}, "needs at least one secret", ""),
        ({"X__TYPE": "custom", "X__SECRET__A": KEY}, "secret__a: is neither", "PFCONN_CONN_X__SECRETS__KEY"),
        ({"X__TYPE": "custom", "X__CONFIGS__A": "b", "X__SECRETS__A": KEY}, "both a config and a secret", ""),
        ({"X": KEY}, "PFCONN_CONN_X names no field", "PFCONN_CONN_X__FIELD"),
        ({"X_API_KEY": KEY}, "PFCONN_CONN_X_API_KEY names no field", "__FIELD"),
        ({"X__": KEY}, "PFCONN_CONN_X__ names no field", "__FIELD"),
        ({"__TYPE": "openai"}, "PFCONN_CONN___TYPE names no field", ""),
        ({"_X__TYPE": "openai", "_X__API_KEY": KEY}, "'_x' is not a legal name", "begins with"),
    ],
)
def test_what_is_wrong_is_listed_and_hides_nothing(store, put, monkeypatch, case):
    variables, problem, hint = case
    put("GOOD", **AOAI)
    for name, value in variables.items():
        monkeypatch.setenv(f"PFCONN_CONN_{name}", value)
    records = {r.name: r for r in store.list()}
    assert len(records) == 2
    assert records["good"].problem == ""
    (bad,) = (r for r in records.values() if r.name != "good")
    assert problem in bad.problem
    assert hint in bad.problem
    error = refusal(PfconnError, lambda: store.get(bad.name, "private"))
    assert isinstance(error, (InvalidConnection, UnknownType))
    assert_clean(KEY, error, repr(bad))


@pytest.mark.parametrize("key", ["<your-key>", "***", "key with blanks", "x" * 30_000])
def test_what_is_no_key_shows_when_it_is_read(store, put, key):
    put("X", TYPE="openai", API_KEY=key)
    assert store.list()[0].problem == "", "a list reads no secret"
    error = refusal(InvalidConnection, lambda: store.get("x", "private"))
    assert error.problem.startswith("api_key: ")


def test_a_line_end_at_a_key_is_removed_and_told(store, put):
    put("X", TYPE="openai", API_KEY=f"{KEY}\n")
    with pytest.warns(PfconnWarning, match="x: api_key: blanks or line ends"):
        assert store.get("x", "private").secrets["api_key"].reveal() == KEY


def test_a_host_that_is_none_of_the_service_s_is_told(store, put):
    put("X", TYPE="azure_openai", API_BASE="https://evil.example", API_KEY=KEY)
    with pytest.warns(PfconnWarning, match="x: evil.example is not a known"):
        store.get("x", "private")


def test_a_list_reads_no_secret(store, put, monkeypatch):
    put("X", **AOAI)
    put("DB", TYPE="custom", SECRETS__K=KEY)
    put("BAD", TYPE="openai", API_KEE=KEY)
    made = []
    real = reading.Secret
    monkeypatch.setattr(reading, "Secret", lambda text: made.append(text) or real(text))
    monkeypatch.setattr("pfconn_jupyter.stores.environment.variables.Secret", lambda text: pytest.fail("it was read"))
    assert len(store.list()) == 3
    assert set(made) == {"not-read-by-a-list"}


def test_whatever_writes_is_refused_in_words(store, put):
    put("X", **AOAI)
    connections = Connections(store)
    for ask in (
        lambda: store.put("y", openai(KEY), scope="private"),
        lambda: connections.create("openai", "y", api_key=KEY),
        lambda: connections.check_free("y"),
        lambda: connections.update("x", deployment="d"),
        lambda: connections.rotate("x", test=False, api_key=KEY),
        lambda: store.delete("x", "private"),
        store.deleted,
        lambda: store.restore("x", "private"),
        lambda: store.purge("x", "private"),
        lambda: store.history("x", "private"),
        lambda: store.rollback("x", "private", "0"),
        lambda: store.repair("x", "private"),
        lambda: store.put("y", openai(KEY), scope="shared"),
    ):
        error = refusal(NotSupported, ask)
        assert "environment" in error.problem
        assert_clean(KEY, error)
    assert "read-only" in refusal(NotSupported, lambda: store.delete("x", "private")).problem
    assert "PFCONN_CONN_Y__TYPE" not in os.environ


def test_a_key_is_in_no_log_no_record_and_no_error(store, put, caplog):
    caplog.set_level(logging.DEBUG)
    put("X", **AOAI)
    put("BAD", TYPE="azure_openai", API_BASE="not an address", API_KEY=KEY)
    put("SPLIT", TYPE="openai", API_KEY=f"{KEY} {KEY}")
    with warnings.catch_warnings(record=True) as told:
        found = store.get("x", "private")
        errors = [refusal(InvalidConnection, lambda name=name: store.get(name, "private")) for name in ("bad", "split")]
    assert hunt(KEY, found.secrets["api_key"].reveal()), "the control: it was read"
    assert_clean(KEY, caplog.text, repr(store.list()), repr(found), repr(vars(store)), repr(told), *errors)
