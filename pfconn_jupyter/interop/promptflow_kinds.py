"""Prompt flow's connection types beside ours, as data (promptflow 1.18.5; promptflow.md 1)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One type of prompt flow's.

    Attributes
    ----------
    type
        Ours.
    yaml, stored
        Its word in prompt flow's YAML, and in its database; its class is ``stored`` + "Connection".
    configs
        Its fields that are no secrets. Each is called the same here.
    api_version
        What prompt flow uses where a connection says none.
    module
        Where prompt flow has its class.
    """

    type: str
    yaml: str
    stored: str
    configs: tuple[str, ...] = ()
    api_version: str = ""
    module: str = "promptflow.connections"


_VECTORS = "promptflow_vectordb.connections"
KINDS = (
    Kind(
        "azure_openai",
        "azure_open_ai",
        "AzureOpenAI",
        ("api_base", "api_type", "api_version", "auth_mode", "resource_id"),
        "2024-02-01",
    ),
    Kind("openai", "open_ai", "OpenAI", ("organization", "base_url")),
    Kind(
        "azure_content_safety", "azure_content_safety", "AzureContentSafety", ("endpoint", "api_version"), "2023-10-01"
    ),
    Kind("document_intelligence", "form_recognizer", "FormRecognizer", ("endpoint", "api_version"), "2023-07-31"),
    Kind(
        "cognitive_search",
        "cognitive_search",
        "CognitiveSearch",
        ("api_base", "api_version", "auth_mode"),
        "2023-11-01",
    ),
    Kind("azure_ai_services", "azure_ai_services", "AzureAIServices", ("endpoint", "auth_mode")),
    Kind("serp", "serp", "Serp"),
    Kind("serverless", "serverless", "Serverless", ("api_base",)),
    Kind("qdrant", "qdrant", "Qdrant", ("api_base",), module=_VECTORS),
    Kind("weaviate", "weaviate", "Weaviate", ("api_base",), module=_VECTORS),
    Kind("custom", "custom", "Custom"),
)
OLDEST = {"azure_content_safety": "2024-09-01"}
"""The oldest api-version that the service still supports (learn.microsoft.com, content-safety/whats-new)."""
CONTENT_SAFETY_VERSION = "2023-10-01"
"""The only api-version whose answers prompt flow's Content Safety tool can read (its issue 3984)."""


def kind_of(type: str) -> Kind | None:
    """Return prompt flow's type for one of ours, or None."""
    return next((kind for kind in KINDS if kind.type == type), None)
