"""``%pfconn import``: the table, the checklist, nothing written without --apply, no secret shown."""

from __future__ import annotations

import pytest

from hunter import assert_clean, hunt

KEY = "Nk3-w9Qz2xT4vN8bM6rP"
COLUMNS = ["from", "name", "type", "to", "scope", "new_name", "action", "why", "flows"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of connections, and one of flows that name them."""
    for name, text in {
        "connections/aoai.yml": f"name: my aoai\ntype: azure_open_ai\napi_key: {KEY}\n"
        "api_base: https://contoso.openai.azure.com\n",
        "connections/serp.yml": f"name: serp\ntype: serp\napi_key: {KEY}\n",
        "connections/bad.yml": "name: bad\ntype: serp\napi_key: <user-input>\n",
        "flows/chat/flow.dag.yaml": "inputs: {}\nnodes:\n- name: llm\n  type: llm\n  connection: my aoai\n"
        "  inputs:\n    temperature: 0\n- name: py\n  type: python\n  inputs:\n    conn: serp\n",
        "flows/basic.prompty": "---\nmodel:\n  configuration:\n    connection: my aoai\n---\nsystem:\nhi\n",
        "flows/flex/flow.flex.yaml": "entry: f:f\nenvironment_variables:\n  KEY: ${serp.api_key}\n",
        "flows/broken.prompty": "---\nmodel: [connection\n---\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_apply_nothing_is_written_and_the_line_to_do_it_is_given(notebook, folder, pfconn_home):
    table = notebook("%pfconn import connections")
    assert list(table.columns) == COLUMNS
    assert dict(zip(table.name, table.action, strict=True)) == {
        "bad": "cannot",
        "my aoai": "create",
        "serp": "create",
    }
    assert table.action[0] == "cannot", "what to look at comes first"
    assert "%pfconn import connections --apply" in table.note
    assert "Nothing was written" in table.note
    assert len(notebook("%pfconn list")) == 0


def test_apply_tells_how_to_undo_and_which_flows_name_them(notebook, folder, shell):
    table = notebook("%pfconn import connections --apply")
    rows = table.set_index("name")
    assert rows.action.to_dict() == {"bad": "cannot", "my aoai": "created", "serp": "created"}
    assert rows.new_name["my aoai"] == "my_aoai"
    assert rows.flows["my aoai"] == "flows/basic.prompty, flows/chat/flow.dag.yaml"
    assert rows.flows["serp"] == "flows/chat/flow.dag.yaml, flows/flex/flow.flex.yaml"
    assert "2024-02-01" in rows.why["my aoai"]
    (undo,) = [line for line in table.note.splitlines() if line.startswith("Undo: ")]
    again = notebook("%pfconn import connections --apply")
    assert set(again.action) == {"cannot", "same"}
    assert "Undo" not in again.note
    notebook(undo.removeprefix("Undo: ") + " --yes")
    assert len(notebook("%pfconn list")) == 0


def test_the_undo_of_many_is_a_loop_that_runs(notebook, folder):
    text = "---\n".join(f"name: c{n:02}\ntype: serp\napi_key: {KEY}\n" for n in range(20))
    (folder / "many.yml").write_text(text)
    table = notebook("%pfconn import many.yml --apply")
    (undo,) = [line for line in table.note.splitlines() if line.startswith("Undo: ")]
    notebook.shell.user_ns["_"] = table
    notebook("import pfconn_jupyter as pfconn\n" + undo.removeprefix("Undo: "))
    assert len(notebook("%pfconn list")) == 0


def test_options(notebook, folder):
    assert list(notebook("%pfconn import connections --only s*").name) == ["serp"]
    assert list(notebook("%pfconn import connections --only serp,bad").name) == ["bad", "serp"]
    assert list(notebook("%pfconn import connections --rename 'my aoai=x' --only 'my*'").new_name) == ["x"]
    assert list(notebook("%pfconn import connections/serp.yml --name other").new_name) == ["other"]
    assert set(notebook("%pfconn import connections --flows connections").flows) == {""}


@pytest.mark.parametrize(
    "line",
    [
        "nosuch",
        "connections/nosuch.yml",
        "connections --only nosuch",
        "connections --rename serp",
        "connections --name x",
        "connections --as custom --name x",
        "connections --shared",
        "promptflow:/nosuch",
        "azuremll:",
        "",
    ],
)
def test_bad_input_is_two_lines_and_changes_nothing(notebook, folder, line):
    notebook.fails(f"%pfconn import {line}")
    assert len(notebook("%pfconn list")) == 0


def test_a_long_path_is_no_key(notebook, folder):
    # pytest's own folders are as long as a key, and have digits.
    assert len(notebook(f"%pfconn import {folder}/connections")) == 3


def test_no_secret_is_shown_anywhere(notebook, folder, shell, capsys, caplog):
    caplog.set_level(0)
    (folder / ".env").write_text(f"OPENAI_API_KEY={KEY}\nOTHER_TOKEN={KEY}\nbroken line {KEY}\n")
    (folder / "broken.yml").write_text(f"api_key: [{KEY}\n")
    tables = [
        notebook(f"%pfconn import {source} {apply}")
        for source in ("connections", ".env", ".", ".env --as custom --name x")
        for apply in ("", "--apply", "--apply")
    ]
    error = notebook.fails("%pfconn import broken.yml")
    for table in tables:
        assert_clean(KEY, table.to_string(), table.to_json(), table._repr_html_(), repr(table), table.note)
    shown = capsys.readouterr()
    assert "OTHER_TOKEN" in shown.err
    assert_clean(KEY, error, shown.out, shown.err, caplog.text)
    assert_clean(KEY, str(shell.user_ns["In"]), str({k: v for k, v in shell.user_ns.items() if k.startswith("_")}))
    assert hunt(KEY, notebook("%pfconn get openai").secrets["api_key"].reveal()), "the control: it was stored"


def test_the_frames_of_an_error_show_no_secret(notebook, folder, shell, capsys):
    shell.run_line_magic("xmode", "Verbose")
    (folder / "twice.yml").write_text(f"api_key: {KEY}\napi_key: {KEY}\n")
    result = shell.run_cell("%pfconn import twice.yml --apply")
    assert_clean(KEY, result.error_in_exec, capsys.readouterr().out)


def test_completion_knows_the_sources(shell, notebook):
    from pfconn_jupyter.notebook.completion import candidates

    found = [word for word, _ in candidates("import ")]
    assert {"promptflow", "environ", "keyvault:", "--apply"} <= set(found)
    assert ("custom", "value") in candidates("import .env --as ")
