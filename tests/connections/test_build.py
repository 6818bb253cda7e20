"""Fields to a connection: each broken rule has one sentence and one way out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pfconn_jupyter.connections.build import build, rebuild
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import InvalidConnection

KEY = "k3y-0123456789abcdef"
HOST = "https://contoso.openai.azure.com"
AZURE = {"api_base": HOST, "api_key": KEY}


def refusal(type_, **fields):
    with pytest.raises(InvalidConnection) as caught:
        build(connection_type(type_), fields)
    assert all(p.problem and p.hint for p in caught.value.problems)
    assert KEY not in str(caught.value)
    return {p.field: p for p in caught.value.problems}


@pytest.mark.parametrize("word", ["api_base", "endpoint", "azure_endpoint", "base_url"])
def test_any_word_for_the_address_is_understood(word):
    assert build(connection_type("azure_openai"), {word: f"{HOST}/", "api_key": KEY}).api_base == HOST


def test_defaults_are_those_of_the_table():
    connection = build(connection_type("azure_openai"), AZURE)
    assert connection.configs == {
        "api_base": HOST,
        "auth_mode": "key",
        "api_version": "2024-10-21",
        "api_type": "azure",
    }
    assert connection.secrets == {"api_key": Secret(KEY)}


def test_an_unknown_field_names_the_nearest():
    assert "Did you mean api_base?" in refusal("azure_openai", api_bse=HOST)["api_bse"].problem


def test_http_is_refused_with_the_https_address():
    problem = refusal("azure_openai", api_base="http://contoso.openai.azure.com", api_key=KEY)["api_base"]
    assert problem.suggestion == HOST


def test_http_to_this_machine_is_allowed():
    assert build(connection_type("azure_openai"), {**AZURE, "api_base": "http://127.0.0.1:4010"})


@pytest.mark.parametrize("tail", ["/openai/deployments/gpt-4o", "/openai/deployments/x/chat/completions?api-version=1"])
def test_a_pasted_deployment_path_says_which_part_to_keep(tail):
    assert refusal("azure_openai", api_base=HOST + tail, api_key=KEY)["api_base"].suggestion == HOST


@pytest.mark.parametrize(
    "address", ["nonsense", "ftp://x", "https://", "https://user:pw@host", "https://h:port", "http://[::1"]
)
def test_what_is_no_address_is_refused(address):
    assert "api_base" in refusal("azure_openai", api_base=address, api_key=KEY)


def test_an_address_without_https_is_completed():
    assert refusal("azure_openai", api_base="contoso.openai.azure.com", api_key=KEY)["api_base"].suggestion == HOST


@pytest.mark.parametrize(
    "text", ["<your-key>", "***", "<to-be-replaced>", "<user-input>", "••••••", "your_api_key", "xxxx"]
)
def test_a_placeholder_is_no_secret(text):
    assert "placeholder" in refusal("azure_openai", api_base=HOST, api_key=text)["api_key"].problem


def test_a_missing_key_is_told_beside_its_field():
    assert refusal("azure_openai", api_base=HOST)["api_key"].problem == "is missing."


def test_all_broken_rules_are_told_at_once():
    found = refusal("azure_openai", api_base="http://x.example", api_key="***", api_version="soon")
    assert set(found) == {"api_base", "api_key", "api_version"}


def test_an_unknown_auth_mode_names_the_possible_ones():
    assert "'key' or 'meid_token'" in refusal("azure_openai", **AZURE, auth_mode="bogus")["auth_mode"].hint


def test_entra_takes_no_key():
    assert refusal("azure_openai", **AZURE, auth_mode="meid_token")["api_key"]
    connection = build(connection_type("azure_openai"), {"api_base": HOST, "auth_mode": "meid_token"})
    assert connection.auth == "meid_token"
    assert connection.secrets == {}


@pytest.mark.parametrize("around", ["{}\n", " {}", "\t{}\r\n"])
def test_blanks_around_a_key_are_removed_and_told(around):
    told = []
    connection = build(connection_type("openai"), {"api_key": around.format(KEY)}, told.append)
    assert connection.api_key == Secret(KEY)
    assert told == ["api_key: blanks or line ends around it were removed."]


@pytest.mark.parametrize("key", ["sk-ä0123456", "sk 0123 456", "sk-01\n23456", "sk-\x00123456"])
def test_a_key_that_cannot_be_a_header_is_refused(key):
    assert "api_key" in refusal("openai", api_key=key)


def test_a_pasted_megabyte_is_no_key_and_is_not_quoted():
    problem = refusal("openai", api_key="x" * 2**20)["api_key"]
    assert "1,048,576 characters" in problem.problem
    assert len(problem.problem) < 200


def test_an_unknown_host_is_accepted_and_told():
    told = []
    assert build(connection_type("azure_openai"), {**AZURE, "api_base": "https://gateway.example"}, told.append)
    assert told == ["gateway.example is not a known Azure OpenAI host; the key will be sent there."]


def test_a_host_that_only_ends_like_the_service_is_not_known():
    told = []
    build(connection_type("azure_openai"), {**AZURE, "api_base": "https://evilopenai.azure.com"}, told.append)
    assert told


def test_the_same_field_twice_under_two_words_is_refused():
    assert refusal("azure_openai", **AZURE, endpoint=HOST)["api_base"]


def test_custom_needs_a_secret():
    assert "at least one secret" in refusal("custom", configs={"a": "b"})[""].problem


def test_custom_refuses_a_key_that_is_config_and_secret():
    assert "both" in refusal("custom", configs={"a": "b"}, secrets={"a": KEY})["a"].problem


def test_custom_keeps_a_secret_to_the_letter():
    pem = "-----BEGIN-----\nä ö\n-----END-----\n"
    connection = build(connection_type("custom"), {"secrets": {"pem": pem}})
    assert connection.secrets["pem"].reveal() == pem


def test_custom_refuses_fields_of_other_types():
    assert "neither" in refusal("custom", api_base=HOST, secrets={"k": KEY})["api_base"].problem


@given(
    st.dictionaries(st.text(min_size=1).filter(lambda k: k == k.strip()), st.text(), max_size=5),
    st.dictionaries(st.sampled_from(["k1", "k2", "schlüssel"]), st.text(min_size=1).filter(str.isalnum), min_size=1),
)
def test_what_is_stored_comes_back_equal(configs, secrets):
    given_ = {"configs": {k: v for k, v in configs.items() if k not in secrets}, "secrets": secrets}
    try:
        made = build(connection_type("custom"), given_)
    except InvalidConnection:
        return
    again = rebuild(type(made), made.configs, made.secrets)
    assert (again.configs, again.secrets) == (made.configs, made.secrets)


def test_nothing_of_a_connection_shows_or_serialises_its_key():
    connection = build(connection_type("azure_openai"), AZURE)
    for text in (repr(connection), str(connection), str(connection.model_dump()), str(vars(connection))):
        assert KEY not in text
    for type_, fields in (("azure_openai", AZURE), ("custom", {"secrets": {"k": KEY}})):
        with pytest.raises(Exception, match=r"pfconn\.get"):
            build(connection_type(type_), fields).model_dump_json()
