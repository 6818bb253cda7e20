"""What a workspace connection is to us, and back: every category and auth type."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from pfconn_jupyter.connections.registry import TYPES, connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import InvalidConnection, InvalidName, NotSupported
from pfconn_jupyter.stores.azureml.layout import content_of, properties_of, record_of, secrets_of
from pfconn_jupyter.stores.azureml.resource import read, same_rev
from pfconn_jupyter.stores.store import ANY
from pfconn_jupyter.testing.samples import custom, openai
from refusals import refusal
from standins.workspace_samples import AOAI, KEY, SAMPLES, UNUSABLE

KNOWN = [name for name, sample in SAMPLES.items() if sample.type in TYPES]


def told(properties, name="one", **system):
    return read({"name": name, "properties": properties, "systemData": system})


@pytest.mark.parametrize("name", SAMPLES)
def test_each_category_is_read(name):
    sample = SAMPLES[name]
    resource = told(sample.properties)
    content = content_of(resource)
    assert (content.type, content.configs) == (sample.type, sample.configs)
    assert {k: v.reveal() for k, v in secrets_of(resource, content).items()} == sample.secrets
    assert (content.problem == "") == (sample.type in TYPES)


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_read_can_be_written_and_read_again(store, workspace, name):
    workspace.put("one", SAMPLES[name].properties)
    (found,) = store.find("one")
    rewritten = store.put("two", found, scope=found.record.scope)
    (again,) = store.find("two")
    assert (type(again), again.configs, again.secrets) == (type(found), found.configs, found.secrets)
    assert rewritten.scope == found.record.scope


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_used_is_listed_with_its_reason_and_refused(store, workspace, name):
    properties, type, word = UNUSABLE[name]
    workspace.put("odd-one", properties)
    workspace.put("good-one", SAMPLES["openai-key"].properties)
    good, odd = store.list()
    assert (good.problem, odd.type) == ("", type)
    assert word in odd.problem
    error = refusal(NotSupported, lambda: store.get("odd-one", odd.scope))
    assert word in error.problem


@pytest.mark.parametrize(
    "item",
    [
        None,
        [],
        "x",
        {},
        {"name": None, "properties": None},
        {"name": 7, "properties": {"metadata": [], "category": 3, "authType": None, "isSharedToAll": "no"}},
        {"name": "x", "properties": {"metadata": {"a": None, "b": 5, "c": {"d": 1}}, "expiryTime": "soon"}},
        {"name": "x", "properties": {"credentials": "text", "target": None}, "systemData": "never"},
        {"name": "x", "properties": {"category": "CustomKeys", "credentials": {"keys": {"k": None, "l": 7}}}},
    ],
)
def test_nothing_that_a_list_holds_is_a_crash(item):
    record = record_of(read(item), "azureml://x")
    assert record.name
    assert record.type


def test_who_can_use_it_who_made_it_and_until_when(store, workspace):
    for name, shared in (("everyone", True), ("nobody-said", None), ("few", False)):
        properties = {**SAMPLES["openai-key"].properties, "expiryTime": "2031-02-03T04:05:06.1234567Z"}
        properties |= {} if shared is None else {"isSharedToAll": shared}
        workspace.put(name, {k: v for k, v in properties.items() if shared is not None or k != "isSharedToAll"})
    assert {r.name: r.scope for r in store.list()} == {
        "everyone": "shared",
        "nobody-said": "shared",
        "few": "restricted",
    }
    (record, *_) = store.list()
    assert record.owner == "studio@contoso.com"
    assert record.expires == datetime(2031, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
    assert datetime.now(timezone.utc) - record.updated < timedelta(minutes=1)


def test_what_others_wrote_beside_it_stays(store, workspace):
    properties = SAMPLES["aoai-key"].properties
    metadata = {**properties["metadata"], "azureml.flow.module": "promptflow.connections", "Team": "search"}
    others = {"sharedUserList": ["oid-1"], "peRequirement": "NotRequired", "useWorkspaceManagedIdentity": False}
    workspace.put("one", {**properties, **others, "metadata": metadata, "group": "AzureAI"})
    (found,) = store.find("one")
    changed = type(found).model_validate({**found.configs, "api_key": Secret("0123456789abcdef"), "deployment": "gpt"})
    store.put("one", changed, scope="shared", expect=found.record.rev)
    now = workspace.connections["one"]["properties"]
    assert {k: now[k] for k in others} == others
    assert now["metadata"] == {**metadata, "pfconn.deployment": "gpt"}
    assert "group" not in now, "the service says it, nobody else"
    assert store.find("one")[0].configs == {**found.configs, "deployment": "gpt"}


def test_an_old_one_in_custom_keys_stays_one_that_prompt_flow_reads(store, workspace):
    workspace.put("one", SAMPLES["aoai-legacy"].properties)
    (found,) = store.find("one")
    store.put("one", found, scope="shared", expect=found.record.rev)
    now = workspace.connections["one"]["properties"]
    assert (now["category"], now["authType"]) == ("CustomKeys", "CustomKeys")
    assert now["credentials"] == {"keys": {"api_key": KEY}}
    flow = {"azureml.flow.connection_type": "AzureOpenAI", "azureml.flow.module": "promptflow.connections"}
    assert now["metadata"].items() >= {**flow, "api_base": AOAI, "api_version": "2023-07-01-preview"}.items()


def test_a_custom_one_that_az_wrote_keeps_its_form(store, workspace):
    workspace.put("one", SAMPLES["custom-by-az"].properties)
    (found,) = store.find("one")
    store.put("one", found, scope="shared", expect=ANY)
    now = workspace.connections["one"]["properties"]
    assert (now["authType"], now["credentials"]) == ("ApiKey", {"key": KEY})


def test_a_config_that_goes_is_gone(store):
    store.put("one", custom({"a": "1", "b": "2"}, {"k": KEY}), scope="shared")
    store.put("one", custom({"b": "2"}, {"k": KEY}), scope="shared", expect=ANY)
    assert store.find("one")[0].configs == {"b": "2"}


def test_a_type_of_a_plug_in_is_kept_as_custom_keys(monkeypatch, store, workspace):
    from pfconn_jupyter.connections import registry
    from pfconn_jupyter.connections.openai import OpenAIConnection

    class Plugged(OpenAIConnection):
        TYPE = "plugged"

    monkeypatch.setattr(f"{__name__}.Plugged", Plugged, raising=False)
    monkeypatch.setitem(registry.TYPES, "plugged", registry.Entry(f"{__name__}:Plugged"))
    given = Plugged(api_key=Secret(KEY), base_url="https://x.example", model="m")
    store.put("one", given, scope="shared")
    assert workspace.connections["one"]["properties"]["metadata"]["azureml.flow.connection_type"] == "plugged"
    (found,) = store.find("one")
    assert (type(found), found.configs, found.secrets) == (Plugged, given.configs, given.secrets)


def test_names_of_prompt_flow_s_own_are_refused_as_configs(store, workspace):
    given = custom({"azureml.flow.module": "x"}, {"k": KEY})
    with pytest.raises(InvalidConnection, match=r"azureml\.flow\."):
        store.put("one", given, scope="shared")
    assert workspace.connections == {}


@pytest.mark.parametrize(
    ("name", "proposed"),
    [("ab", "ab-conn"), ("my.conn", "my-conn"), ("x" * 34, "x" * 33), ("a.b.c", "a-b-c"), ("-", ""), ("a", "a-conn")],
)
def test_a_name_that_azure_ml_does_not_take_gets_the_nearest_one(store, workspace, name, proposed):
    with pytest.raises(InvalidName) as refused:
        store.put(name, openai(), scope="shared")
    if proposed:
        assert refused.value.problems[0].suggestion == proposed
        assert store.check_name(proposed) == proposed
    assert workspace.counts["put"] == 0


def test_a_rev_is_of_the_content_and_of_the_time():
    properties = SAMPLES["openai-key"].properties
    at = "2026-11-01T10:00:00.1234560Z"
    one = told(properties, lastModifiedAt=at).rev
    assert told(properties, lastModifiedAt="2026-11-01T10:00:00.123456+00:00").rev == one
    other = {**properties, "credentials": {"key": "another"}}
    assert told(other, lastModifiedAt=at).rev == one, "no secret is in it"
    assert not same_rev(told(other, lastModifiedAt="2026-11-01T10:00:01Z").rev, one)
    assert not same_rev(told({**properties, "target": "https://x.example"}, lastModifiedAt=at).rev, one)
    assert same_rev(told(properties).rev, one), "an answer without times fits any"
    assert not same_rev(told({**properties, "target": "https://x.example"}).rev, one)


def test_what_is_sent_holds_secrets_until_the_last_moment():
    found = properties_of(connection_type("openai")(api_key=Secret(KEY)), "restricted", None)
    assert KEY not in repr(found)
    with pytest.raises(TypeError):
        json.dumps(found)
