"""A Foundry project's client, which signs in with Microsoft Entra ID and takes no key."""

from __future__ import annotations

from urllib.parse import urlsplit

from pfconn_jupyter.interop.snippets._about import QUESTION, About, lines, quoted

TYPES = ("azure_openai", "azure_ai_services")
NEEDS = "azure-ai-projects azure-identity"
NOTE = (
    "azure-ai-projects takes no key and creates no connection: it signs in as you. "
    "Put the project's name in; its address stands on the project's overview page."
)


def code(about: About) -> str:
    """Return a call through the project of the connection's resource."""
    resource = (urlsplit(about.described.endpoint).hostname or "YOUR-RESOURCE").partition(".")[0]
    address = f"https://{resource}.services.ai.azure.com/api/projects/YOUR-PROJECT"
    return lines(
        "from azure.ai.projects import AIProjectClient",
        "from azure.identity import DefaultAzureCredential",
        "",
        "project = AIProjectClient(",
        f"    endpoint={quoted(address)},",
        "    credential=DefaultAzureCredential(),",
        ")",
        "client = project.get_openai_client()",
        f'answer = client.responses.create(model={quoted(about.model)}, input="{QUESTION}")',
        "print(answer.output_text)",
    )
