"""Prompt flow's words for our connections; tests/peers asks the real prompt flow."""

from __future__ import annotations

import importlib.util
import sys
from types import SimpleNamespace

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from interop_forms import FORMS
from pfconn_jupyter import errors
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.interop.described import describe
from pfconn_jupyter.interop.promptflow import from_promptflow, to_promptflow
from pfconn_jupyter.interop.promptflow_file import as_promptflow
from refusals import refusal

KEY = "Tk3-w9Qz2xT4vN8bM6rP"
SERP = build(connection_type("serp"), {"api_key": KEY})


@pytest.mark.skipif(bool(importlib.util.find_spec("promptflow")), reason="prompt flow is installed here")
def test_without_prompt_flow_the_error_says_what_to_install():
    error = refusal(errors.MissingPackage, lambda: to_promptflow(SERP))
    assert "%pip install 'promptflow'" in error.hint
    assert_clean(KEY, error)


def test_what_prompt_flow_cannot_have_is_refused_before_anything_is_imported():
    fields = {"endpoint": "https://c.cognitiveservices.azure.com", "auth_mode": "meid_token"}
    with pytest.raises(errors.NotSupported, match="only a key"):
        to_promptflow(build(connection_type("azure_content_safety"), fields))


@pytest.mark.parametrize("form", FORMS)
def test_exported_yaml_holds_no_secret_and_is_read_again_equal(importer, tmp_path, form):
    path = tmp_path / "f.yml"
    path.write_text("name: my_conn\n" + FORMS[form].text.replace("{key}", KEY), encoding="utf-8")
    importer.apply(path)
    api = pfconn.connections("local:")
    connection = api.get("my_conn")
    text, notes = as_promptflow(describe(api, api.record("my_conn")))
    assert_clean(KEY, text)
    assert text.count("<user-input>") == len(connection.secrets)
    path.write_text(text.replace("<user-input>", KEY), encoding="utf-8")
    again = importer.read(path)["my_conn"].content
    assert again.secrets == connection.secrets
    lost = {"deployment"} & connection.configs.keys()
    assert again.configs == {k: v for k, v in connection.configs.items() if k not in lost}
    assert notes == tuple(f"prompt flow has no {field}; left out." for field in lost)


def theirs(type="Serp", name="x", configs=None, secrets=None):
    return SimpleNamespace(type=type, name=name, configs=configs or {}, secrets=secrets or {})


def test_from_prompt_flow_needs_whole_secrets_of_a_known_type():
    assert from_promptflow(theirs(secrets={"api_key": KEY})) == SERP
    for bad, kind in (
        (theirs(secrets={"api_key": "******"}), errors.InvalidConnection),
        (theirs(), errors.InvalidConnection),
        (theirs("Foo", secrets={"api_key": KEY}), errors.NotSupported),
        (object(), errors.NotSupported),
        (theirs(secrets={"api_key": KEY + "\n\u00e9"}), errors.InvalidConnection),
    ):
        assert_clean(KEY, refusal(kind, lambda bad=bad: from_promptflow(bad)))


def test_no_module_is_imported_because_a_connection_names_it(monkeypatch, tmp_path):
    """Who may change a shared connection must not choose what code runs here."""
    (tmp_path / "trap.py").write_text("raise SystemExit")
    monkeypatch.syspath_prepend(tmp_path)

    class CustomConnection(SimpleNamespace):
        pass

    monkeypatch.setitem(sys.modules, "promptflow", SimpleNamespace(__path__=[]))
    monkeypatch.setitem(sys.modules, "promptflow.connections", SimpleNamespace(CustomConnection=CustomConnection))
    configs = {"promptflow.connection.custom_type": "X", "promptflow.connection.module": "trap"}
    told = []
    made = to_promptflow(
        build(connection_type("custom"), {"configs": configs, "secrets": {"k": KEY}}), notify=told.append
    )
    assert made.configs == configs
    assert made.secrets == {"k": KEY}
    assert "trap" in told[0]
    assert "trap" not in sys.modules


def test_a_type_of_one_s_own_is_a_custom_connection_there_and_comes_as_itself(importer, tmp_path, monkeypatch):
    from pfconn_jupyter import CustomConnection as Own
    from pfconn_jupyter import Secret

    class MyFirstConnection(Own):
        """Mine."""

        api_key: Secret
        api_base: str

    class CustomConnection(SimpleNamespace):
        pass

    monkeypatch.setitem(sys.modules, "promptflow", SimpleNamespace(__path__=[]))
    monkeypatch.setitem(sys.modules, "promptflow.connections", SimpleNamespace(CustomConnection=CustomConnection))
    text = FORMS["strong"].text.replace("{key}", KEY).replace("_base: x", "_base: https://x.example")
    (tmp_path / "f.yml").write_text(f"name: f\n{text}")
    found = importer.read(tmp_path / "f.yml")["f"]
    assert isinstance(found.content, MyFirstConnection)
    assert found.type == MyFirstConnection.TYPE
    assert importer.apply(tmp_path / "f.yml")["f"].action == "created"
    assert importer.apply(tmp_path / "f.yml")["f"].action == "same"
    made = to_promptflow(found.content)
    assert (made.configs, made.secrets) == ({"api_base": "https://x.example"}, {"api_key": KEY})
    api = pfconn.connections("local:")
    text, _ = as_promptflow(describe(api, api.record("f")))
    assert "type: custom\nconfigs:\n" in text
