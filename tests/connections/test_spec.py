"""``--set``, ``--from-env`` and YAML: what is written down, to fields."""

from __future__ import annotations

import pytest

from pfconn_jupyter.connections.environment import from_env, resolve_env
from pfconn_jupyter.connections.registry import all_types, connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.connections.set_items import parse_set
from pfconn_jupyter.connections.spec import from_yaml
from pfconn_jupyter.errors import InvalidConnection, SecretRefused, UsageProblem

ENV = {"KEY": "k3y-0123456789", "HOST": "contoso"}
AZURE = connection_type("azure_openai")
CUSTOM = connection_type("custom")


def test_set_gives_fields_and_secrets_from_variables():
    found = parse_set(AZURE, ["endpoint=https://${env:HOST}.openai.azure.com", "api_key=${env:KEY}"], ENV)
    assert found == {"api_base": "https://contoso.openai.azure.com", "api_key": Secret(ENV["KEY"])}


def test_set_of_a_custom_connection_says_which_part():
    found = parse_set(CUSTOM, ["configs.url=https://x/?a=b", "secrets.k=${env:KEY}"], ENV)
    assert found == {"configs": {"url": "https://x/?a=b"}, "secrets": {"k": Secret(ENV["KEY"])}}


@pytest.mark.parametrize("item", ["api_key=sk-literal-0123", "api_key=a${env:KEY}"])
def test_a_literal_secret_is_refused_and_not_quoted(item):
    with pytest.raises(SecretRefused) as caught:
        parse_set(AZURE, [item], ENV)
    assert "literal" not in str(caught.value)
    assert "rotate" in caught.value.problem


@pytest.mark.parametrize("value", ["$key", "{key}", "${key}"])
def test_a_variable_as_secret_names_the_python_way(value):
    with pytest.raises(SecretRefused) as caught:
        parse_set(AZURE, [f"api_key={value}"], ENV)
    assert "pfconn.create(type, name, api_key=key)" in caught.value.hint


def test_an_unset_variable_is_named():
    with pytest.raises(InvalidConnection, match="environment variable NO_SUCH, which is not set"):
        resolve_env("${env:NO_SUCH}", "api_key", ENV)


@pytest.mark.parametrize("items", [["api_base"], ["=x"], ["api_base=a", "api_base=b"], ["api_base=a", "endpoint=b"]])
def test_a_malformed_set_is_a_usage_problem(items):
    with pytest.raises(UsageProblem):
        parse_set(AZURE, items, ENV)


def test_from_env_reads_what_the_sdk_reads():
    environ = {"AZURE_OPENAI_ENDPOINT": "https://e", "AZURE_OPENAI_API_KEY": "k", "OPENAI_API_VERSION": "2025-01-01"}
    assert from_env(AZURE, environ) == {"api_base": "https://e", "api_key": Secret("k"), "api_version": "2025-01-01"}


def test_from_env_names_all_that_is_missing():
    with pytest.raises(InvalidConnection) as caught:
        from_env(AZURE, {})
    assert [p.field for p in caught.value.problems] == ["api_base", "api_key"]


def test_from_env_leaves_out_what_is_given():
    assert from_env(AZURE, {"AZURE_OPENAI_API_KEY": "k"}, given={"api_base": "https://e"}) == {"api_key": Secret("k")}


@pytest.mark.parametrize("cls", [c for c in all_types() if "auth_mode" in c.model_fields], ids=lambda c: c.TYPE)
def test_without_a_key_from_env_looks_for_none(cls):
    (address,) = [ask.env[0] for name, ask in cls.asks().items() if name == cls.ENDPOINT]
    environ = {address: "https://e", cls.asks()["api_key"].env[0]: "k"}
    assert "api_key" in from_env(cls, environ)
    assert from_env(cls, environ, given={"auth_mode": "meid_token"}) == {cls.ENDPOINT: "https://e"}


def test_from_env_says_what_to_do_for_a_type_without_variables():
    with pytest.raises(UsageProblem, match="no standard variables"):
        from_env(CUSTOM, ENV)


def test_yaml_of_prompt_flow_is_understood():
    text = (
        "$schema: x\nname: my\ntype: azure_open_ai\napi_key: ${env:KEY}\napi_base: https://e\napi_version: 2024-10-21\n"
    )
    spec = from_yaml(text, "f.yml", ENV)
    assert (spec.type, spec.name, spec.literal_secrets) == ("azure_open_ai", "my", [])
    assert spec.fields == {"api_key": Secret(ENV["KEY"]), "api_base": "https://e", "api_version": "2024-10-21"}


def test_yaml_values_stay_as_written():
    spec = from_yaml("configs: {version: 1.10, on: yes, none: null}\nsecrets: {k: '${env:KEY}'}", "f.yml", ENV)
    assert spec.fields["configs"] == {"version": "1.10", "on": "yes", "none": None}


def test_a_literal_secret_in_a_file_is_reported():
    assert from_yaml("secrets: {k: plain}\napi_key: x", "f.yml", ENV).literal_secrets == ["secrets.k", "api_key"]


@pytest.mark.parametrize("text", ["a: b: c", "[1, 2", "- a", "just words", "", "a: 1\na: 2", "x: {k: 1, k: 2}"])
def test_what_is_no_connection_is_refused_without_quoting_it(text):
    with pytest.raises(UsageProblem) as caught:
        from_yaml(f"# s3cr3t-text\n{text}", "f.yml", ENV)
    assert "f.yml" in caught.value.problem
    assert "s3cr3t" not in str(caught.value)
