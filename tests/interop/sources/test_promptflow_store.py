"""Prompt flow's store, written here as it writes it (tests/peers has one that it wrote itself): faults and leaks."""

from __future__ import annotations

import base64
import json
import sqlite3
import threading
import time
from contextlib import closing

import keyring
import pytest
from cryptography.fernet import Fernet
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from hunter import assert_clean, hunt
from pfconn_jupyter import errors
from pfconn_jupyter.stores import system_keyring
from refusals import refusal

SECRET = "Sk3-w9Qz2xT4vN8bM6rP-0123456789-0123456789-0123456789-0123456789"
FERNET = Fernet.generate_key()
TABLE = (
    'CREATE TABLE connection ("connectionName" TEXT NOT NULL, "connectionType" TEXT NOT NULL, configs TEXT NOT NULL,'
    ' "customConfigs" TEXT NOT NULL, "createdDate" TEXT NOT NULL, "lastModifiedDate" TEXT NOT NULL, "expiryTime" TEXT,'
    ' PRIMARY KEY ("connectionName"))'
)


TAKEN = "connectionName, connectionType, configs, customConfigs"


def sealed(text=SECRET):
    return Fernet(FERNET).encrypt(text.encode()).decode()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty prompt flow home, its key in the file of keyrings.alt."""
    monkeypatch.setenv("PF_HOME_DIRECTORY", str(tmp_path / "pf"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "pf").mkdir()
    ring = tmp_path / "data" / "python_keyring" / "keyring_pass.cfg"
    ring.parent.mkdir(parents=True)
    ring.write_text(f"[promptflow]\nencryption_5fkey = \n\t{base64.b64encode(FERNET).decode()}\n\t\n")
    return tmp_path


def write(home, **rows):
    with closing(sqlite3.connect(home / "pf" / "pf.sqlite")) as database, database:
        database.execute(TABLE)
        for name, (stored, configs, custom) in rows.items():
            texts = (c if isinstance(c, str) else json.dumps(c) for c in (configs, custom))
            database.execute("INSERT INTO connection VALUES (?, ?, ?, ?, 'now', 'now', NULL)", (name, stored, *texts))


def serp(token):
    return ("Serp", {"api_key": token}, {})


def test_a_store_is_read(importer, home):
    custom = {"a": {"configValueType": "String", "value": 1}, "s": {"configValueType": "Secret", "value": sealed()}}
    write(
        home, one=serp(sealed()), two=("OpenAI", {"base_url": "_", "api_key": sealed()}, {}), c=("Custom", {}, custom)
    )
    found = importer.read("promptflow")
    assert [f.content.secrets.popitem()[1].reveal() for f in found.values()] == [SECRET] * 3
    assert found["two"].content.configs == {}
    assert found["c"].content.configs == {"a": "1"}
    assert importer.read(f"promptflow:{home}/pf").keys() == found.keys()
    assert importer.read(f"promptflow:{home}/pf/pf.sqlite").keys() == found.keys()
    assert_clean(SECRET, found, importer.told)


class Ring(KeyringBackend):
    """A system keyring that answers as it is told."""

    priority = 1

    def __init__(self, answer):
        self.answer = answer

    def get_password(self, service, username):
        assert (service, username) == ("promptflow", "encryption_key")
        return self.answer()

    def set_password(self, service, username, password):
        raise AssertionError("prompt flow's key is only read")


@pytest.fixture
def ring(home, monkeypatch):
    """Return a function that makes this machine's keyring answer so; the file is gone."""
    for path in home.rglob("keyring_pass.cfg"):
        path.unlink()
    before = keyring.get_keyring()
    yield lambda answer: keyring.set_keyring(Ring(answer))
    keyring.set_keyring(before)


def test_the_key_comes_from_the_system_s_keyring_once(importer, home, ring):
    asked = []
    ring(lambda: asked.append(1) or FERNET.decode())
    write(home, one=serp(sealed()), two=serp(sealed()))
    assert all(f.content.secrets for f in importer.read("promptflow").values())
    assert asked == [1]


def locked():
    raise KeyringLocked(f"locked {FERNET.decode()}")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda: None, "not in the keyring"),
        (lambda: "", "not in the keyring"),
        (lambda: "no key", "is none"),
        (lambda: Fernet.generate_key().decode(), "was replaced"),
        (locked, "KeyringLocked"),
    ],
)
def test_without_the_right_key_each_is_told_and_what_needs_none_is_read(importer, home, ring, answer, words):
    ring(answer)
    entra = ("AzureOpenAI", {"api_base": "https://c.openai.azure.com", "auth_mode": "meid_token"}, {})
    write(home, one=serp(sealed()), two=serp(sealed()), entra=entra)
    steps = importer.plan("promptflow")
    assert {n: s.action for n, s in steps.items()} == {"one": "cannot", "two": "cannot", "entra": "create"}
    assert all(words in steps[n].why[0] for n in ("one", "two"))
    for step in steps.values():
        assert_clean(SECRET, step)
        assert_clean(FERNET.decode(), step)
        assert isinstance(step.found.content, errors.SealingKeyError) == (step.action == "cannot")
        if step.action == "cannot":
            assert_clean(FERNET.decode(), step.found.content)


def test_a_keyring_that_hangs_costs_one_wait(importer, home, ring, monkeypatch):
    monkeypatch.setattr(system_keyring, "TIMEOUT", 0.2)
    answers = threading.Event()
    ring(lambda: answers.wait(20) and None)
    write(home, **{f"c{n}": serp(sealed()) for n in range(20)})
    began = time.monotonic()
    assert {s.action for s in importer.plan("promptflow").values()} == {"cannot"}
    assert time.monotonic() - began < 2
    answers.set()
    system_keyring._waiting[0].join()


