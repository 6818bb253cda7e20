"""The vendor's own openai SDK, by client(): the key stays fresh, and goes to this host only."""

from __future__ import annotations

from pfconn_jupyter.interop.snippets._about import QUESTION, About, lines, quoted

TYPES = ("azure_openai", "openai", "serverless")
NEEDS = "openai"


def code(about: About) -> str:
    """Return a chat."""
    return lines(
        "import pfconn_jupyter as pfconn",
        "",
        f"conn = {about.get}",
        "client = conn.client()",
        "answer = client.chat.completions.create(",
        f"    model={quoted(about.model)},",
        f'    messages=[{{"role": "user", "content": "{QUESTION}"}}],',
        ")",
        "print(answer.choices[0].message.content)",
    )
