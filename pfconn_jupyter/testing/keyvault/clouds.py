"""The clouds: where vaults are, what tokens are for, and who gives them."""

from __future__ import annotations

from typing import NamedTuple


class Cloud(NamedTuple):
    """The names of one cloud."""

    domain: str
    authority: str

    @property
    def resource(self) -> str:
        """What a token must be for."""
        return f"https://{self.domain}"

    def url(self, vault: str) -> str:
        """Return the address of a vault."""
        return f"https://{vault}.{self.domain}"


CLOUDS = {
    "public": Cloud("vault.azure.net", "https://login.microsoftonline.com"),
    "china": Cloud("vault.azure.cn", "https://login.chinacloudapi.cn"),
    "government": Cloud("vault.usgovcloudapi.net", "https://login.microsoftonline.us"),
}
