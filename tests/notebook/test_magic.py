"""The everyday commands in a real IPython: what they return, and that unloading leaves nothing."""

from __future__ import annotations

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter

from pfconn_jupyter.connections.registry import TYPES

HOST = "https://contoso.openai.azure.com"
KEY = "k3y-0123456789"


@pytest.fixture
def filled(notebook, monkeypatch):
    monkeypatch.setenv("MY_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment-1")
    notebook(f"%pfconn create azure_openai my_aoai --set endpoint={HOST} --set api_key='${{env:MY_KEY}}'")
    notebook("%pfconn create my_openai openai --from-env")
    return notebook


def test_create_returns_a_sentence_with_store_and_scope(notebook, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert repr(notebook("%pfconn create openai x --from-env")) == "● x saved in the local store, private."


def test_name_and_type_may_be_swapped(filled):
    assert filled("%pfconn get my_openai").TYPE == "openai"


def test_list_is_a_dataframe_with_the_columns_of_the_contract(filled):
    filled("df = %pfconn list")
    frame = filled("df")
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == ["name", "type", "scope", "auth", "endpoint", "owner", "updated", "expires"]
    assert list(frame["name"]) == ["my_aoai", "my_openai"]
    assert list(frame["endpoint"]) == [HOST, "https://api.openai.com/v1"]
    assert "the local store (local:)" in repr(frame)
    assert "the local store (local:)" in frame._repr_html_()


def test_a_filtered_list_is_a_plain_dataframe(filled):
    filled("df = %pfconn list")
    assert type(filled("df[df['type'] == 'openai']")) is pd.DataFrame


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("my_a*", ["my_aoai"]),
        ("--type open_ai", ["my_openai"]),
        ("--tool llm", ["my_aoai", "my_openai"]),
        ("--tool serp_api", []),
        ("zzz", []),
    ],
)
def test_list_takes_filters(filled, arguments, names):
    assert list(filled(f"%pfconn list {arguments}")["name"]) == names


def test_a_comment_ends_the_line(filled):
    assert len(filled("%pfconn list  # all of them")) == 2
    assert len(filled("%pfconn list # my_aoai --wide")) == 2


