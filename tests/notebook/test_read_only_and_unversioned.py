"""The commands on stores that cannot do everything: env: and azureml: say what they cannot, and never promise it."""

from __future__ import annotations

import json

import pytest

from hunter import assert_clean
from pfconn_jupyter import identity
from pfconn_jupyter.notebook import completion
from standins.arm import CONFIG, GROUP, NAME, SUBSCRIPTION
from standins.workspace_connections import Workspace
from standins.workspace_samples import KEY, SAMPLES, UNUSABLE

ADDRESS = f"azureml://subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/workspaces/{NAME}"
HOST = "https://contoso.openai.azure.com"


@pytest.fixture
def workspace():
    with Workspace() as running:
        yield running


@pytest.fixture
def azureml(notebook, workspace, tmp_path, monkeypatch):
    """Return a notebook in the folder of a workspace, that uses its connections."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    (tmp_path / "work" / "config.json").write_text(json.dumps(CONFIG))
    for name, value in workspace.environment().items():
        monkeypatch.setenv(name, value)
    identity.use(workspace.credential())
    monkeypatch.delenv("PFCONN_STORE")
    assert f"Using ml-team ({ADDRESS}) in this session" in repr(notebook("%pfconn store azureml:"))
    yield notebook
    identity.sign_out()
    from pfconn_jupyter import settings

    settings.chosen.session = ""


def test_the_whole_life_of_a_workspace_connection(azureml, workspace, monkeypatch):
    monkeypatch.setenv("MY_KEY", KEY)
    create = "%pfconn create azure_openai team_aoai --restricted --set api_base={} --set api_key='${{env:MY_KEY}}'"
    assert "team_aoai saved in ml-team, restricted" in repr(azureml(create.format(HOST)))
    workspace.put("from-studio", SAMPLES["custom-keys"].properties)
    workspace.put("odd-one", UNUSABLE["bing"][0])
    table = azureml("%pfconn list")
    assert dict(zip(table["name"], table["scope"], strict=True)) == {
        "from-studio": "shared",
        "odd-one": "shared",
        "team_aoai": "restricted",
    }
    assert "BingLLMSearch" in set(table["type"])
    assert list(azureml("%pfconn list --scope restricted")["name"]) == ["team_aoai"]
    assert workspace.counts["listsecrets"] == 0
    assert azureml("conn = %pfconn get team_aoai") is None
    assert azureml("conn.secrets['api_key'].reveal()") == KEY
    assert "team_aoai updated in ml-team, restricted" in repr(azureml("%pfconn update team_aoai --set deployment=gpt"))
    assert "gpt" in repr(azureml("%pfconn show team_aoai"))
    error = azureml.fails("%pfconn get odd-one")
    assert "BingLLMSearch" in error.problem
    deleted = repr(azureml("%pfconn delete team_aoai --yes"))
    assert "restore" not in deleted
    assert "keeps nothing of it" in deleted
    assert_clean(KEY, deleted, repr(table))


@pytest.mark.parametrize(
    "line",
    [
        "history from-studio",
        "restore from-studio",
        "purge from-studio --yes",
        "rollback from-studio 1",
        "list --deleted",
    ],
)
def test_what_it_cannot_do_is_said_in_two_lines(azureml, workspace, line):
    workspace.put("from-studio", SAMPLES["custom-keys"].properties)
    error = azureml.fails(f"%pfconn {line}")
    assert "ml-team is an Azure ML workspace" in error.problem
    assert "keyvault:NAME" in error.hint


def test_private_is_refused_and_a_name_gets_the_nearest_one(azureml, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    error = azureml.fails("%pfconn create openai one --from-env --private")
    assert "ml-team has no private connections" in error.problem
    assert "restricted ones" in error.hint
    error = azureml.fails("%pfconn create openai my.conn --from-env")
    assert "my-conn" in error.hint


def test_copies_go_there_and_back(azureml, workspace, monkeypatch):
    workspace.put("from-studio", SAMPLES["custom-keys"].properties)
    assert "copied to the local store" in repr(azureml("%pfconn copy from-studio --to local: --private"))
    assert "--shared or --restricted" in azureml.fails(f"%pfconn copy from-studio --to {ADDRESS}").hint
    azureml("%pfconn store local:")
    said = repr(azureml(f"%pfconn copy from-studio --as back-again --to {ADDRESS} --restricted"))
    assert "copied to ml-team, restricted, as back-again" in said
    written = workspace.connections["back-again"]["properties"]
    assert written["credentials"] == SAMPLES["custom-keys"].properties["credentials"]


def test_status_says_who_can_read_and_that_two_pages_disagree(azureml):
    shown = repr(azureml("%pfconn status"))
    assert "Workspace Connection Secrets Reader" in shown
    assert "in two ways" in shown
    assert "alice@contoso.com (person)" in shown


def test_addresses_are_completed(notebook):
    found = [text for text, _ in completion.candidates("store ")]
    assert {"local:", "keyvault:", "azureml:", "env:"} <= set(found)
    assert ("azureml:", "value") in completion.candidates("copy x --to ")


def test_env_lists_gets_and_completes_names(notebook, monkeypatch):
    monkeypatch.setenv("PFCONN_CONN_MY_AOAI__TYPE", "azure_openai")
    monkeypatch.setenv("PFCONN_CONN_MY_AOAI__API_BASE", HOST)
    monkeypatch.setenv("PFCONN_CONN_MY_AOAI__API_KEY", KEY)
    monkeypatch.setenv("PFCONN_STORE", "env:")
    table = notebook("%pfconn list")
    assert list(table["endpoint"]) == [HOST]
    assert ("my_aoai", "connection") in completion.candidates("get ")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    rotate = "rotate my_aoai --no-test --set api_key='${env:OPENAI_API_KEY}'"
    for line in ("create openai other --from-env", "delete my_aoai --yes", rotate, "history my_aoai"):
        assert "read-only" in notebook.fails(f"%pfconn {line}").problem
    assert_clean(KEY, repr(table), repr(notebook("%pfconn status")), repr(notebook("%pfconn show my_aoai")))
