"""A secret and variables of a container app: it reads the key from the vault and needs no pfconn."""

from __future__ import annotations

import shlex

from pfconn_jupyter.connections.names import fold
from pfconn_jupyter.interop.snippets import _settings
from pfconn_jupyter.interop.snippets._about import About, lines

TYPES = ()
NEEDS = ""
# learn.microsoft.com/azure/container-apps/manage-secrets
NOTE = (
    "A rotated key arrives within 30 minutes; revisions that use it are then restarted. "
    "The app needs its managed identity, with the role Key Vault Secrets User on the vault."
)
_APP = "--name YOUR-APP --resource-group YOUR-GROUP"


def code(about: About) -> str:
    """Return the az commands."""
    found = _settings.secret(about)
    settings = _settings.plain(about)
    commands = [_settings.ENTRA]
    if found:
        name, url = found
        secret = f"{fold(about.described.name)}-key"
        settings.append(shlex.quote(f"{name}=secretref:{secret}"))
        reference = shlex.quote(f"{secret}=keyvaultref:{url},identityref:system")
        commands = [f"az containerapp secret set {_APP} --secrets \\\n  {reference}"]
    return lines(
        "%%bash",
        *commands,
        f"az containerapp update {_APP} --set-env-vars \\",
        " \\\n".join(f"  {setting}" for setting in settings),
    )
