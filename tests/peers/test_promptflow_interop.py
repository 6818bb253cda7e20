"""Our connections in the real prompt flow: as objects in its tools, as YAML in its command line, and back."""

from __future__ import annotations

import json

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from interop_forms import DOTENV, FORMS
from pfconn_jupyter.interop import importing, planning, snippets, sources
from pfconn_jupyter.interop.described import describe
from pfconn_jupyter.interop.promptflow_file import as_promptflow
from pfconn_jupyter.interop.promptflow_kinds import KINDS
from pfconn_jupyter.interop.snippets._about import About
from pfconn_jupyter.interop.steps import Wishes
from standins.cognitive import KEY as SAFETY_KEY
from standins.cognitive import Gateway, content_safety
from standins.service import Reply

pytestmark = pytest.mark.slow

KEY = "Ik3-w9Qz2xT4vN8bM6rP"
PACKAGE = """
from promptflow.connections import CustomStrongTypeConnection
from promptflow.contracts.types import Secret


class MyFirstConnection(CustomStrongTypeConnection):
    api_key: Secret
    api_base: str = "default"
"""
# A connection of each type, by our fields.
EACH = {
    "azure_openai": {"api_base": "https://contoso.openai.azure.com", "api_key": KEY, "resource_id": "/subscriptions/1"},
    "azure_openai Entra": {"api_base": "https://contoso.openai.azure.com", "auth_mode": "meid_token"},
    "openai": {"api_key": KEY, "organization": "org-1", "base_url": "http://127.0.0.1:8000/v1"},
    "azure_content_safety": {
        "endpoint": "https://c.cognitiveservices.azure.com",
        "api_key": KEY,
        "api_version": "2023-10-01",
    },
    "document_intelligence": {"endpoint": "https://c.cognitiveservices.azure.com", "api_key": KEY},
    "cognitive_search": {"api_base": "https://c.search.windows.net", "api_key": KEY},
    "cognitive_search Entra": {"api_base": "https://c.search.windows.net", "auth_mode": "meid_token"},
    "azure_ai_services": {"endpoint": "https://c.cognitiveservices.azure.com", "api_key": KEY},
    "serp": {"api_key": KEY},
    "serverless": {"api_base": "https://m.eastus.models.ai.azure.com", "api_key": KEY},
    "custom": {"configs": {"region": "we", "größe": "ü"}, "secrets": {"pw": KEY, "token": KEY + "2"}},
}
# Their classes come with promptflow-vectordb, which needs 239 packages.
NOT_INSTALLED = {"qdrant", "weaviate"}


@pytest.fixture
def package(promptflow):
    folder = promptflow.home / "site" / "my_tool_package"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "connections.py").write_text(PACKAGE)
    return str(folder.parent)


@pytest.fixture
def safety():
    with content_safety(Gateway()) as gateway:
        found = [{"category": c, "severity": 0} for c in ("Hate", "SelfHarm", "Sexual")]

        def analyze(method, body):
            violence = 4 if "kill" in body["text"] else 0
            return Reply(200, {"categoriesAnalysis": [*found, {"category": "Violence", "severity": violence}]})

        # The one version that prompt flow's tool can read.
        gateway.guard("/contentsafety/text:analyze", {"2023-10-01"}, analyze)
        yield gateway


def test_its_tools_run_with_our_connections_and_every_type_goes_both_ways(promptflow, aimock, safety, package):
    assert {t.partition(" ")[0] for t in EACH} == {k.type for k in KINDS} - NOT_INSTALLED
    asked = {
        "openai": aimock.url,
        "openai_key": aimock.key,
        "safety": safety.url,
        "safety_key": SAFETY_KEY,
        "connections": EACH,
        "package": package,
    }
    answers = promptflow.run("promptflow_tools_run.py", asked)
    assert answers["chat"] == answers["openai_chat"] == "pong"
    assert answers["peace"]["suggested_action"] == "Accept"
    assert answers["kill"]["suggested_action"] == "Reject"
    assert answers["kill"]["action_by_category"]["Violence"] == "Reject"
    assert {r.query["api-version"][0] for r in safety.received} == {"2023-10-01"}
    assert any("2023-10-01 there, not 2024-09-01" in note for note in answers["told"])
    assert any("no deployment; left out" in note for note in answers["told"])
    assert all(answers["back"].values()), answers["back"]
    assert all(answers["stored"].values()), answers["stored"]
    assert answers["strong"] == ["MyFirstConnection", True, "x"]
    assert answers["strong configs"]["promptflow.connection.custom_type"] == "MyFirstConnection"
    assert answers["strong, not imported"] == "CustomConnection"
    assert "import my_tool_package.connections first" in answers["strong told"][0]
    assert "is masked" in answers["masked"]
    assert_clean(aimock.key, json.dumps(answers))


