"""Workspace connections as the service tells them, one for each category and auth type, and what they are to us.

The shapes are those that promptflow-core 1.18.5 reads and azure-ai-ml 1.35.2 writes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

KEY = "wsc-Zk7q0W-e5R_t1Y2u9I4o8P3a6S"
SECOND = "wsc-second-7f3A9c1E5b2D8g4H"
AOAI = "https://contoso.openai.azure.com"
SEARCH = "https://contoso.search.windows.net"
SERVICE = "https://contoso.cognitiveservices.azure.com"
RESOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/contoso"
FLOW_CUSTOM = {"azureml.flow.connection_type": "Custom", "azureml.flow.module": "promptflow.connections"}


class Sample(NamedTuple):
    """One connection: what the service says, and what is read of it.

    ``peer`` is False where promptflow-core cannot read it.
    """

    properties: dict[str, Any]
    type: str
    configs: dict[str, str]
    secrets: dict[str, str]
    peer: bool = True


def _keyed(category: str, target: str, metadata: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "authType": "ApiKey",
        "category": category,
        "credentials": {"key": KEY},
        "isSharedToAll": True,
        "metadata": metadata or {},
        "target": target,
        **more,
    }


def _entra(category: str, target: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return _keyed(category, target, metadata, authType="AAD", credentials=None)


def _custom(metadata: dict[str, Any], keys: dict[str, str], **more: Any) -> dict[str, Any]:
    told = _keyed("CustomKeys", "_", metadata, authType="CustomKeys", credentials={"keys": keys})
    return {**told, **more}


API_KEY = {"api_key": KEY}
SAMPLES = {
    "aoai-key": Sample(
        _keyed("AzureOpenAI", AOAI, {"ApiType": "azure", "ApiVersion": "2023-07-01-preview", "ResourceId": RESOURCE}),
        "azure_openai",
        {
            "api_base": AOAI,
            "auth_mode": "key",
            "api_type": "azure",
            "api_version": "2023-07-01-preview",
            "resource_id": RESOURCE,
        },
        API_KEY,
    ),
    "aoai-entra": Sample(
        _entra("AzureOpenAI", AOAI, {"ApiType": "azure", "ApiVersion": "2024-06-01"}),
        "azure_openai",
        {"api_base": AOAI, "auth_mode": "meid_token", "api_type": "azure", "api_version": "2024-06-01"},
        {},
    ),
    # The category and the keys of the metadata come in any case; nothing is said of the version.
    "aoai-by-az": Sample(
        _keyed("AzureOpenAi", AOAI + "/", {"apitype": "Azure"}, isSharedToAll=False),
        "azure_openai",
        {"api_base": AOAI, "auth_mode": "key", "api_type": "azure", "api_version": "2024-02-01"},
        API_KEY,
        peer=False,
    ),
    "aoai-legacy": Sample(
        _custom(
            {
                "azureml.flow.connection_type": "AzureOpenAI",
                "azureml.flow.module": "promptflow.connections",
                "api_base": AOAI,
                "api_type": "azure",
                "api_version": "2023-07-01-preview",
            },
            API_KEY,
        ),
        "azure_openai",
        {"api_base": AOAI, "auth_mode": "key", "api_type": "azure", "api_version": "2023-07-01-preview"},
        API_KEY,
    ),
    "openai-key": Sample(
        _keyed("OpenAI", "_", {"azureml.flow.connection_type": "OpenAI", "organization": "org-1"}),
        "openai",
        {"organization": "org-1"},
        API_KEY,
    ),
    "openai-like": Sample(
        _keyed("OpenAI", "https://llm.contoso.com/v1"), "openai", {"base_url": "https://llm.contoso.com/v1"}, API_KEY
    ),
    "search-key": Sample(
        _keyed("CognitiveSearch", SEARCH, {"ApiVersion": "2024-07-01"}),
        "cognitive_search",
        {"api_base": SEARCH, "auth_mode": "key", "api_version": "2024-07-01"},
        API_KEY,
    ),
    "search-entra": Sample(
        _entra("CognitiveSearch", SEARCH),
        "cognitive_search",
        {"api_base": SEARCH, "auth_mode": "meid_token", "api_version": "2023-11-01"},
        {},
    ),
    "safety-key": Sample(
        _keyed("CognitiveService", SERVICE, {"Kind": "Content Safety", "ApiVersion": "2023-10-01"}),
        "azure_content_safety",
        {"endpoint": SERVICE, "auth_mode": "key", "api_version": "2023-10-01"},
        API_KEY,
    ),
    "safety-no-version": Sample(
        _keyed("CognitiveService", SERVICE, {"kind": "Content Safety"}),
        "azure_content_safety",
        {"endpoint": SERVICE, "auth_mode": "key", "api_version": "2023-10-01"},
        API_KEY,
    ),
    "forms-key": Sample(
        _keyed("CognitiveService", SERVICE, {"Kind": "Form Recognizer"}),
        "document_intelligence",
        {"endpoint": SERVICE, "auth_mode": "key", "api_version": "2023-07-31"},
        API_KEY,
    ),
    "services-key": Sample(
        _keyed("AIServices", SERVICE, {"ResourceId": RESOURCE}),
        "azure_ai_services",
        {"endpoint": SERVICE, "auth_mode": "key"},
        API_KEY,
    ),
    "services-entra": Sample(
        _entra("AIServices", SERVICE), "azure_ai_services", {"endpoint": SERVICE, "auth_mode": "meid_token"}, {}
    ),
    "serp-key": Sample(_keyed("Serp", "_"), "serp", {}, API_KEY),
    "serverless-key": Sample(
        _keyed("Serverless", "https://m.eastus.models.ai.azure.com"),
        "serverless",
        {"api_base": "https://m.eastus.models.ai.azure.com"},
        API_KEY,
    ),
    "custom-keys": Sample(
        _custom({**FLOW_CUSTOM, "region": "westeurope", "url": "https://x.example"}, {"token": KEY, "second": SECOND}),
        "custom",
        {"region": "westeurope", "url": "https://x.example"},
        {"token": KEY, "second": SECOND},
    ),
    "custom-plain": Sample(_custom({"a": "b"}, {"token": KEY}), "custom", {"a": "b"}, {"token": KEY}),
    "custom-strong": Sample(
        _custom(
            {
                **FLOW_CUSTOM,
                "promptflow.connection.custom_type": "MyCustomConnection",
                "promptflow.connection.module": "my_tools.connections",
                "promptflow.connection.package": "my-tools",
                "promptflow.connection.package_version": "0.0.2",
                "api_base": "https://x.example",
            },
            {"api_key": KEY},
        ),
        "custom",
        {
            "promptflow.connection.custom_type": "MyCustomConnection",
            "promptflow.connection.module": "my_tools.connections",
            "promptflow.connection.package": "my-tools",
            "promptflow.connection.package_version": "0.0.2",
            "api_base": "https://x.example",
        },
        API_KEY,
    ),
    "custom-by-az": Sample(_keyed("CustomKeys", "_", {"a": "b"}), "custom", {"a": "b"}, {"key": KEY}, peer=False),
    "qdrant-legacy": Sample(
        _custom(
            {
                "azureml.flow.connection_type": "QdrantConnection",
                "azureml.flow.module": "promptflow_vectordb.connections",
                "api_base": "https://q.cloud.qdrant.io",
            },
            API_KEY,
        ),
        "qdrant",
        {"api_base": "https://q.cloud.qdrant.io"},
        API_KEY,
    ),
    "weaviate-legacy": Sample(
        _custom(
            {
                "azureml.flow.connection_type": "Weaviate",
                "azureml.flow.module": "promptflow_vectordb.connections",
                "api_base": "https://w.weaviate.network",
            },
            API_KEY,
        ),
        "weaviate",
        {"api_base": "https://w.weaviate.network"},
        API_KEY,
    ),
}
UNUSABLE = {
    "bing": (_keyed("BingLLMSearch", "https://api.bing.microsoft.com"), "BingLLMSearch", "BingLLMSearch"),
    "speech": (_keyed("CognitiveService", SERVICE, {"Kind": "Speech"}), "CognitiveService (Speech)", "Speech"),
    "no-kind": (_keyed("CognitiveService", SERVICE), "CognitiveService", "CognitiveService"),
    "api-key": (_keyed("ApiKey", "https://x.example"), "ApiKey", "ApiKey"),
    "fabric": ({"category": "MicrosoftFabric", "authType": "OAuth2"}, "MicrosoftFabric", "MicrosoftFabric"),
    "pinecone": (_custom({"azureml.flow.connection_type": "Pinecone"}, API_KEY), "Pinecone", "Pinecone"),
    "aoai-identity": (_keyed("AzureOpenAI", AOAI, authType="ManagedIdentity"), "azure_openai", "ManagedIdentity"),
    "openai-entra": (_entra("OpenAI", "_"), "openai", "Microsoft Entra ID"),
    "empty": ({}, "nothing", "No connection type"),
}
"""What cannot be used here: properties, the type that is listed, and a word of its problem."""
