"""LangChain's chat models of langchain-openai."""

from __future__ import annotations

from pfconn_jupyter.interop.snippets._about import ENTRA_SCOPE, QUESTION, About, call, lines, quoted

TYPES = ("azure_openai", "openai")
NEEDS = "langchain-openai"
# A plain text would stand in the frames of an error of its constructor (%xmode Verbose).
_KEY = "SecretStr(conn.api_key.reveal())"


def code(about: About) -> str:
    """Return a chat."""
    azure = about.described.record.type == "azure_openai"
    arguments = _azure(about) if azure else _openai(about)
    model = "AzureChatOpenAI" if azure else "ChatOpenAI"
    imports = [f"from langchain_openai import {model}"]
    provider = []
    if not about.entra:
        imports.append("from pydantic import SecretStr")
    else:
        imports.insert(0, "from azure.identity import DefaultAzureCredential, get_bearer_token_provider")
        provider = [f'token = get_bearer_token_provider(DefaultAzureCredential(), "{ENTRA_SCOPE}")']
    return lines(
        "import pfconn_jupyter as pfconn",
        *imports,
        "",
        f"conn = {about.get}",
        *provider,
        f"chat = {call(model, **arguments)}",
        f'print(chat.invoke("{QUESTION}").content)',
    )


def _azure(about: About) -> dict[str, str]:
    key = {"api_key": _KEY}
    return {
        "azure_endpoint": "conn.api_base",
        "api_version": "conn.api_version",
        "azure_deployment": quoted(about.model),
        **({"azure_ad_token_provider": "token"} if about.entra else key),
        # LangChain prefers a stray AZURE_OPENAI_AD_TOKEN to what it is given (langchain-openai 1.7.4).
        "azure_ad_token": "None",
    }


def _openai(about: About) -> dict[str, str]:
    # Said explicitly: a stray OPENAI_BASE_URL or OPENAI_ORG_ID would be used otherwise.
    return {
        "model": quoted(about.model),
        "base_url": "conn.endpoint_url",
        "organization": "conn.organization",
        "api_key": _KEY,
    }
