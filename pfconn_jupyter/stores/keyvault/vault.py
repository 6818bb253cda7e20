"""Which vault an address means. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pfconn_jupyter.errors import StoreUnavailable
from pfconn_jupyter.identity import default_authority

PUBLIC = ".vault.azure.net"
# Ending of a vault's host to the authority that signs people in to that cloud.
CLOUDS = {
    PUBLIC: "login.microsoftonline.com",
    ".vault.azure.cn": "login.chinacloudapi.cn",
    ".vault.usgovcloudapi.net": "login.microsoftonline.us",
}
WORKSPACE = "@workspace"
"""In place of a vault's name: the vault of the Azure ML workspace here."""
_NAME = re.compile(r"(?=.{3,24}$)[a-z](-?[a-z0-9])*", re.IGNORECASE)
_EXAMPLE = "keyvault:contoso-kv, or https://contoso-kv.vault.azure.net"


@dataclass(frozen=True)
class Vault:
    """A vault.

    Attributes
    ----------
    name
        ``contoso-kv``.
    url
        ``https://contoso-kv.vault.azure.net``: lower case, without a slash at the end.
    """

    name: str
    url: str

    @property
    def address(self) -> str:
        """As ``%pfconn store`` takes it; a vault of another cloud is told by its URL."""
        return f"keyvault:{self.name}" if self.url == f"https://{self.name}{PUBLIC}" else self.url

    @property
    def cloud(self) -> str:
        """The ending of its host, ``.vault.azure.net`` for hosts outside every cloud."""
        return next((ending for ending in CLOUDS if self.url.endswith(ending)), PUBLIC)

    @property
    def authority(self) -> str:
        """The host that signs people in to its cloud."""
        return CLOUDS[self.cloud]

    @property
    def token_scope(self) -> str:
        """What a token for it is asked for."""
        return token_scope(self.cloud)


def token_scope(cloud: str) -> str:
    """Return what a token for the vaults of a cloud is asked for."""
    return f"https://{cloud[1:]}/.default"


def cloud_of(address: str) -> str:
    """Return the ending of the vaults' hosts in the cloud that ``address`` names, or that is the default."""
    return next((ending for ending in CLOUDS if ending in address.lower()), _default_cloud())


def vault_of(text: str) -> Vault:
    """Return the vault of ``text``: its name, or its URL.

    Raises
    ------
    StoreUnavailable
        It is neither.
    """
    text = text.strip()
    if text.startswith("@"):
        raise _no_vault(text, f"of those with @ there is {WORKSPACE} only, the vault of the Azure ML workspace here")
    if "." not in text and "/" not in text:
        return _vault(text, _default_cloud(), text)
    return _from_url(text)


def _from_url(text: str) -> Vault:
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _no_vault(text, "it is no URL") from None
    if parts.scheme not in ("", "https"):
        raise _no_vault(text, "a vault is only reached by https")
    name, dot, ending = host.partition(".")
    if dot + ending not in CLOUDS:
        raise _no_vault(text, f"its host must end with {' or '.join(CLOUDS)}")
    if port not in (None, 443) or parts.username or parts.query or parts.path.strip("/"):
        raise _no_vault(text, "only the vault's own address, nothing after it")
    return _vault(name, dot + ending, text)


def _vault(name: str, cloud: str, text: str) -> Vault:
    if not _NAME.fullmatch(name):
        rule = "a vault's name has 3 to 24 letters, digits and single '-', and begins with a letter"
        raise _no_vault(text, rule)
    return Vault(name.lower(), f"https://{name.lower()}{cloud}")


def _default_cloud() -> str:
    """Return the cloud that AZURE_AUTHORITY_HOST signs in to, else the public one."""
    home = default_authority()
    return next((ending for ending, authority in CLOUDS.items() if authority == home), PUBLIC)


def _no_vault(text: str, why: str) -> StoreUnavailable:
    shown = text if len(text) <= 80 else f"{text[:80]}…"
    return StoreUnavailable(f"{shown!r} is no address of a Key Vault: {why}.", f"Write it as {_EXAMPLE}.")
