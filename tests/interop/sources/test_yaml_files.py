"""Every form of prompt flow's YAML, and ours; what is none is said, and never quoted."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from interop_forms import FORMS
from pfconn_jupyter import errors
from refusals import refusal

KEY = "Yk3-w9Qz2xT4vN8bM6rP"
SCHEMA = "$schema: https://azuremlschemas.azureedge.net/promptflow/latest/{}.schema.json\n"
HOST = "https://contoso.cognitiveservices.azure.com"


@pytest.mark.parametrize("schema", ["", SCHEMA.format("Connection")], ids=["plain", "schema"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form(importer, tmp_path, form, schema):
    body, type, configs = FORMS[form]
    body = f"name: f\n{body}"
    path = tmp_path / "f.yaml"
    path.write_text(schema + body.replace("{key}", KEY), encoding="utf-8")
    (step,) = importer.apply(path).values()
    assert step.action == "created", step.why
    got = pfconn.connections("local:").get("f")
    assert type == got.TYPE
    assert configs.items() <= got.configs.items()
    assert [s.reveal() for s in got.secrets.values()] == ([KEY] if "{key}" in body else [])
    assert ("plain text" in " ".join(step.why)) == ("{key}" in body)
    assert_clean(KEY, step, importer.told)


def test_a_default_version_that_was_added_is_told(importer, tmp_path):
    (tmp_path / "c.yml").write_text(f"type: azure_content_safety\napi_key: {KEY}\nendpoint: {HOST}\n")
    (step,) = importer.plan(tmp_path / "c.yml").values()
    assert step.found.name == "c"
    assert any("2023-10-01" in why and "default" in why for why in step.why)
    assert any("gives no name" in why for why in step.why)
    assert any("oldest api-version" in why and "2024-09-01" in why for why in step.why)


@pytest.mark.parametrize("secret", ["'<user-input>'", "'******'", "'<no-change>'", "<to-be-replaced>", ""])
def test_a_placeholder_is_no_secret(importer, tmp_path, secret):
    (tmp_path / "f.yml").write_text(f"name: f\ntype: open_ai\napi_key: {secret}\n")
    (step,) = importer.plan(tmp_path / "f.yml").values()
    assert step.action == "cannot"
    assert len(step.why) >= 2


def test_a_variable_is_looked_up_and_a_missing_one_told(importer, tmp_path, monkeypatch):
    (tmp_path / "f.yml").write_text("name: f\ntype: open_ai\napi_key: ${env:MY_KEY}\n")
    (step,) = importer.plan(tmp_path / "f.yml").values()
    assert step.action == "cannot"
    assert "MY_KEY" in step.why[0]
    monkeypatch.setenv("MY_KEY", KEY)
    (step,) = importer.plan(tmp_path / "f.yml").values()
    assert step.action == "create"
    assert not any("plain text" in why for why in step.why)


@pytest.mark.parametrize(
    "body", ["configs: abc\nsecrets:\n  k: {k}\n", "secrets: {k}\n", "secrets: [{k}]\n", "configs: {{}}\n"]
)
@pytest.mark.parametrize("strong", ["", "custom_type: X\nmodule: m\n"])
def test_a_custom_one_of_another_shape_is_told(importer, tmp_path, body, strong):
    (tmp_path / "f.yml").write_text("name: f\ntype: custom\n" + strong + body.format(k=KEY))
    (step,) = importer.plan(tmp_path / "f.yml").values()
    assert step.action == "cannot"
    assert len(step.why) >= 2
    assert_clean(KEY, step)


def test_a_folder_is_read_whole_and_what_is_no_connection_told(importer, tmp_path):
    for name, text in {
        "a/one.yml": f"name: one\ntype: serp\napi_key: {KEY}\n",
        "two.yaml": f"name: two\ntype: open_ai\napi_key: {KEY}\n---\nname: three\ntype: serp\napi_key: {KEY}\n",
        "flow.dag.yaml": "inputs: {}\nnodes: []\n",
        "broken.yml": f"a: [{KEY}\n",
        "twice.yml": f"name: x\ntype: serp\napi_key: {KEY}\napi_key: {KEY}\n",
        ".venv/hidden.yml": f"name: hidden\ntype: serp\napi_key: {KEY}\n",
        "unknown.yml": SCHEMA.format("FooConnection") + f"name: foo\ntype: foo\napi_key: {KEY}\n",
        "a/.env": f"OPENAI_API_KEY={KEY}\n",
        "empty.yml": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    steps = importer.plan(tmp_path)
    assert {n: s.action for n, s in steps.items()} == {
        "one": "create",
        "two": "create",
        "three": "create",
        "foo": "cannot",
    }
    told = " ".join(importer.told)
    for word in ("broken.yml", "twice.yml", "flow.dag.yaml", ".env", "empty.yml"):
        assert word in told, word
    assert_clean(KEY, steps, told)


@pytest.mark.parametrize("text", ["- a list\n", "", f"a: [{KEY}", f"name: x\nname: {KEY}\n", "\0"])
def test_a_file_that_is_none_is_refused_in_words_without_its_text(importer, tmp_path, text):
    path = tmp_path / "f.yml"
    path.write_text(text)
    error = refusal(errors.UsageProblem, lambda: importer.read(path))
    assert "f.yml" in error.problem
    assert_clean(KEY, error)


def test_a_name_that_counts_as_another_s_gets_a_number_and_keeps_it(importer, tmp_path):
    (tmp_path / "f.yml").write_text(
        f"name: my conn\ntype: serp\napi_key: {KEY}\n---\nname: my_conn\ntype: serp\napi_key: {KEY}x\n"
        f"---\nname: my-conn\ntype: serp\napi_key: {KEY}\n"
    )
    for action in ("created", "same"):
        steps = importer.apply(tmp_path / "f.yml")
        assert {n: (s.action, s.new_name) for n, s in steps.items()} == {
            "my conn": (action, "my_conn"),
            "my_conn": (action, "my_conn-2"),
            "my-conn": ("same", "my-conn"),
        }
