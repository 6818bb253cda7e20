"""A stand-in of Azure Key Vault's secrets, for tests. It is a test double, not a vault.

::

    from pfconn_jupyter.testing.keyvault import KeyVaultEmulator

    with KeyVaultEmulator() as vault:
        vault.client("alice").set_secret("a", "1")

In pytest, ``pytest_plugins = ["pfconn_jupyter.testing.keyvault.fixture"]`` gives the fixture
``keyvault``; in a shell, ``python -m pfconn_jupyter.testing.keyvault`` prints what to export.

Who one is, in a process that knows nothing of it: ``environment("alice")`` by the identity endpoint
of App Service, ``secret_environment("app")`` as a service principal by its secret, and
``person_environment()`` as nobody until ``use_code(code, "alice")`` signs a person in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pfconn_jupyter.testing.keyvault.emulator import KeyVaultEmulator

__all__ = ["KeyVaultEmulator"]


def __getattr__(name: str) -> Any:
    # The emulator needs the extra `testing`; its parts can be looked at without.
    if name == "KeyVaultEmulator":
        from pfconn_jupyter.testing.keyvault.emulator import KeyVaultEmulator

        return KeyVaultEmulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
