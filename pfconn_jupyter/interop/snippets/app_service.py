"""Settings of a web app or function: it reads the key from the vault and needs no pfconn."""

from __future__ import annotations

import shlex

from pfconn_jupyter.interop.snippets import _settings
from pfconn_jupyter.interop.snippets._about import About, lines

TYPES = ()
NEEDS = ""
# learn.microsoft.com/azure/app-service/app-service-key-vault-references
NOTE = (
    "A rotated key arrives within 24 hours, or at once after a restart that changes a setting. "
    "The app needs a managed identity with the role Key Vault Secrets User on the vault."
)


def code(about: About) -> str:
    """Return the az command."""
    found = _settings.secret(about)
    settings = _settings.plain(about)
    if found:
        name, url = found
        settings.append(shlex.quote(f"{name}=@Microsoft.KeyVault(SecretUri={url})"))
    return lines(
        "%%bash",
        *([] if found else [_settings.ENTRA]),
        "az webapp config appsettings set --name YOUR-APP --resource-group YOUR-GROUP --settings \\",
        " \\\n".join(f"  {setting}" for setting in settings),
    )
