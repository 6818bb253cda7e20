"""env, export and snippet, as a person uses them."""

from __future__ import annotations

import os

import pytest

import pfconn_jupyter
from hunter import assert_clean
from pfconn_jupyter import identity
from pfconn_jupyter.testing.keyvault import KeyVaultEmulator

KEY = "Qw5-key-to-be-carried-0907"


@pytest.fixture
def mine(notebook, monkeypatch):
    monkeypatch.setenv("MY_KEY", KEY)
    for name in ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    fields = "--set api_base=https://c.openai.azure.com --set api_key='${env:MY_KEY}' --set deployment=gpt-4o-mini"
    notebook(f"%pfconn create azure_openai my_aoai {fields}")
    notebook("%pfconn create custom extra --set configs.region=eu --set secrets.token='${env:MY_KEY}'")
    return notebook


def test_env_sets_shows_and_takes_back(mine):
    table = mine("%pfconn env my_aoai")
    assert os.environ["AZURE_OPENAI_API_KEY"] == KEY
    assert dict(zip(table.variable, table.value, strict=True))["AZURE_OPENAI_API_KEY"] == "••••••"
    assert_clean(KEY, table.to_csv() + table._repr_html_() + repr(table))
    assert len(mine("%pfconn env")) == len(table)
    assert "my_aoai" in mine("%pfconn env my_aoai --unset").text
    assert "AZURE_OPENAI_API_KEY" not in os.environ
    assert not mine("%pfconn env --unset").done


def test_env_twice_leaves_nothing_behind(mine):
    mine("%pfconn env my_aoai")
    mine("%pfconn env my_aoai")
    mine("%pfconn env --unset")
    assert "AZURE_OPENAI_ENDPOINT" not in os.environ


def test_env_says_which_variable_wins(mine, monkeypatch, capsys):
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "eyJ-a-token")
    mine("%pfconn env my_aoai")
    assert "AZURE_OPENAI_AD_TOKEN is set" in capsys.readouterr().err
    mine("%pfconn env --unset")


def test_unloading_takes_the_variables_back(mine, shell):
    mine("%pfconn env my_aoai")
    pfconn_jupyter.unload_ipython_extension(shell)
    assert "AZURE_OPENAI_API_KEY" not in os.environ


@pytest.mark.parametrize("file", ["one.yaml", ".env.example", "flow.yaml --as promptflow"])
def test_an_exported_file_holds_no_secret(mine, tmp_path, file):
    name = file.split()[0]
    mine(f"%pfconn export my_aoai --to {tmp_path}/{file}")
    text = (tmp_path / name).read_text()
    assert "c.openai.azure.com" in text
    assert_clean(KEY, text)


def test_what_was_exported_can_be_created_again(mine, tmp_path, monkeypatch):
    mine(f"%pfconn export --to {tmp_path}/out/")
    monkeypatch.setenv("MY_AOAI_API_KEY", KEY)
    monkeypatch.setenv("EXTRA_TOKEN", KEY)
    before = [mine(f"%pfconn get {name}") for name in ("my_aoai", "extra")]
    mine("%pfconn delete my_aoai extra --yes")
    mine("%pfconn purge my_aoai --yes")
    mine("%pfconn purge extra --yes")
    for name in ("my_aoai", "extra"):
        mine(f"%pfconn create --file {tmp_path}/out/{name}.yaml")
    after = [mine(f"%pfconn get {name}") for name in ("my_aoai", "extra")]
    assert [(c.TYPE, c.configs, c.secrets) for c in after] == [(c.TYPE, c.configs, c.secrets) for c in before]


def test_an_export_writes_over_nothing_unasked(mine, tmp_path):
    file = tmp_path / "one.yaml"
    file.write_text("mine")
    mine.fails(f"%pfconn export my_aoai --to {file}")
    assert file.read_text() == "mine"
    mine(f"%pfconn export my_aoai --to {file} --replace")
    assert "azure_openai" in file.read_text()


