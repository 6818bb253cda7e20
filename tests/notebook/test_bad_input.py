"""Bad input: one line that says what is wrong, one that says what to do, nothing changed."""

from __future__ import annotations

import pytest

from pfconn_jupyter import errors

HOST = "https://contoso.openai.azure.com"
SET = f"--set api_base={HOST} --set api_key='${{env:MY_KEY}}'"

CASES = {
    "unknown type": ("create azure_opnai x", "UnknownType", "Did you mean azure_openai?"),
    "unknown field": (f"create azure_openai x --set api_bse={HOST}", "InvalidConnection", "Did you mean api_base?"),
    "existing name": (f"create azure_openai taken_name {SET}", "ConnectionExists", "taken_name exists"),
    "existing name by fold": (f"create azure_openai Taken-Name {SET}", "ConnectionExists", "taken_name exists"),
    "illegal name": (f"create azure_openai 'my conn' {SET}", "InvalidName", "for example my_conn"),
    "http": (f"create azure_openai x {SET.replace('https', 'http')}", "InvalidConnection", f"Write {HOST}"),
    "deployment path": (
        f"create azure_openai x {SET.replace('.com', '.com/openai/deployments/gpt-4o')}",
        "InvalidConnection",
        f"Keep {HOST}.",
    ),
    "placeholder": (f"create azure_openai x {SET.replace('MY_KEY', 'MASKED')}", "InvalidConnection", "placeholder"),
    "missing field": (f"create azure_openai x --set api_base={HOST}", "CannotAsk", "Missing: api_key"),
    "bogus auth_mode": (f"create azure_openai x {SET} --set auth_mode=bogus", "InvalidConnection", "'meid_token'"),
    "unset variable": (f"create azure_openai x {SET.replace('MY_KEY', 'NOT_SET')}", "InvalidConnection", "NOT_SET"),
    "literal secret": ("create azure_openai x --set api_key=abc123def", "SecretRefused", "rotate it"),
    "variable as secret": ("create azure_openai x --set api_key=$key", "SecretRefused", "pfconn.create("),
    "braces as secret": ("create azure_openai x --set api_key={key}", "SecretRefused", "pfconn.create("),
    "key as name": ("create openai sk-abcdefghijklmnop1234", "SecretRefused", "rotate it"),
    "key as option": ("create openai x --api-key abc123def", "SecretRefused", "rotate it"),
    "no such file": ("create --file nowhere.yml x", "UsageProblem", "cannot be read"),
    "not YAML": ("create --file not.yml x", "UsageProblem", "not YAML (line 2)"),
    "YAML of unknown type": ("create --file odd.yml x", "UnknownType", "'azure_teapot'"),
    "config and secret": (
        "create custom x --set configs.k=v --set secrets.k='${env:MY_KEY}'",
        "InvalidConnection",
        "both a config and a secret",
    ),
    "no secret": ("create custom x --set configs.k=v", "InvalidConnection", "at least one secret"),
    "a megabyte": (f"create azure_openai x {SET.replace('MY_KEY', 'MEGABYTE')}", "InvalidConnection", "1,048,576"),
    "not ASCII": (f"create azure_openai x {SET.replace('MY_KEY', 'UMLAUT')}", "InvalidConnection", "outside ASCII"),
    "open apostrophe": ("create azure_openai x --set api_base='https", "UsageProblem", "left open"),
    "swapped words of no type": ("create one two", "UnknownType", "'one'"),
    "three words": ("create openai a b", "UsageProblem", "a type and a name"),
    "set without value": ("create openai x --set api_key", "UsageProblem", "FIELD=VALUE"),
    "option without value": ("create openai x --file", "UsageProblem", "expected one argument"),
    "unknown option": ("list --typ openai", "UsageProblem", "Did you mean --type?"),
    "unknown command": ("lsit", "UsageProblem", "Did you mean list?"),
    "unknown name": ("get taken_nam", "ConnectionNotFound", "Did you mean taken_name?"),
    "unknown name to test": ("test nosuch", "ConnectionNotFound", "nosuch"),
    "unknown name to delete": ("delete taken_name nosuch --yes", "ConnectionNotFound", "nosuch"),
    "delete without yes in a batch": ("delete taken_name", "CannotAsk", "--yes"),
    "past date": (f"create azure_openai x {SET} --expires 2020-01-01", "UsageProblem", "past"),
    "no date": (f"create azure_openai x {SET} --expires soon", "UsageProblem", "--expires"),
    "shared in a private store": (f"create azure_openai x {SET} --shared", "NotSupported", "no shared"),
    "unknown store": ("store locl:", "StoreUnavailable", "local:"),
    "unknown variable": ("get {nosuch}", "UsageProblem", "nosuch"),
    "all and names": ("test --all taken_name", "UsageProblem", "--all"),
    "new address, old key": (
        "update taken_name --set api_base=https://other.openai.azure.com",
        "InvalidConnection",
        "address changes",
    ),
}


@pytest.fixture
def filled(notebook, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "MY_KEY": "k3y-0123456789",
        "MASKED": "<your-key>",
        "MEGABYTE": "x" * 2**20,
        "UMLAUT": "schlüssel-0123",
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "not.yml").write_text("name: x\n  type: : y", encoding="utf-8")
    (tmp_path / "odd.yml").write_text("type: azure_teapot\napi_key: ${env:MY_KEY}", encoding="utf-8")
    notebook(f"%pfconn create azure_openai taken_name {SET}")
    return notebook


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_in_two_lines_and_changes_nothing(filled, case):
    line, error_name, words = CASES[case]
    before = _content(filled)
    error = filled.fails(f"%pfconn {line}")
    assert type(error) is getattr(errors, error_name), error
    assert words in str(error)
    assert _content(filled) == before


def test_a_key_with_a_line_end_is_trimmed_and_told(notebook, monkeypatch):
    monkeypatch.setenv("MY_KEY", " k3y-0123456789\n")
    notice = notebook(f"%pfconn create azure_openai x {SET}")
    assert "blanks or line ends" in repr(notice)
    assert notebook("%pfconn get x").api_key.reveal() == "k3y-0123456789"


def _content(notebook):
    return notebook("%pfconn list --wide").to_dict()
