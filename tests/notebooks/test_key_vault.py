"""The Key Vault notebook runs from top to bottom with nobody to ask, and its outputs are as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent.parent / "notebooks"
NOTEBOOK = FOLDER / "02-key-vault.ipynb"
# Written out, not imported: the notebook's folder is not on this process's path.
KEYS = re.findall(r'^KEY_\d = "(.+)"$', (FOLDER / "standin.py").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "IPYTHONDIR", "TMPDIR"):
            folder = home / name
            folder.mkdir()
            patch.setenv(name, str(folder))
        # A store that somebody has chosen already must not be written to.
        patch.setenv("PFCONN_HOME", str(home / "chosen"))
        patch.setenv("PFCONN_STORE", f"local:{home / 'chosen.db'}")
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        client = NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": FOLDER}})
        client.execute()
    return notebook, home


def texts(cell):
    for output in cell.outputs:
        data = output.get("data", {})
        yield from (output.get("text", ""), data.get("text/plain", ""), data.get("text/html", ""))
        yield "\n".join(output.get("traceback", []))


def outputs(executed, line, number=0):
    """Return what the ``number``-th cell that has this line shows, as text."""
    cells = [c for c in executed[0].cells if c.cell_type == "code" and line in c.source.splitlines()]
    assert len(cells) > number, f"{len(cells)} cells have the line {line!r}"
    return "\n".join(texts(cells[number]))


@pytest.mark.parametrize(
    ("line", "number", "words"),
    [
        ("%pfconn store keyvault:contoso", 0, ["Using contoso (keyvault:contoso) in this session: 0 connections."]),
        ("%pfconn", 0, ["alice@contoso.com (person)", "keyvault:contoso", "can also change the endpoint"]),
        ("%pfconn create azure_openai team_aoai --shared --from-env --test", 0, ["tested ok, in contoso, shared."]),
        ("%pfconn create azure_openai my_aoai --private --from-env", 0, ["my_aoai saved in contoso, private."]),
        ("%pfconn list", 0, ["team_aoai", "my_aoai", "2 connections in contoso"]),
        ('    print(secret.name, "|", secret.content_type)', 0, ["pfconn-s-team-aoai | application/vnd.pfconn.raw"]),
        ("%pfconn test team_aoai", 0, ["ok", "key accepted"]),
        ("%pfconn list --scope all", 0, ["my_aoai", "2 connections in contoso"]),
        ("%pfconn get my_aoai", 0, ["private connection of alice@contoso.com"]),
        ("%pfconn update team_aoai --set deployment=gpt-4o-mini", 0, ["bob@contoso.com", "Key Vault Secrets Officer"]),
        ("%pfconn get team_aoai", 0, ["carol@contoso.com", "may not read values", "Key Vault Secrets User"]),
        ("service.revoke(standin.KEY_1)", 0, ["Rotated outside", "%pfconn repair team_aoai"]),
        # The first key is revoked by then: only the new one can be accepted.
        ("%pfconn test team_aoai", 1, ["ok", "key accepted"]),
        ("%pfconn repair team_aoai", 0, ["team_aoai repaired in contoso, shared."]),
        ("%pfconn update team_aoai --set deployment=gpt-4o-mini", 1, ["team_aoai updated in contoso, shared."]),
        ("versions", 0, ["gpt-4o-mini", "alice@contoso.com"]),
        ("%pfconn rollback team_aoai {earlier}", 0, ["team_aoai rolled back to"]),
        ("%pfconn list", 3, ["Soon: my_aoai expires on"]),
        ("%pfconn delete team_aoai --yes", 0, ["team_aoai deleted from contoso, shared."]),
        ("%pfconn list --deleted", 0, ["team_aoai", "1 deleted"]),
        ("%pfconn restore team_aoai", 0, ["team_aoai restored in contoso, shared."]),
        ("%pfconn copy team_aoai --as travel_aoai --to local: --private", 0, ["private, as travel_aoai."]),
        ('pfconn.connections("local:").get("travel_aoai")', 0, ["AzureOpenAIConnection(travel_aoai", "api_key=••••••"]),
        ("%pfconn compare team_aoai --set api_key='${env:AZURE_OPENAI_API_KEY}'", 0, ["api_key is the same"]),
        ("%pfconn key backup --passphrase-env MY_PASSPHRASE", 0, ["is kept in contoso"]),
        ("%pfconn get my_aoai", 1, ["is missing"]),
        ("%pfconn key unlock --passphrase-env MY_PASSPHRASE", 0, ["imported"]),
        ("%pfconn get my_aoai", 2, ["AzureOpenAIConnection(my_aoai"]),
        ("vault.requests.counts", 0, ["{'list': 3}"]),
        ("vault.requests.counts", 1, ["{'get': 2}"]),
    ],
)
def test_what_a_cell_shows(executed, line, number, words):
    shown = outputs(executed, line, number)
    assert [word for word in words if word not in shown] == []


def test_a_colleague_lists_what_is_shared_only(executed):
    shown = outputs(executed, "%pfconn list", 1)
    assert "team_aoai" in shown
    assert "my_aoai" not in shown


def test_the_shared_value_is_the_key_and_the_private_one_does_not_have_it(executed):
    shared, private = outputs(executed, "    value = client.get_secret(secret.name).value").strip().splitlines()
    assert shared.endswith("team-aoai is the key: True | has it in it: True")
    assert private.endswith("my-aoai is the key: False | has it in it: False")


def test_only_the_cells_that_say_so_fail_and_in_two_lines(executed):
    failed = [c for c in executed[0].cells if c.cell_type == "code" and any("ename" in o for o in c.outputs)]
    tagged = [c for c in executed[0].cells if "raises-exception" in c.metadata.get("tags", [])]
    assert [c.id for c in failed] == [c.id for c in tagged]
    for cell in failed:
        (error,) = cell.outputs
        assert len(error["traceback"]) == 2, error["traceback"]


def test_no_key_and_no_token_is_in_the_executed_notebook(executed):
    assert len(KEYS) == 2
    text = json.dumps(executed[0])
    # The control: text that is there is found.
    assert "pfconn-s-team-aoai" in text
    assert [key for key in (*KEYS, "eyJ") if key in text] == []


def test_nothing_is_left_behind_or_written_to_the_chosen_store(executed):
    home = executed[1]
    assert list(home.rglob("*.db")) == []
    assert list(home.glob("chosen*")) == []
    assert [path for path in (home / "TMPDIR").iterdir() if "pfconn" in path.name] == []
