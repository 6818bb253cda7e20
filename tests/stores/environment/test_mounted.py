"""Connections in mounted files, as Kubernetes and Docker mount them."""

from __future__ import annotations

import os

import pytest

from hunter import assert_clean
from pfconn_jupyter.api import Connections
from pfconn_jupyter.errors import AccessDenied, InvalidConnection, StoreDamaged, StoreError, StoreUnavailable
from pfconn_jupyter.stores.address import open_store
from pfconn_jupyter.testing.samples import DIFFICULT
from refusals import refusal

KEY = "mnt-Zk7q0W-e5R_t1Y2u9I4o8P3a6S"
HOST = "https://contoso.openai.azure.com"
AOAI = {"type": "azure_openai", "api_base": HOST, "api_key": KEY}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "connections").mkdir()
    return tmp_path / "connections"


@pytest.fixture
def put(folder):
    """Return a function that mounts a connection: the real files behind a link, as Kubernetes does."""

    def put_(name, **fields):
        data = folder / name / "..2026_11_01"
        data.mkdir(parents=True, exist_ok=True)
        if not (folder / name / "..data").exists():
            (folder / name / "..data").symlink_to("..2026_11_01")
        for field, value in fields.items():
            (data / field).write_bytes(value if isinstance(value, bytes) else value.encode())
            if not (folder / name / field).is_symlink():
                (folder / name / field).symlink_to(f"..data/{field}")

    return put_


@pytest.fixture
def store(folder):
    return open_store(f"env:{folder}")


def test_a_folder_is_a_connection_and_a_file_a_field(store, put, folder):
    put("my-aoai", **AOAI, deployment="gpt\n")
    assert store.address == f"env:{folder}"
    assert open_store(store.address).address == store.address
    (record,) = store.list()
    assert (record.name, record.type, record.problem, record.configs["deployment"]) == (
        "my-aoai",
        "azure_openai",
        "",
        "gpt",
    )
    found = Connections(store).get("MY_AOAI")
    assert (found.record, found.secrets["api_key"].reveal()) == (record, KEY)


def test_custom_ones_have_configs_and_secrets(store, put):
    put("db", **{"type": "custom", "configs.maxSize": "5", "secrets.API_KEY": KEY, "Secrets.b.c": "second"})
    found = store.get("db", "private")
    assert found.configs == {"maxSize": "5"}
    assert {k: v.reveal() for k, v in found.secrets.items()} == {"API_KEY": KEY, "b.c": "second"}


@pytest.mark.parametrize("name", list(DIFFICULT))
def test_a_secret_is_kept_to_the_letter_but_for_one_line_end(store, put, name):
    put("db", **{"type": "custom", "secrets.k": DIFFICULT[name] + "\n", "secrets.l": DIFFICULT[name] + "\r\n"})
    found = store.get("db", "private")
    assert found.secrets["k"].reveal() == DIFFICULT[name]
    assert found.secrets["l"].reveal() == DIFFICULT[name]


def test_a_file_that_is_mounted_anew_is_met(store, put):
    put("x", **AOAI)
    found = Connections(store).get("x")
    put("x", api_key="mnt-rotated-0123456789abcdef")
    assert found.refresh().secrets["api_key"].reveal() == "mnt-rotated-0123456789abcdef"


def test_variables_and_files_say_one_connection_together(put, folder, monkeypatch):
    monkeypatch.setenv("PFCONN_CONN_DIR", str(folder))
    monkeypatch.setenv("PFCONN_CONN_MY_AOAI__TYPE", "azure_openai")
    monkeypatch.setenv("PFCONN_CONN_MY_AOAI__API_BASE", HOST)
    put("my-aoai", api_key=KEY)
    put("other", **AOAI)
    store = open_store("env:")
    assert [(r.name, r.problem) for r in store.list()] == [("my_aoai", ""), ("other", "")]
    assert store.get("my-aoai", "private").secrets["api_key"].reveal() == KEY
    monkeypatch.setenv("PFCONN_CONN_MY_AOAI__API_KEY", "another")
    problem = store.list()[0].problem
    assert "api_key: is given twice: PFCONN_CONN_MY_AOAI__API_KEY and " in problem
    assert str(folder / "my-aoai" / "api_key") in problem


def test_a_folder_of_its_own_reads_no_variables(store, put, monkeypatch):
    monkeypatch.setenv("PFCONN_CONN_Y__TYPE", "openai")
    put("x", **AOAI)
    assert [r.name for r in store.list()] == ["x"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"api_key": KEY}, "/type, for example to azure_openai"),
        ({"type": "azure_openai", "api_base": HOST, "api_kee": KEY}, "Did you mean api_key?"),
        ({"type": "custom", "token": KEY}, "/secrets.key, or "),
        ({"type": "openai", "api_key": ""}, "api_key: is missing"),
        ({"type": b"\xff\xfe"}, "is no text"),
    ],
)
def test_what_is_wrong_is_listed_with_where_to_mend_it(store, put, folder, fields, problem):
    put("good", **AOAI)
    put("bad", **fields)
    (folder / "a-file").write_text(KEY)
    (folder / ".hidden").mkdir()
    records = {r.name: r for r in store.list()}
    assert set(records) == {"good", "bad", "a-file"}
    assert records["good"].problem == ""
    assert problem in records["bad"].problem
    assert f"{folder}/a-file names no field" in records["a-file"].problem
    assert_clean(KEY, repr(records))


@pytest.mark.parametrize(("content", "problem"), [(b"\xff" + KEY.encode(), "is no text"), (b"x" * 200_000, "bytes")])
def test_a_secret_that_cannot_be_one(store, put, content, problem):
    put("x", **{**AOAI, "api_key": content})
    assert store.list()[0].problem == ""
    error = refusal(StoreDamaged, lambda: store.get("x", "private"))
    assert problem in error.problem
    assert_clean(KEY, error)


def test_a_list_opens_no_file_of_a_secret(store, put, folder):
    put("x", **AOAI)
    real = folder / "x" / "..data" / "api_key"
    real.unlink()
    os.mkfifo(real)  # whoever opens it would wait for ever
    assert store.list()[0].type == "azure_openai"


def test_a_folder_that_is_not_there_is_told(tmp_path, monkeypatch):
    error = refusal(StoreUnavailable, open_store(f"env:{tmp_path}/none").list)
    assert f"{tmp_path}/none cannot be read" in error.problem
    assert "PFCONN_CONN_DIR" in error.hint
    monkeypatch.setenv("PFCONN_CONN_DIR", f"{tmp_path}/none")
    with pytest.raises(StoreUnavailable):
        open_store("env:").list()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(store, put, folder):
    put("x", **AOAI)
    (folder / "x" / "..data" / "api_key").chmod(0)
    with pytest.raises(AccessDenied):
        store.get("x", "private")


def test_a_broken_link_is_told(store, put, folder):
    put("x", **AOAI)
    (folder / "x" / "..data" / "api_key").unlink()
    error = refusal(StoreError, lambda: store.get("x", "private"))
    assert "api_key cannot be read" in error.problem


def test_a_wrong_address_names_the_field(store, put):
    put("x", **{**AOAI, "api_base": "contoso.openai.azure.com"})
    error = refusal(InvalidConnection, lambda: store.get("x", "private"))
    assert error.problems[0].field == "api_base"
    assert_clean(KEY, error)