def test_the_snippet_gives_every_type_to_prompt_flow(promptflow, aimock, monkeypatch):
    # The same store for both: its key is in a file, since the peer's keyring is another one.
    own = {"PFCONN_HOME": str(promptflow.home / "own"), "PFCONN_KEYRING": "off"}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    api = pfconn.connections("local:")
    codes = {}
    for name, fields in EACH.items():
        type_, stored = name.partition(" ")[0], name.replace(" ", "_")
        at = {"api_base": aimock.url, "api_key": aimock.key} if name == "azure_openai" else {}
        api.create(type_, stored, **{**fields, **at})
        about = About(describe(api, api.record(stored)), "", lambda: "")
        codes[name] = snippets.target("promptflow", type_).code(about)
        assert_clean(KEY, codes[name])
    told = promptflow.run("promptflow_snippets.py", {"codes": codes}, **own)
    assert told.pop("answer") == "pong"
    classes = {k.type: f"{k.stored}Connection" for k in KINDS}
    assert {name: found[1:] for name, found in told.items()} == {
        name: [classes[name.partition(" ")[0]], True] for name in EACH
    }
    assert all(found[0].startswith("promptflow.") for found in told.values())
    assert_clean(aimock.key, json.dumps(told))


def test_our_yaml_is_created_by_pf_and_imported_again_equal(promptflow, package, tmp_path, monkeypatch):
    api = pfconn.connections("local:")
    files = []
    for number, (text, *_) in enumerate(FORMS.values()):
        path = tmp_path / f"in-{number}.yml"
        path.write_text(f"name: f{number:02}\n" + text.replace("{key}", f"{KEY}{number:02}"), encoding="utf-8")
        (found,) = sources.read(sources.Request(str(path), lambda note: None))
        api.store.put(found.name, found.content, scope="private")
    monkeypatch.setenv("PYTHONPATH", package)
    written = {}
    for record in api.list():
        connection = api.get(record.name)
        text, _ = as_promptflow(describe(api, record))
        assert_clean(KEY, text)
        out = tmp_path / f"{record.name}.yml"
        out.write_text(text, encoding="utf-8")
        part = "secrets." if connection.TYPE == "custom" else ""
        files.append((str(out), [f"{part}{k}={s.reveal()}" for k, s in connection.secrets.items()]))
        written[record.name] = connection
    environment = {"PYTHONPATH": f"{promptflow.environment['PYTHONPATH']}:{package}"}
    told = promptflow.run("promptflow_creates.py", files, **environment)
    assert told.keys() == written.keys()
    for name, theirs in told.items():
        assert theirs["secrets"] == {k: s.reveal() for k, s in written[name].secrets.items()}
    # And the whole circle: what pf stored is what we had.
    target = pfconn.connections(f"local:{tmp_path}/again.db")
    found = sources.read(sources.Request("promptflow", lambda note: None))
    after = importing.applied(planning.plan(found, target.store, Wishes()), target.store)
    assert {s.action for s in after} == {"created"}, [s.why for s in after if s.action != "created"]
    for name, connection in written.items():
        again = target.get(name)
        assert again.secrets == connection.secrets
        # Ours alone stay in ours: the deployment is not prompt flow's.
        assert again.configs == {k: v for k, v in connection.configs.items() if k != "deployment"}, name


def test_python_dotenv_reads_a_file_as_we_do(promptflow):
    code = "import io, json, sys, dotenv\ntexts = json.load(sys.stdin)\n"
    code += "print(json.dumps([dotenv.dotenv_values(stream=io.StringIO(text)) for text in texts]))"
    (promptflow.home / "read.py").write_text(code)
    found = promptflow.run(str(promptflow.home / "read.py"), list(DOTENV))
    assert {text: values["A"] for text, values in zip(DOTENV, found, strict=True)} == DOTENV