def test_the_keyring_is_left_alone_where_it_is_switched_off(importer, home, monkeypatch):
    monkeypatch.setenv("PFCONN_KEYRING", "off")
    write(home, one=serp(sealed()))
    (step,) = importer.plan("promptflow").values()
    assert "PFCONN_KEYRING" in step.why[0]


OLD = "an-old-plain-secret-x7"


def test_an_old_unencrypted_secret_is_taken_and_told(importer, home):
    custom = {"s": {"configValueType": "Secret", "value": OLD}}
    write(home, one=("Custom", {}, custom), two=serp(OLD))
    for step in importer.plan("promptflow").values():
        assert step.action == "create"
        assert any("rotate" in why for why in step.why)
        assert_clean(OLD, step)


def test_a_reference_that_prompt_flow_kept_to_the_letter_is_looked_up(importer, home, monkeypatch):
    write(home, one=serp(sealed("${env:MY_SERP}")))
    (step,) = importer.plan("promptflow").values()
    assert step.action == "cannot"
    assert "MY_SERP" in step.why[0]
    monkeypatch.setenv("MY_SERP", SECRET)
    (step,) = importer.plan("promptflow").values()
    assert step.connection.secrets["api_key"].reveal() == SECRET
    assert any("MY_SERP" in why for why in step.why)


ROWS = {
    "not json": ("Serp", "{" + OLD, {}),
    "a list": ("Serp", "[1]", {}),
    "no key": ("Serp", {}, {}),
    "unknown": ("Foo", {"api_key": OLD}, {}),
    "bogus auth": ("AzureOpenAI", {"api_base": "https://c.openai.azure.com", "auth_mode": "bogus", "api_key": OLD}, {}),
    "entry": ("Custom", {}, {"s": OLD}),
    "no secret": ("Custom", {}, {"s": {"configValueType": "String", "value": "x"}}),
    "template": ("AzureOpenAI", {"api_base": "aoai-api-endpoint", "api_key": OLD}, {}),
    "http": ("AzureOpenAI", {"api_base": "http://c.openai.azure.com", "api_key": OLD}, {}),
    "typo": ("OpenAI", {"api_bse": "x", "api_key": OLD}, {}),
    "cut token": serp(sealed()[:-9]),
}


def test_a_row_that_makes_no_sense_is_told_and_hides_no_other(importer, home):
    write(home, good=serp(sealed()), **ROWS)
    steps = importer.plan("promptflow")
    assert {n for n, s in steps.items() if s.action == "create"} == {"good"}
    assert all(len(s.why) >= 2 for n, s in steps.items() if n != "good")
    for step in steps.values():
        assert_clean(OLD, step, *([step.found.content] if step.action == "cannot" else []))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("connectionName", b"\xff\xfe"),
        ("connectionName", 5),
        ("connectionType", b"\xff"),
        ("configs", 7),
        ("configs", OLD.encode() + b"\xff"),
        ("customConfigs", b"\xff"),
    ],
)
@pytest.mark.parametrize("cast", ["blob", "text"])
def test_a_value_that_is_no_text_costs_its_row_only(importer, home, column, value, cast):
    write(home, good=serp(sealed()), odd=("Custom" if column == "customConfigs" else "Serp", {"api_key": OLD}, {}))
    with closing(sqlite3.connect(home / "pf" / "pf.sqlite")) as database, database:
        if isinstance(value, int):
            # A column of texts would turn a number into one.
            database.execute(f"CREATE TABLE other AS SELECT {TAKEN} FROM connection")
            database.execute("DROP TABLE connection")
            database.execute("CREATE TABLE connection (connectionName, connectionType, configs, customConfigs)")
            database.execute(f"INSERT INTO connection SELECT {TAKEN} FROM other")
        database.execute(
            f"UPDATE connection SET {column} = CAST(? AS {'INTEGER' if isinstance(value, int) else cast})"
            " WHERE connectionName = 'odd'",
            (value,),
        )
    steps = importer.plan("promptflow")
    assert {s.action for n, s in steps.items() if n != "good"} == {"cannot"}
    assert steps["good"].action == "create"
    assert_clean(OLD, steps)


def test_what_is_no_store_is_an_error_and_prompt_flow_s_provider_is_told(importer, home):
    refused = refusal(errors.StoreUnavailable, lambda: importer.read("promptflow"))
    assert str(home) in refused.problem
    assert "PF_HOME_DIRECTORY" in refused.hint
    (home / "pf" / "pf.sqlite").write_bytes(b"SQLite format 3\0" + SECRET.encode() * 40)
    assert_clean(SECRET, refusal(errors.StoreError, lambda: importer.read("promptflow")))
    (home / "pf" / "pf.sqlite").unlink()
    sqlite3.connect(home / "pf" / "pf.sqlite").execute("CREATE TABLE other (a)").connection.close()
    (home / "pf" / "pf.yaml").write_text("connection:\n  provider: azureml://subscriptions/1\n")
    assert importer.read("promptflow") == {}
    assert "azureml://subscriptions/1" in importer.told[0]


def test_a_store_that_is_being_written_is_read_and_not_changed(importer, home):
    write(home, one=serp(sealed()))
    path = home / "pf" / "pf.sqlite"
    before = path.read_bytes()
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        assert importer.read("promptflow").keys() == {"one"}
    finally:
        path.parent.chmod(0o700)
    assert path.read_bytes() == before
    assert hunt(SECRET, importer.read("promptflow")["one"].content.secrets["api_key"].reveal())
