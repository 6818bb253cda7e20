"""Each cell of prompt flow's table of tools, end to end in a real kernel: from the store to the service and back."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import pfconn_jupyter as pfconn
from hunter import assert_clean
from pfconn_jupyter.connections.registry import TYPES, connection_type
from pfconn_jupyter.tools.registry import TOOLS
from requirements import require
from standins import qdrant, search, serpapi, weaviate
from standins.service import Reply, Service
from tools.conftest import answer

KEY = "Zk7q0We5Rt1Y2u9I4o8PZk7q0We5Rt1Y"
VECTOR = {"object": "embedding", "index": 0, "embedding": [0.25, 0.5]}
EMBEDDED = Reply(200, {"object": "list", "model": "m", "data": [VECTOR], "usage": {}})
SAFE = {
    "blocklistsMatch": [],
    "categoriesAnalysis": [{"category": c, "severity": 4} for c in ("Hate", "SelfHarm", "Sexual", "Violence")],
}
PYTHON = (
    "%%pfconn run python {name}\nimport pfconn_jupyter as pfconn\n"
    "@pfconn.tool\ndef look(conn: pfconn.Connection):\n    return conn.TYPE, repr(conn.secrets)\n"
)


@dataclass
class Cell:
    """One cell of the table: what is run, what the service must get, and what must be shown."""

    source: str
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    shown: tuple[str, ...] = ()


def chat(path, headers, query=None, deployment="--deployment m"):
    source = f"%%pfconn run llm {{name}} {deployment}\n# system:\nBe terse.\n# user:\nHello {{{{{{{{ who }}}}}}}}"
    messages = [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "Hello Ana"}]
    return Cell(source, path, headers, query or {}, {"messages": messages}, ("pong",))


def embed(path, headers, query=None, deployment="--deployment m"):
    body = {"input": ["Hello Ana"]}
    source = f"%%pfconn run embedding {{name}} {deployment}\nHello {{{{{{{{ who }}}}}}}}"
    return Cell(source, path, headers, query or {}, body, ("[0.25, 0.5]", "2 numbers"))


def safety():
    return Cell(
        "%%pfconn run content_safety_text {name} --hate low\nHello {{{{ who }}}}",
        "/contentsafety/text:analyze",
        {"ocp-apim-subscription-key": KEY, "content-type": "application/json"},
        {"api-version": "2024-09-01"},
        {"text": "Hello Ana", "categories": ["Hate", "SelfHarm", "Sexual", "Violence"]},
        ("Violence", "4", "Suggested action: Reject"),
    )


AZURE = {"api-version": "2024-10-21"}
LOOKUP = "%pfconn run vector_db_lookup {name} --vector near --text-field title --top-k 2"
TABLE: dict[tuple[str, str], Cell] = {
    ("llm", "azure_openai"): chat("/openai/deployments/m/chat/completions", {"api-key": KEY}, AZURE),
    ("llm", "openai"): chat("/chat/completions", {"authorization": f"Bearer {KEY}"}, None, "--model m"),
    ("llm", "serverless"): chat("/v1/chat/completions", {"authorization": f"Bearer {KEY}"}, None, ""),
    ("embedding", "azure_openai"): embed("/openai/deployments/m/embeddings", {"api-key": KEY}, AZURE),
    ("embedding", "openai"): embed("/embeddings", {"authorization": f"Bearer {KEY}"}, None, "--model m"),
    ("embedding", "serverless"): embed("/v1/embeddings", {"authorization": f"Bearer {KEY}"}, None, ""),
    ("content_safety_text", "azure_content_safety"): safety(),
    ("content_safety_text", "azure_ai_services"): safety(),
    ("vector_db_lookup", "cognitive_search"): Cell(
        LOOKUP + " --index products --vector-field embedding --filter \"kind eq 'camping'\"",
        "/indexes('products')/docs/search.post.search",
        {"api-key": search.QUERY_KEY},
        {"api-version": "2024-07-01"},
        {"filter": "kind eq 'camping'", "top": 2},
        ("Tent", "Stove", "score", "metadata", "2 nearest in products"),
    ),
    ("vector_db_lookup", "qdrant"): Cell(
        LOOKUP + " --index products --filter home",
        "/collections/products/points/query",
        {"authorization": f"Bearer {qdrant.KEY}"},
        {},
        {"limit": 2, "query": {"nearest": [1.0, 0.1, 0.0]}},
        ("Sofa", "1 nearest in products"),
    ),
    ("vector_db_lookup", "weaviate"): Cell(
        LOOKUP + " --index Product",
        "/v1/graphql",
        {"authorization": f"Bearer {weaviate.KEY}"},
        {},
        {},
        ("Tent", "Stove", "2 nearest in Product"),
    ),
    ("serp_api", "serp"): Cell(
        "%%pfconn run serp_api {name} --num 2 --location 'Austin, Texas' --into hits\nnews for {{{{ who }}}}",
        "/search.json",
        {},
        {"q": "news for Ana", "engine": "google", "num": "2", "location": "Austin, Texas", "api_key": serpapi.KEY},
        {},
        ("news for Ana 1", "https://example.com/2", "2 results of google"),
    ),
    **{("python", word): Cell(PYTHON, shown=(word, "••••••")) for word in TYPES},
}
OWN_KEYS = {
    "cognitive_search": search.QUERY_KEY,
    "qdrant": qdrant.KEY,
    "weaviate": weaviate.KEY,
    "serp": serpapi.KEY,
}


def name_of(word):
    return f"my_{word}"


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Return service by type, and the outputs of all cells, which one real kernel has run."""
    for part in ("openai", "jinja2", "azure.ai.contentsafety", "azure.search.documents", "qdrant_client"):
        require(part)
    home = tmp_path_factory.mktemp("home")
    with contextlib.ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "PFCONN_HOME"):
            patch.setenv(name, str(home / name))
        patch.setenv("PFCONN_STORE", "local:")
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        services = {word: stack.enter_context(_service(word)) for word in TYPES}
        for word, service in services.items():
            _create(word, service.url)
        notebook = nbformat.v4.new_notebook()
        serp = services["serp"].url
        before = (
            f"from pfconn_jupyter.connections.serp import SerpConnection as S\nS.DEFAULT_ENDPOINT = {serp!r}"
            "\n%load_ext pfconn_jupyter\nwho = 'Ana'\nnear = [1.0, 0.1, 0.0]\n"
            "home = {'must': [{'key': 'kind', 'match': {'value': 'home'}}]}"
        )
        sources = [cell.source.format(name=name_of(word)) for (_, word), cell in TABLE.items()]
        notebook.cells = [nbformat.v4.new_code_cell(s) for s in [before, *sources]]
        NotebookClient(
            notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(home)}}
        ).execute()
        outputs = dict(zip(TABLE, [json.dumps(c.outputs, ensure_ascii=False) for c in notebook.cells[1:]], strict=True))
        yield services, outputs, home


