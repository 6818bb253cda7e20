"""The request that %pfconn test sends, by curl; the key goes through a pipe, not on a command line."""

from __future__ import annotations

from pfconn_jupyter.interop.snippets._about import ENTRA_SCOPE, About, lines

TYPES = ("azure_openai", "openai")
NEEDS = ""
_HEADERS = {
    "azure_openai": "api-key: {conn.api_key.reveal()}",
    "openai": "Authorization: Bearer {conn.api_key.reveal()}",
}
_TOKEN = "Authorization: Bearer {token}"  # noqa: S105  # a header
_PATHS = {"azure_openai": "/openai/v1/models", "openai": "/models"}


def code(about: About) -> str:
    """Return the call; the answer is the list of models."""
    type = about.described.record.type
    header = _TOKEN if about.entra else _HEADERS[type]
    sign_in = [f'token = DefaultAzureCredential().get_token("{ENTRA_SCOPE}").token'] if about.entra else []
    return lines(
        "import subprocess",
        "",
        "import pfconn_jupyter as pfconn",
        *(["from azure.identity import DefaultAzureCredential"] if about.entra else []),
        "",
        f"conn = {about.get}",
        *sign_in,
        "# Every process of this machine can read a command line; a pipe is curl's alone.",
        "answer = subprocess.run(",
        f'    ["curl", "--silent", "--show-error", "--config", "-", f"{{conn.endpoint_url}}{_PATHS[type]}"],',
        f"    input=f'header = \"{header}\"\\n',",
        "    capture_output=True,",
        "    text=True,",
        "    check=False,",
        ")",
        "print(answer.stdout or answer.stderr)",
    )
