"""The settings of a deployed app: its variables, and where it finds the secret."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pfconn_jupyter.interop.snippets._about import About


def plain(about: About) -> list[str]:
    """Return ``NAME=value`` of all configs that SDKs read, quoted for a shell."""
    described = about.described
    asks = described.cls.asks()
    configs = {described.cls.ENDPOINT: described.endpoint} | dict(described.configs)
    return [
        shlex.quote(f"{asks[field].env[0]}={value}")
        for field, value in configs.items()
        if field in asks and asks[field].env
    ]


def secret(about: About) -> tuple[str, str] | None:
    """Return the variable of the secret and the URL at which the vault keeps it; None if it signs in without one.

    Raises
    ------
    NotSupported
        The store is no vault, or its value is not an ordinary secret.
    """
    if about.entra:
        return None
    (field,) = described_secrets(about)
    ask = about.described.cls.asks()[field]
    return ask.env[0] if ask.env else field.upper(), about.reference()


def described_secrets(about: About) -> tuple[str, ...]:
    """Return the one secret field; asks the store first, which says why there cannot be more."""
    if len(about.described.secrets) != 1 or about.described.custom:
        about.reference()
    return about.described.secrets[:1]


ENTRA = "# No key: give the app's managed identity the role that you have on the service."
