"""How each connection type stands in Azure Resource Manager, as data. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pfconn_jupyter.connections.registry import type_name

CUSTOM_KEYS = "CustomKeys"
FLOW = "azureml.flow."
"""Metadata of prompt flow's own begins so: ``azureml.flow.connection_type`` and ``azureml.flow.module``."""
OURS = "pfconn."
"""Metadata of fields that Azure Resource Manager and prompt flow do not have begins so: ``pfconn.deployment``."""
_KEYS = {
    "api_type": "ApiType",
    "api_version": "ApiVersion",
    "resource_id": "ResourceId",
    "organization": "organization",
}
"""Field to its key in the metadata."""


@dataclass(frozen=True)
class Form:
    """What one type looks like there (promptflow-core 1.18.5, the workspace connection provider).

    Attributes
    ----------
    type
        Our name of it.
    flow
        Prompt flow's name of it, in ``azureml.flow.connection_type``.
    category
        `CUSTOM_KEYS` for the types that have none of their own.
    target
        The field that is the target, or ``""``.
    kind
        What ``Kind`` in the metadata says, where a category has several.
    version
        The api-version that prompt flow uses where the metadata names none.
    entra
        True if it can sign in with Microsoft Entra ID.
    fields
        Configs, other than the target, that prompt flow knows.
    module
        In ``azureml.flow.module``.
    """

    type: str
    flow: str
    category: str
    target: str = ""
    kind: str = ""
    version: str = ""
    entra: bool = False
    fields: tuple[str, ...] = ()
    module: str = "promptflow.connections"


_VERSIONED = ("api_version",)
_VECTORS = "promptflow_vectordb.connections"
FORMS = (
    Form(
        "azure_openai",
        "AzureOpenAI",
        "AzureOpenAI",
        "api_base",
        version="2024-02-01",
        entra=True,
        fields=("api_type", "api_version", "resource_id"),
    ),
    Form("openai", "OpenAI", "OpenAI", "base_url", fields=("organization",)),
    Form(
        "cognitive_search",
        "CognitiveSearch",
        "CognitiveSearch",
        "api_base",
        version="2023-11-01",
        entra=True,
        fields=_VERSIONED,
    ),
    Form(
        "azure_content_safety",
        "AzureContentSafety",
        "CognitiveService",
        "endpoint",
        "Content Safety",
        "2023-10-01",
        entra=True,
        fields=_VERSIONED,
    ),
    Form(
        "document_intelligence",
        "FormRecognizer",
        "CognitiveService",
        "endpoint",
        "Form Recognizer",
        "2023-07-31",
        entra=True,
        fields=_VERSIONED,
    ),
    Form("azure_ai_services", "AzureAIServices", "AIServices", "endpoint", entra=True),
    Form("serp", "Serp", "Serp"),
    Form("serverless", "Serverless", "Serverless", "api_base"),
    Form("qdrant", "Qdrant", CUSTOM_KEYS, "api_base", module=_VECTORS),
    Form("weaviate", "Weaviate", CUSTOM_KEYS, "api_base", module=_VECTORS),
    Form("custom", "Custom", CUSTOM_KEYS),
)
_BY_TYPE = {form.type: form for form in FORMS}
_BY_FLOW = {form.flow.lower(): form for form in FORMS}


def key_of(name: str) -> str:
    """Return what the metadata calls a config."""
    return _KEYS.get(name, name)


def form_of_type(type: str) -> Form:
    """Return the form of one of our types; a plug-in's is kept as custom keys under its own name."""
    return _BY_TYPE.get(type) or Form(type, type, CUSTOM_KEYS)


def form_named(word: str) -> Form | None:
    """Return the form that ``azureml.flow.connection_type`` means, or None."""
    wanted = word.strip()
    if wanted.lower().endswith("connection"):
        wanted = wanted[: -len("connection")]
    if found := _BY_FLOW.get(wanted.lower()):
        return found
    type = type_name(wanted)
    return form_of_type(type) if type else None


def form_of_category(category: str, kind: str) -> Form | None:
    """Return the form of a category and, where it has several, of a kind; or None. In any case of letters."""
    fits = [form for form in FORMS if form.category.lower() == category.lower()]
    if category.lower() == CUSTOM_KEYS.lower():
        return _BY_TYPE["custom"]
    return next((form for form in fits if form.kind.lower() in ("", kind.lower())), None)
