"""Every form of prompt flow's YAML, and ours: how it is written, our type, what it holds besides its secret."""

from __future__ import annotations

from typing import NamedTuple


class Form(NamedTuple):
    """One way to write a connection; ``{key}`` stands where its secret does."""

    text: str
    type: str
    configs: dict[str, str]


# As prompt flow's documentation and examples write them (promptflow.md 1 and 7).
FORMS = {
    "azure_open_ai": Form(
        """\
type: azure_open_ai
api_key: '{key}'
api_base: https://contoso.openai.azure.com/
api_type: azure
""",
        "azure_openai",
        {"api_base": "https://contoso.openai.azure.com", "api_version": "2024-02-01", "auth_mode": "key"},
    ),
    "azure_open_ai with all": Form(
        """\
type: azure_open_ai
api_key: {key}
api_base: https://contoso.openai.azure.com
api_type: azure
api_version: 2023-07-01-preview
auth_mode: key
resource_id: /subscriptions/1
module: promptflow.connections
""",
        "azure_openai",
        {"api_version": "2023-07-01-preview", "resource_id": "/subscriptions/1"},
    ),
    "azure_open_ai Entra": Form(
        """\
type: azure_open_ai
api_base: https://contoso.openai.azure.com
auth_mode: meid_token
api_key: ''
""",
        "azure_openai",
        {"auth_mode": "meid_token"},
    ),
    "open_ai": Form(
        """\
type: open_ai
api_key: {key}
organization: ''
""",
        "openai",
        {},
    ),
    "open_ai elsewhere": Form(
        """\
type: open_ai
api_key: {key}
organization: org-1
base_url: http://127.0.0.1:8000/v1
""",
        "openai",
        {"organization": "org-1", "base_url": "http://127.0.0.1:8000/v1"},
    ),
    "azure_content_safety": Form(
        """\
type: azure_content_safety
api_key: {key}
endpoint: https://contoso.cognitiveservices.azure.com
api_type: Content Safety
""",
        "azure_content_safety",
        {"endpoint": "https://contoso.cognitiveservices.azure.com", "api_version": "2023-10-01"},
    ),
    "form_recognizer": Form(
        """\
type: form_recognizer
api_key: {key}
endpoint: https://contoso.cognitiveservices.azure.com
api_type: Form Recognizer
""",
        "document_intelligence",
        {"endpoint": "https://contoso.cognitiveservices.azure.com", "api_version": "2023-07-31"},
    ),
    "cognitive_search": Form(
        """\
type: cognitive_search
api_key: {key}
api_base: https://contoso.search.windows.net
api_version: 2023-07-01-Preview
""",
        "cognitive_search",
        {"api_version": "2023-07-01-Preview"},
    ),
    "cognitive_search Entra": Form(
        """\
type: cognitive_search
api_base: https://contoso.search.windows.net
auth_mode: meid_token
""",
        "cognitive_search",
        {"auth_mode": "meid_token", "api_version": "2023-11-01"},
    ),
    "azure_ai_services": Form(
        """\
type: azure_ai_services
api_key: {key}
endpoint: https://contoso.cognitiveservices.azure.com
""",
        "azure_ai_services",
        {"endpoint": "https://contoso.cognitiveservices.azure.com"},
    ),
    "serp": Form(
        """\
type: serp
api_key: {key}
""",
        "serp",
        {},
    ),
    "serverless": Form(
        """\
type: serverless
api_key: {key}
api_base: https://m.eastus.models.ai.azure.com
""",
        "serverless",
        {"api_base": "https://m.eastus.models.ai.azure.com"},
    ),
    "qdrant": Form(
        """\
type: qdrant
api_key: {key}
api_base: https://x.cloud.qdrant.io
""",
        "qdrant",
        {"api_base": "https://x.cloud.qdrant.io"},
    ),
    "weaviate": Form(
        """\
type: weaviate
api_key: {key}
api_base: https://x.weaviate.network
""",
        "weaviate",
        {"api_base": "https://x.weaviate.network"},
    ),
    "custom": Form(
        """\
type: custom
configs:
  endpoint: 'x'
  version: 1.10
  flag: true
secrets:
  api_key: {key}
""",
        "custom",
        {"endpoint": "x", "version": "1.10", "flag": "true"},
    ),
    "custom, secrets only": Form(
        """\
type: custom
secrets:
  api_key: {key}
""",
        "custom",
        {},
    ),
    "strong": Form(
        """\
type: custom
custom_type: MyFirstConnection
module: my_tool_package.connections
package: test-custom-tools
package_version: 0.0.2
configs:
  api_base: x
secrets:
  api_key: {key}
""",
        "custom",
        {
            "api_base": "x",
            "promptflow.connection.custom_type": "MyFirstConnection",
            "promptflow.connection.module": "my_tool_package.connections",
            "promptflow.connection.package": "test-custom-tools",
            "promptflow.connection.package_version": "0.0.2",
        },
    ),
    "ours": Form(
        """\
type: azure_openai
api_key: {key}
endpoint: https://contoso.openai.azure.com
deployment: gpt
api_version: 2024-10-21
""",
        "azure_openai",
        {"deployment": "gpt", "api_version": "2024-10-21"},
    ),
}

# Texts of .env files and what A is in them; tests/peers asks python-dotenv the same.
DOTENV = {
    "A=1": "1",
    "A = 1 ": "1",
    "export A=1": "1",
    "A='a#b c'": "a#b c",
    'A="a\\nb"': "a\nb",
    "A='a\\nb'": "a\\nb",
    "A=a # b": "a",
    "A=a#b": "a#b",
    "A=#b": "#b",
    'A="line 1\nline 2"': "line 1\nline 2",
    "A=": "",
    "A=a=b": "a=b",
    "A='it\\'s'": "it's",
    'A="say \\"x\\""': 'say "x"',
    "B=x\nA=${B}y": "xy",
    "A=${NOPE:-z}": "z",
    "A=${NOPE}": "",
    "A=1\r\nB=2\r\n": "1",
    "# A=0\nA=1": "1",
    "A=1\nA=2": "2",
    "A='ü'": "ü",
}
