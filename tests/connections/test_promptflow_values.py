"""What prompt flow writes for each of its types is accepted, and nothing of it is lost silently."""

from __future__ import annotations

import pytest

from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.spec import from_yaml

KEY = "k3y-0123456789"
# The fields of promptflow 1.18.5's schemas, with its own default versions: facts, not its files.
YAMLS = {
    "azure_open_ai": (
        "azure_openai",
        "api_base: https://c.openai.azure.com\napi_type: azure\napi_version: 2024-02-01\nauth_mode: key",
        {"api_base": "https://c.openai.azure.com", "api_version": "2024-02-01", "api_type": "azure"},
    ),
    "open_ai": ("openai", "organization: org-1\nbase_url: ''", {"organization": "org-1"}),
    "azure_content_safety": (
        "azure_content_safety",
        "endpoint: https://c.cognitiveservices.azure.com\napi_version: '2023-10-01'\napi_type: Content Safety",
        {"endpoint": "https://c.cognitiveservices.azure.com", "api_version": "2023-10-01"},
    ),
    "form_recognizer": (
        "document_intelligence",
        "endpoint: https://c.cognitiveservices.azure.com\napi_version: '2023-07-31'\napi_type: Form Recognizer",
        {"endpoint": "https://c.cognitiveservices.azure.com", "api_version": "2023-07-31"},
    ),
    "cognitive_search": (
        "cognitive_search",
        "api_base: https://c.search.windows.net\napi_version: '2023-11-01'\nauth_mode: key",
        {"api_base": "https://c.search.windows.net", "api_version": "2023-11-01"},
    ),
    "azure_ai_services": (
        "azure_ai_services",
        "endpoint: https://c.services.ai.azure.com/\nauth_mode: key",
        {"endpoint": "https://c.services.ai.azure.com"},
    ),
    "serp": ("serp", "", {}),
    "serverless": (
        "serverless",
        "api_base: https://c.eastus2.models.ai.azure.com",
        {"api_base": "https://c.eastus2.models.ai.azure.com"},
    ),
    "qdrant": ("qdrant", "api_base: https://c.cloud.qdrant.io", {"api_base": "https://c.cloud.qdrant.io"}),
    "weaviate": ("weaviate", "api_base: https://c.weaviate.network", {"api_base": "https://c.weaviate.network"}),
}


@pytest.mark.parametrize("word", YAMLS)
def test_the_yaml_of_each_type(word: str) -> None:
    name, lines, expected = YAMLS[word]
    spec = from_yaml(f"name: mine\ntype: {word}\nmodule: promptflow.connections\napi_key: {KEY}\n{lines}\n", "a.yml")
    assert spec.literal_secrets == ["api_key"]
    told: list[str] = []
    made = build(connection_type(spec.type), spec.fields, told.append)
    assert name == made.TYPE
    assert made.secrets["api_key"].reveal() == KEY
    assert expected.items() <= made.configs.items()
    assert [text for text in told if "left out" in text] == [
        f"api_type is left out: it is {always} for every {made.LABEL} connection." for always in made.IMPLIED.values()
    ]