def test_two_that_need_one_variable_are_refused(mine, tmp_path):
    mine("%pfconn create azure_openai other --set api_base=https://d.openai.azure.com --set api_key='${env:MY_KEY}'")
    error = mine.fails(f"%pfconn export my_aoai other --to {tmp_path}/.env")
    assert "both need AZURE_OPENAI_ENDPOINT" in error.problem
    assert not (tmp_path / ".env").exists()


def test_what_prompt_flow_has_no_place_for_is_told(mine, tmp_path, capsys):
    mine(f"%pfconn export my_aoai --to {tmp_path}/a.yaml --as promptflow")
    assert "prompt flow has no deployment; left out" in capsys.readouterr().err


def test_one_that_prompt_flow_cannot_have_is_named_and_nothing_is_written(mine, tmp_path):
    fields = "--set endpoint=https://c.cognitiveservices.azure.com --set auth_mode=meid_token"
    mine(f"%pfconn create azure_content_safety cs {fields}")
    error = mine.fails(f"%pfconn export --to {tmp_path}/flows/ --as promptflow")
    assert "cs: Prompt flow knows no Microsoft Entra ID" in error.problem
    assert not (tmp_path / "flows").exists()


def test_a_snippet_goes_to_the_next_cell(mine, shell):
    notice = mine("%pfconn snippet my_aoai --for openai")
    (payload,) = [p for p in shell.payload_manager.read_payload() if p["source"] == "set_next_input"] or [
        {"text": shell.rl_next_input}
    ]
    assert 'pfconn.connections("local:").get("my_aoai")' in payload["text"]
    assert 'model="gpt-4o-mini"' in payload["text"]
    assert "The next cell" in notice.text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("snippet my_aoai --for opnai", "choose from 'agent-framework'"),
        ("snippet extra --for langchain", "takes azure_openai, openai, not custom"),
        ("snippet my_aoai --for app-service", "No other program can read my_aoai"),
        ("env nobody", "no connection 'nobody'"),
        ("export nobody --to x.yaml", "no connection 'nobody'"),
        ("export --to x.yaml", "do not fit into one YAML file"),
        ("export my_aoai --to x.yaml --keyvault", "--keyvault is for .env files"),
    ],
)
def test_refusals_say_what_is_wrong(mine, line, said):
    error = mine.fails(f"%pfconn {line}")
    assert said in str(error)


@pytest.fixture
def team(mine, monkeypatch):
    with KeyVaultEmulator() as vault:
        vault.sign_in("alice")
        identity.credential.cache_clear()
        monkeypatch.setenv("PFCONN_STORE", "keyvault:contoso")
        fields = "--set api_base=https://c.openai.azure.com --set api_key='${env:MY_KEY}'"
        mine(f"%pfconn create azure_openai team_aoai --shared {fields}")
        mine(f"%pfconn create azure_openai own_aoai --private {fields}")
        yield mine
    identity.credential.cache_clear()


SECRET_URL = "https://contoso.vault.azure.net/secrets/pfconn-s-team-aoai"


@pytest.mark.parametrize(
    ("target", "reference"),
    [
        ("app-service", f"AZURE_OPENAI_API_KEY=@Microsoft.KeyVault(SecretUri={SECRET_URL})"),
        ("container-apps", f"team-aoai-key=keyvaultref:{SECRET_URL},identityref:system"),
    ],
)
def test_a_deployed_app_is_pointed_to_the_vault(team, target, reference):
    code = team(f"%pfconn snippet team_aoai --for {target} --print")
    assert reference in code
    assert "AZURE_OPENAI_ENDPOINT=https://c.openai.azure.com" in code
    assert KEY not in code


def test_a_sealed_value_is_nothing_for_an_app(team):
    assert "it is private, and sealed" in str(team.fails("%pfconn snippet own_aoai --for app-service"))


def test_a_dotenv_file_can_hold_references_to_the_vault(team, tmp_path):
    team(f"%pfconn export team_aoai --to {tmp_path}/.env.example --keyvault")
    assert f"@Microsoft.KeyVault(SecretUri={SECRET_URL})" in (tmp_path / ".env.example").read_text()