def _service(word):
    special = {
        "cognitive_search": search.SearchService,
        "qdrant": qdrant.QdrantService,
        "weaviate": weaviate.WeaviateService,
        "serp": serpapi.SerpApiService,
    }
    if word in special:
        return special[word]()
    service = Service()
    for path in ("/openai/deployments/m/chat/completions", "/chat/completions", "/v1/chat/completions"):
        service.on(path, Reply(200, answer()))
    for path in ("/openai/deployments/m/embeddings", "/embeddings", "/v1/embeddings"):
        service.on(path, EMBEDDED)
    return service.on("/contentsafety/text:analyze", Reply(200, SAFE))


def _create(word, url):
    cls = connection_type(word)
    if word == "custom":
        pfconn.create(word, name_of(word), configs={"url": url}, secrets={"key": KEY})
        return
    address = {cls.ENDPOINT: url} if cls.ENDPOINT else {}
    pfconn.create(word, name_of(word), api_key=OWN_KEYS.get(word, KEY), **address)


def test_the_table_is_whole():
    assert TABLE.keys() == {(tool.word, word) for tool in TOOLS.values() for word in tool.types}


@pytest.mark.parametrize(("tool", "word"), TABLE, ids=[f"{tool}-{word}" for tool, word in TABLE])
def test_a_cell_of_the_table(executed, tool, word):
    services, outputs, _ = executed
    cell = TABLE[tool, word]
    shown = outputs[tool, word]
    assert [w for w in cell.shown if w not in shown] == []
    if not cell.path:
        return
    (asked,) = [r for r in services[word].received if r.path.replace("%27", "'") == cell.path]
    assert asked.method == ("GET" if tool == "serp_api" else "POST")
    assert {k: v.partition(";")[0] for k, v in asked.headers.items() if k in cell.headers} == cell.headers
    assert {k: v[0] for k, v in asked.query.items()} | cell.query == {k: v[0] for k, v in asked.query.items()}
    if cell.body:
        sent = json.loads(asked.body)
        assert {k: sent.get(k) for k in cell.body} == cell.body


def test_no_key_is_in_any_output(executed):
    _, outputs, home = executed
    assert_clean(KEY, *outputs.values(), home / "IPYTHONDIR")
    # The other stand-ins' keys begin with words that a page may well have.
    assert [key for key in OWN_KEYS.values() if key in "".join(outputs.values())] == []
