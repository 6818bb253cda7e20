"""What prompt flow leaves on a machine, for 05-leaving-prompt-flow.ipynb: a store, YAML, a .env file and flows.

The store has prompt flow's own format (1.18): a row for each connection in ``pf.sqlite``,
each secret a Fernet token, and the one key of all in the plain-text keyring of
keyrings.alt, which prompt flow's documentation tells Linux users to install. Prompt flow
itself is not needed. The services are those of standin_tools.py, with a list each, as a
connection test asks for it.
"""

import base64
import hashlib
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import keyring
import standin_tools
from cryptography.fernet import Fernet
from IPython import get_ipython
from keyring.backends import fail
from keyring.util import platform_

KEY = standin_tools.KEY
REVOKED = "leaving-notebook-key-that-was-revoked"
_FOUND = {
    "/openai/v1/models": {"object": "list", "data": [{"id": "gpt-4o-mini", "object": "model"}]},
    "/contentsafety/text/blocklists": {"value": []},
    "/servicestats": {"counters": {}, "limits": {}},
    "/stations": {"stations": ["Oslo", "Bergen"]},
}
_FLOW = """\
inputs:
  question:
    type: string
nodes:
- name: answer
  type: llm
  source: {type: code, path: answer.jinja2}
  inputs: {deployment_name: gpt-4o-mini, question: "${inputs.question}"}
  connection: azure_open_ai_connection
  api: chat
- name: check
  type: python
  source: {type: code, path: check.py}
  inputs: {text: "${answer.output}", connection: content_safety}
outputs:
  answer: {type: string, reference: "${answer.output}"}
"""
_PROMPTY = """\
---
name: Chat
model:
  api: chat
  configuration:
    type: azure_openai
    connection: azure_open_ai_connection
---
system:
You are terse.
"""
_YAML = """\
$schema: https://azuremlschemas.azureedge.net/promptflow/latest/CognitiveSearchConnection.schema.json
name: search_connection
type: cognitive_search
api_base: {endpoint}
api_key: {key}
"""


async def shift_enter(code: str) -> None:
    """Run what %pfconn snippet puts into the next cell, as Shift+Enter on it does."""
    shell = get_ipython()
    (await shell.run_cell_async(code, transformed_cell=shell.transform_cell(code))).raise_error()


class StandIn(standin_tools.StandIn):
    """The services that the connections lead to."""

    def answer(self, path: str, query: dict, body: dict) -> tuple[int, object]:
        """Return status and content for a request whose key was right."""
        return (200, _FOUND[path]) if path in _FOUND else super().answer(path, query, body)


class PromptFlow:
    """What is on the machine; all of it in ``folder``."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.work = folder / "work"
        self.store = folder / "promptflow" / "pf.sqlite"
        self.store.parent.mkdir(parents=True)
        os.environ["PF_HOME_DIRECTORY"] = str(self.store.parent)
        # The keyring of whoever runs this notebook stays out of it.
        self._keyring = keyring.get_keyring()
        keyring.set_keyring(fail.Keyring())
        key = Fernet.generate_key()
        _keep_in_plaintext_keyring(folder / "data", key)
        _write_store(self.store, endpoint, Fernet(key), Fernet(Fernet.generate_key()))
        self._before = self._digest()
        for name, text in {
            "flows/chat/flow.dag.yaml": _FLOW,
            "flows/chat.prompty": _PROMPTY,
            "connections/search.yml": _YAML.format(endpoint=endpoint, key=KEY),
            ".env": f"OPENAI_API_KEY={KEY}\nOPENAI_BASE_URL={endpoint}/openai/v1\n",
        }.items():
            (self.work / name).parent.mkdir(parents=True, exist_ok=True)
            (self.work / name).write_text(text, encoding="utf-8")

    def connection_list(self) -> None:
        """Print what ``pf connection list`` shows."""
        with closing(sqlite3.connect(self.store)) as database:
            rows = database.execute('SELECT "connectionName", "connectionType", configs, "customConfigs" FROM connection')
            print(json.dumps([_shown(*row) for row in rows], indent=4))

    def stop(self) -> None:
        """Use the own keyring again."""
        keyring.set_keyring(self._keyring)

    @property
    def changed(self) -> bool:
        """Whether anything in its store is not as it was."""
        return self._digest() != self._before

    def _digest(self) -> str:
        return hashlib.sha256(self.store.read_bytes()).hexdigest()


def _shown(name: str, kind: str, configs: str, custom: str) -> dict:
    fields = json.loads(configs)
    if kind == "Custom":
        values = json.loads(custom)
        secret = {k for k, v in values.items() if v["configValueType"] == "Secret"}
        fields = {"configs": {k: v["value"] for k, v in values.items() if k not in secret}}
        fields["secrets"] = dict.fromkeys(sorted(secret), "******")
    elif "api_key" in fields:
        fields["api_key"] = "******"
    return {"name": name, "type": kind, **fields}


def _keep_in_plaintext_keyring(data: Path, key: bytes) -> None:
    """Put the key where keyrings.alt keeps it, on Linux, macOS and Windows."""
    os.environ["XDG_DATA_HOME"] = os.environ["LOCALAPPDATA"] = str(data)
    file = platform_.data_root() / "keyring_pass.cfg"
    file.parent.mkdir(parents=True)
    file.write_text(f"[promptflow]\nencryption_5fkey = \n\t{base64.b64encode(key).decode()}\n", encoding="utf-8")


def _write_store(path: Path, endpoint: str, now: Fernet, lost: Fernet) -> None:
    """Write the connections; the secret of one is under a key that is no longer there."""

    def sealed(secret: str, by: Fernet = now) -> str:
        return by.encrypt(secret.encode()).decode()

    azure = {"api_base": endpoint, "api_type": "azure", "auth_mode": "key"}
    custom = {
        "test_url": {"configValueType": "String", "value": f"{endpoint}/stations"},
        "test_header": {"configValueType": "String", "value": "api-key"},
        "token": {"configValueType": "Secret", "value": sealed(KEY)},
    }
    rows = [
        ("azure_open_ai_connection", "AzureOpenAI", {**azure, "api_version": "2024-02-01", "api_key": sealed(KEY)}, {}),
        (
            "content_safety",
            "AzureContentSafety",
            {"endpoint": endpoint, "api_version": "2024-09-01", "api_type": "Content Safety", "api_key": sealed(KEY)},
            {},
        ),
        ("weather api", "Custom", {}, custom),
        ("aoai_of_last_year", "AzureOpenAI", {**azure, "api_key": sealed(REVOKED)}, {}),
        ("serp_of_the_old_laptop", "Serp", {"api_key": sealed(KEY, lost)}, {}),
    ]
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            'CREATE TABLE connection ("connectionName" TEXT PRIMARY KEY, "connectionType" TEXT NOT NULL, configs TEXT'
            ' NOT NULL, "customConfigs" TEXT NOT NULL, "createdDate" TEXT NOT NULL, "lastModifiedDate" TEXT NOT NULL,'
            ' "expiryTime" TEXT)'
        )
        database.executemany(
            "INSERT INTO connection VALUES (?, ?, ?, ?, '2024-05-02T09:00:00', '2024-05-02T09:00:00', NULL)",
            [(name, kind, json.dumps(configs), json.dumps(extra)) for name, kind, configs, extra in rows],
        )
