"""A .env file: the names that SDKs read, the rest reported, all of it as one custom connection."""

from __future__ import annotations

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from interop_forms import DOTENV
from pfconn_jupyter import errors
from pfconn_jupyter.interop.sources.dotenv import parse
from refusals import refusal

KEY = "Ek3-w9Qz2xT4vN8bM6rP"
FILE = f"""
# a comment
export AZURE_OPENAI_ENDPOINT=https://contoso.openai.azure.com/
AZURE_OPENAI_API_KEY="{KEY}"   # trailing
OPENAI_API_KEY='{KEY}'
AZURE_SEARCH_ENDPOINT=https://contoso.search.windows.net
SERPAPI_API_KEY={KEY}
DATABASE_URL=postgres://u:{KEY}@db
"""


@pytest.fixture
def dotenv(tmp_path):
    path = tmp_path / ".env"
    path.write_text(FILE)
    return path


def test_known_names_become_connections(importer, dotenv):
    steps = importer.apply(dotenv)
    assert {n: s.action for n, s in steps.items()} == dict.fromkeys(
        ["azure_openai", "openai", "cognitive_search", "serp"], "created"
    )
    api = pfconn.connections("local:")
    assert api.get("azure_openai").secrets["api_key"].reveal() == KEY
    assert api.get("azure_openai").configs["api_version"] == "2024-02-01"
    assert api.get("cognitive_search").auth == "meid_token", "an address without a key: Entra ID"
    (told,) = importer.told
    assert "DATABASE_URL" in told
    assert "--as custom" in told
    assert all("plain text" in " ".join(s.why) for s in steps.values())
    assert_clean(KEY, steps, told)


def test_all_as_one_custom_connection(importer, dotenv):
    found = importer.read(dotenv, as_custom=True, name="mine")["mine"]
    assert set(found.content.secrets) == set(parse(FILE, {}))
    assert not found.content.configs
    with pytest.raises(errors.UsageProblem, match="name"):
        importer.read(dotenv, as_custom=True)
    with pytest.raises(errors.UsageProblem, match=r"\.env"):
        importer.read("environ", as_custom=True)


def test_a_second_name_with_another_value_is_left_over_and_told(importer, tmp_path):
    (tmp_path / "x.env").write_text(
        "AZURE_OPENAI_ENDPOINT=https://contoso.openai.azure.com\nOPENAI_API_VERSION=2024-06-01\n"
        "AZURE_OPENAI_API_VERSION=2024-10-21\n"
    )
    found = importer.read(tmp_path / "x.env")
    assert found["azure_openai"].content.configs["api_version"] == "2024-06-01"
    assert "AZURE_OPENAI_API_VERSION" in importer.told[0]


def test_lines_that_are_no_assignments_are_told_by_number_only(importer, tmp_path):
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY={KEY}\n{KEY}\nA='{KEY}\n")
    importer.read(tmp_path / ".env")
    assert "line 2, 3 of" in importer.told[0]
    assert_clean(KEY, importer.told)


def test_a_file_that_cannot_be_read(importer, tmp_path):
    (tmp_path / ".env").write_bytes(b"A=\xff" + KEY.encode())
    assert_clean(KEY, refusal(errors.UsageProblem, lambda: importer.read(tmp_path / ".env")))


def test_the_process_environment(importer, monkeypatch):
    assert importer.read("environ") == {}
    assert "No variable" in importer.told[0]
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://llm.contoso.com/v1")
    found = importer.read("environ")["openai"]
    assert found.content.configs["base_url"] == "https://llm.contoso.com/v1"
    assert "OPENAI_BASE_URL" in found.notes[0]
    assert_clean(KEY, found)


@pytest.mark.parametrize("text", DOTENV)
def test_a_line_is_read_as_python_dotenv_reads_it(text):
    assert parse(text, {})["A"] == DOTENV[text]