def test_from_env_asks_only_for_what_is_not_set(notebook, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
    assert notebook(f"%pfconn create azure_openai x --from-env --set api_base={HOST}").done


def test_an_empty_list_says_where_it_looked_and_what_to_do(notebook):
    assert repr(notebook("%pfconn list")) == (
        "No connections in the local store (local:) yet. Create one: %pfconn create"
    )


def test_get_is_the_object_and_a_variable_may_name_it(filled):
    filled("which = 'my_aoai'")
    assert filled("%pfconn get {which}").api_base == HOST


def test_show_masks_the_secret_and_reads_none(filled):
    shown = filled("%pfconn show my_aoai")
    assert dict(zip(shown["field"], shown["value"], strict=True))["api_key"] == "••••••"
    assert KEY not in shown.to_csv()


def test_update_changes_one_field_and_keeps_the_key(filled):
    filled("%pfconn update my_aoai --set deployment=gpt-4o")
    connection = filled("%pfconn get my_aoai")
    assert (connection.deployment, connection.api_key.reveal()) == ("gpt-4o", KEY)
    assert len(filled("%pfconn history my_aoai")) == 2


def test_update_moves_to_another_address_with_a_new_key(filled, monkeypatch):
    monkeypatch.setenv("NEW_KEY", "n3w-0123456789")
    filled("%pfconn update my_aoai --set api_base=https://b.openai.azure.com --set api_key='${env:NEW_KEY}'")
    assert filled("%pfconn get my_aoai").api_key.reveal() == "n3w-0123456789"


def test_unset_takes_a_field_away_and_an_expiry_can_end(filled):
    filled("%pfconn update my_aoai --set deployment=gpt-4o --expires 2099-01-01")
    filled("%pfconn update my_aoai --unset deployment --expires never")
    connection = filled("%pfconn get my_aoai")
    assert connection.deployment is None
    assert connection.record.expires is None
    assert "no such field" in str(filled.fails("%pfconn update my_aoai --unset deploymnt"))


def test_rotate_without_test_stores_the_new_key_and_says_the_old_one_works(filled, monkeypatch):
    monkeypatch.setenv("NEW_KEY", "n3w-0123456789")
    notice = filled("%pfconn rotate my_aoai --set api_key='${env:NEW_KEY}' --no-test")
    assert "old key still works" in repr(notice)
    assert filled("%pfconn get my_aoai").api_key.reveal() == "n3w-0123456789"


def test_a_deleted_connection_comes_back_whole(filled):
    filled("%pfconn delete my_aoai --yes")
    assert list(filled("%pfconn list")["name"]) == ["my_openai"]
    assert list(filled("%pfconn list --deleted")["name"]) == ["my_aoai"]
    filled("%pfconn restore my_aoai")
    assert filled("%pfconn get my_aoai").api_key.reveal() == KEY


def test_a_purged_connection_does_not(filled):
    filled("%pfconn delete my_aoai --yes")
    filled("%pfconn purge my_aoai --yes")
    assert "my_aoai" in str(filled.fails("%pfconn restore my_aoai"))


def test_rollback_brings_an_earlier_version(filled):
    filled("%pfconn update my_aoai --set deployment=gpt-4o")
    first = filled("%pfconn history my_aoai")["rev"].iloc[-1]
    filled(f"%pfconn rollback my_aoai {first}")
    assert filled("%pfconn get my_aoai").deployment is None


def test_a_cell_of_yaml_makes_a_custom_connection(notebook, monkeypatch):
    monkeypatch.setenv("MY_KEY", KEY)
    notebook("%%pfconn create custom my_api\nconfigs:\n  region: westeurope\nsecrets:\n  token: ${env:MY_KEY}\n")
    connection = notebook("%pfconn get my_api")
    assert connection.configs == {"region": "westeurope"}
    assert connection["token"].reveal() == KEY


def test_a_file_of_prompt_flow_makes_one_and_its_plain_key_is_told(notebook, tmp_path):
    file = tmp_path / "c.yml"
    file.write_text(f"name: from_file\ntype: azure_open_ai\napi_base: {HOST}\napi_key: {KEY}\n", encoding="utf-8")
    notice = notebook(f"%pfconn create --file {file}")
    assert "plain text" in repr(notice)
    assert notebook("%pfconn get from_file").api_key.reveal() == KEY


def test_store_is_chosen_for_the_session_and_remembered(notebook, monkeypatch, tmp_path):
    monkeypatch.delenv("PFCONN_STORE")
    notebook(f"%pfconn store local:{tmp_path}/other.db --remember")
    assert f"local:{tmp_path}/other.db" in repr(notebook("%pfconn store"))
    notebook("%reload_ext pfconn_jupyter")
    assert "--remember" in repr(notebook("%pfconn store"))


def test_a_store_that_goes_first_is_told(notebook, tmp_path):
    notice = notebook(f"%pfconn store local:{tmp_path}/other.db")
    assert "Still using local:" in repr(notice)


def test_the_store_can_be_configured(notebook, monkeypatch, tmp_path):
    monkeypatch.delenv("PFCONN_STORE")
    notebook(f"%config PfconnMagics.store = 'local:{tmp_path}/configured.db'")
    assert "configured.db" in repr(notebook("%pfconn store"))


def test_a_batch_run_does_not_fall_back_to_an_empty_default_store(notebook, monkeypatch):
    monkeypatch.delenv("PFCONN_STORE")
    assert "PFCONN_STORE" in str(notebook.fails("%pfconn list"))


def test_status_says_where_the_key_is(filled):
    status = filled("%pfconn")
    said = dict(zip(status["what"], status["now"], strict=True))
    assert said["connections"] == "2"
    assert "sealing-" in said["sealing key"]
    assert said["does not protect"]


def test_help_names_every_command_and_each_has_its_own(notebook):
    from pfconn_jupyter.notebook import commands

    overview = str(notebook("%pfconn help"))
    for name in commands.names():
        assert f"%pfconn {name} " in overview
        assert str(notebook(f"%pfconn help {name}")).startswith(f"usage: %pfconn {name}")
        assert str(notebook(f"%pfconn {name} --help")) == str(notebook(f"%pfconn help {name}"))


def test_the_question_mark_shows_the_same_help(notebook, capsys):
    notebook("%pfconn?")
    assert "%pfconn create azure_openai my_aoai" in capsys.readouterr().out


def test_types_are_the_table_of_the_code(notebook):
    table = notebook("%pfconn types")
    assert list(table["type"]) == list(TYPES)
    assert notebook("%pfconn types FormRecognizer").note.startswith("Document Intelligence: ")
    assert notebook("%pfconn types openai")["environment"].iloc[0] == "OPENAI_API_KEY"


def test_key_goes_to_another_machine_under_a_passphrase(filled, monkeypatch, tmp_path):
    monkeypatch.setenv("PHRASE", "correct horse battery")
    filled(f"%pfconn key export {tmp_path}/k.json --passphrase-env PHRASE")
    assert "was here already" in repr(filled(f"%pfconn key import {tmp_path}/k.json --passphrase-env PHRASE"))


def test_unload_leaves_nothing_and_load_again_works(notebook, shell):
    before = len(shell.configurables)
    notebook("%unload_ext pfconn_jupyter")
    assert shell.find_line_magic("pfconn") is None
    assert shell.find_cell_magic("pfconn") is None
    assert len(shell.configurables) == before - 1
    assert not [m for m in shell.Completer.custom_matchers if getattr(m, "matcher_identifier", "") == "pfconn"]
    for _ in range(3):
        notebook("%reload_ext pfconn_jupyter")
    assert len(shell.configurables) == before
    assert len([m for m in shell.Completer.custom_matchers if getattr(m, "matcher_identifier", "") == "pfconn"]) == 1


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("%pfconn cr", "create"),
        ("x = %pfconn li", "list"),
        ("%pfconn create azu", "azure_openai"),
        ("%pfconn create azure_openai x --set api_b", "api_base="),
        ("%pfconn create azure_openai x --set auth_mode=meid", "meid_token"),
        ("%pfconn create azure_openai x --from", "--from-env"),
        ("%pfconn get my_a", "my_aoai"),
        ("%pfconn test my_o", "my_openai"),
        ("%pfconn list --type cus", "custom"),
        ("%pfconn help sto", "store"),
        ("%pfconn update my_aoai --set depl", "deployment="),
    ],
)
def test_completion_knows_what_comes_next(filled, shell, typed, expected):
    with provisionalcompleter():
        found = [c.text for c in shell.Completer.completions(typed, len(typed))]
    assert expected in found
    assert "import" not in found


def test_unload_closes_open_forms(notebook):
    from pfconn_jupyter import api
    from pfconn_jupyter.connections.registry import connection_type
    from pfconn_jupyter.notebook.form import show_form

    show_form(api.connections("local:"), connection_type("openai"), name="waiting")
    assert "form is still open" in str(notebook.fails("%pfconn get waiting"))
    notebook("%unload_ext pfconn_jupyter")
    assert api.open_forms == []


def test_the_way_back_of_several_names_none_of_them(filled):
    both = " ".join(filled("%pfconn list")["name"])
    assert repr(filled(f"%pfconn delete {both} --yes")).endswith("%pfconn restore NAME")
