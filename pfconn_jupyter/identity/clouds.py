"""Azure's clouds: who signs in to each, and where its Azure Resource Manager is."""

from __future__ import annotations

import os

MANAGERS = {
    "login.microsoftonline.com": "https://management.azure.com",
    "login.chinacloudapi.cn": "https://management.chinacloudapi.cn",
    "login.microsoftonline.us": "https://management.usgovcloudapi.net",
}
"""Host that signs in to a cloud, to its Azure Resource Manager."""


def default_authority() -> str:
    """Return the host that signs in where none is named: ``AZURE_AUTHORITY_HOST``, else the public cloud's."""
    named = os.environ.get("AZURE_AUTHORITY_HOST", "").lower().removeprefix("https://").strip("/")
    return named or "login.microsoftonline.com"


def resource_manager() -> str:
    """Return the address of Azure Resource Manager in the cloud of `default_authority`, the public one if unknown."""
    return MANAGERS.get(default_authority()) or MANAGERS["login.microsoftonline.com"]
