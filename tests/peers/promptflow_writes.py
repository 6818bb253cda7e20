"""Run by the real prompt flow: writes connections of every type; prints what it then reads of them."""

import json
import sys

import promptflow._sdk.entities._connection as entities
from promptflow.client import PFClient
from promptflow.contracts.types import Secret


class MyStrongConnection(entities.CustomStrongTypeConnection):
    api_key: Secret
    api_base: str


KEY = json.load(sys.stdin)
HOST = "https://contoso.cognitiveservices.azure.com"
MADE = [
    entities.AzureOpenAIConnection(
        name="aoai", api_key=KEY, api_base="https://contoso.openai.azure.com", resource_id="/subscriptions/1"
    ),
    entities.AzureOpenAIConnection(
        name="aoai_old", api_key=KEY, api_base="https://contoso.openai.azure.com", api_version="2023-07-01-preview"
    ),
    entities.AzureOpenAIConnection(
        name="aoai entra", api_base="https://contoso.openai.azure.com", auth_mode="meid_token"
    ),
    entities.OpenAIConnection(name="oai", api_key=KEY, organization="org-1"),
    entities.OpenAIConnection(name="vllm", api_key=KEY, base_url="http://127.0.0.1:8000/v1"),
    entities.AzureContentSafetyConnection(name="acs", api_key=KEY, endpoint=HOST),
    entities.FormRecognizerConnection(name="forms", api_key=KEY, endpoint=HOST),
    entities.CognitiveSearchConnection(name="search", api_key=KEY, api_base="https://contoso.search.windows.net"),
    entities.CognitiveSearchConnection(
        name="search_entra", api_base="https://contoso.search.windows.net", auth_mode="meid_token"
    ),
    entities.AzureAIServicesConnection(name="services", api_key=KEY, endpoint=HOST),
    entities.AzureAIServicesConnection(name="services_entra", endpoint=HOST, auth_mode="meid_token"),
    entities.SerpConnection(name="serp", api_key=KEY),
    entities.ServerlessConnection(name="serverless", api_key=KEY, api_base="https://m.eastus.models.ai.azure.com"),
    entities.QdrantConnection(name="qdrant", api_key=KEY, api_base="https://x.cloud.qdrant.io"),
    entities.WeaviateConnection(name="weaviate", api_key=KEY, api_base="https://x.weaviate.network"),
    entities.CustomConnection(
        name="custom", configs={"region": "westeurope", "größe": "ü"}, secrets={"pw": KEY, "token": KEY + "2"}
    ),
    MyStrongConnection(name="strong", configs={"api_base": "https://x.example"}, secrets={"api_key": KEY}),
    entities.CustomConnection(name="reference", configs={}, secrets={"k": "${env:PEER_KEY}"}),
    entities.SerpConnection(name="placeholder", api_key="<to-be-replaced>"),
]
connections = PFClient().connections
for each in MADE:
    connections.create_or_update(each)
told = {}
for name in [m.name for m in MADE]:
    read = connections.get(name, with_secrets=True)
    told[name] = {"type": read.type, "configs": dict(read.configs), "secrets": dict(read.secrets)}
print(json.dumps(told))
