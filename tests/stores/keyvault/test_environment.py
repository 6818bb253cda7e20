"""Nothing injected: SecretClient, DefaultAzureCredential and all checks as in the product, by environment alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pfconn_jupyter import identity
from pfconn_jupyter.identity import Identity, Remembering, identity_of

# Processes and real waits: the quick part of the suite leaves it out.
pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
FOREIGN = ("AZURE_", "PFCONN_", "PYTEST_")


def run(emulator, tmp_path, *arguments, **env):
    clean = {name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)}
    clean |= {**emulator.environment("alice"), "PFCONN_HOME": str(tmp_path / "home"), **env}
    clean["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=clean, cwd=HERE.parents[2], timeout=110
    )


def test_the_contract_through_the_proxy(emulator, tmp_path):
    for number in range(60):
        emulator.add_vault(f"plain{number}")
    done = run(
        emulator, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / "unmodified.py"), VAULTS="plain"
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


SCRIPT = """
import warnings
import pfconn_jupyter as pfconn
pfconn.create("openai", "team", api_key="sk-script-0123456789abcdef")
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    pfconn.create("openai", "mine", scope="private", api_key="sk-script-0123456789abcdef")
print(*(w.message for w in told))
print([str(r) for r in pfconn.list()], pfconn.connections().store.who())
assert pfconn.get("mine").secrets["api_key"].reveal() == pfconn.get("team").secrets["api_key"].reveal()
try:
    pfconn.connections("keyvault:no-such-vault").list()
except pfconn.PfconnError as error:
    print(type(error).__name__, error.problem)
"""


def test_a_script(emulator, tmp_path):
    emulator.identity("alice", kind="managed_identity")
    done = run(emulator, tmp_path, "-W", "error", "-c", SCRIPT, PFCONN_STORE="keyvault:contoso")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "mine (openai), private, in keyvault:contoso" in done.stdout
    assert "(managed identity)" in done.stdout
    assert "whoever runs as it" in done.stdout
    assert "%pfconn key backup" in done.stdout
    assert "StoreUnavailable" in done.stdout


def test_nobody_signed_in(emulator, tmp_path):
    script = "import pfconn_jupyter as p\ntry: p.list()\nexcept p.PfconnError as e: print(type(e).__name__, e)"
    gone = {"IDENTITY_ENDPOINT": "", "IDENTITY_HEADER": "", "PATH": "", "AZURE_TOKEN_CREDENTIALS": "dev"}
    done = run(emulator, tmp_path, "-c", script, PFCONN_STORE="keyvault:contoso", HOME=str(tmp_path), **gone)
    assert "AccessDenied" in done.stdout, done.stderr[-2000:]
    assert "az login" in done.stdout


@pytest.mark.parametrize(
    ("kind", "words"),
    [("user", "person"), ("service_principal", "service principal"), ("managed_identity", "managed identity")],
)
def test_who_a_token_speaks_for(emulator, kind, words):
    given = emulator.identity("someone", kind=kind)
    credential = Remembering(emulator.credential("someone"))
    found = identity.me(credential, "https://vault.azure.net/.default")
    assert (found.tenant, found.object_id, found.kind) == (given.tenant, given.oid, words)
    assert found.name == ("someone@contoso.com" if kind == "user" else given.appid)
    assert credential.identity == found


@pytest.mark.parametrize("token", ["", "a.b.c", "opaque", "..", "a.W10.c", "a.eyJvaWQiOiAxfQ.c", "é.é.é"])
def test_a_token_that_cannot_be_read_names_nobody(token):
    assert identity_of(token) == Identity()
