"""Microsoft Agent Framework, which prompt flow's users are told to move to."""

from __future__ import annotations

from pfconn_jupyter.interop.snippets._about import QUESTION, About, call, lines, quoted

TYPES = ("azure_openai", "openai")
NEEDS = "agent-framework-openai"
# A plain text would stand in the frames of an error of its constructor (%xmode Verbose).
_KEY = "SecretString(conn.api_key.reveal())"


def code(about: About) -> str:
    """Return an agent that answers once; its address is said, since a stray OPENAI_API_KEY would lead it elsewhere."""
    sign_in = ["from azure.identity import DefaultAzureCredential"] if about.entra else []
    arguments = _azure(about) if about.described.record.type == "azure_openai" else _openai(about)
    return lines(
        "import pfconn_jupyter as pfconn",
        f"from agent_framework import Agent{'' if about.entra else ', SecretString'}",
        "from agent_framework.openai import OpenAIChatCompletionClient",
        *sign_in,
        "",
        f"conn = {about.get}",
        f"client = {call('OpenAIChatCompletionClient', **arguments)}",
        'agent = Agent(client=client, instructions="Answer briefly.")',
        f'print(await agent.run("{QUESTION}"))',
    )


def _azure(about: About) -> dict[str, str]:
    key = {"api_key": _KEY}
    return {
        "model": quoted(about.model),
        "azure_endpoint": "conn.api_base",
        "api_version": "conn.api_version",
        **({"credential": "DefaultAzureCredential()"} if about.entra else key),
    }


def _openai(about: About) -> dict[str, str]:
    return {
        "model": quoted(about.model),
        "base_url": "conn.endpoint_url",
        "org_id": "conn.organization",
        "api_key": _KEY,
    }
