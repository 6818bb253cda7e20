"""The emulator as tests, notebooks and shells use it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.testing.keyvault.clouds import CLOUDS
from pfconn_jupyter.testing.keyvault.credential import EmulatorCredential, forget_challenges
from pfconn_jupyter.testing.keyvault.faults import Fault, How
from pfconn_jupyter.testing.keyvault.host import Host
from pfconn_jupyter.testing.keyvault.identities import TENANT, Directory, Identity
from pfconn_jupyter.testing.keyvault.limits import Wish
from pfconn_jupyter.testing.keyvault.service import Service
from pfconn_jupyter.testing.keyvault.throttle import Throttle
from pfconn_jupyter.testing.keyvault.tokens import Tokens
from pfconn_jupyter.testing.keyvault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from azure.keyvault.secrets import SecretClient


class KeyVaultEmulator:
    """A stand-in of Azure Key Vault's secrets; a context manager.

    It speaks TLS with a CA of its own, on 127.0.0.1 only. It is a test double: what it holds is unprotected.

    Parameters
    ----------
    vault, tenant
        Name of the first vault (`add_vault` adds others); id of the tenant of the identities.
    round_trip, lag
        Seconds that every request takes, and that a deletion or recovery takes to show (really 4 to 6).
    purge_protection, retention_days
        As fixed at the creation of a vault.
    access
        ``rbac`` or ``policy``: how a refusal is worded.
    cloud
        ``public``, ``china`` or ``government``.
    clock, port
        Gives the seconds since 1970; a port of this machine, or 0 for a free one.

    Attributes
    ----------
    requests, faults, throttle
        What was asked, what is to fail, and the limits of the service.
    vault
        The first vault, to look into or change without a request.
    """

    def __init__(
        self,
        vault: str = "contoso",
        *,
        tenant: str = TENANT,
        round_trip: float = 0.0,
        lag: float = 0.0,
        purge_protection: bool = False,
        retention_days: int = 90,
        access: str = "rbac",
        cloud: str = "public",
        clock: Callable[[], float] = time.time,
        port: int = 0,
    ) -> None:
        self._clock, self._cloud = clock, CLOUDS[cloud]
        self._like = {"lag": lag, "purge_protection": purge_protection, "retention_days": retention_days}
        self.tokens = Tokens(Directory(tenant), self._cloud, clock)
        self.throttle = Throttle(clock)
        self.vaults: dict[str, Vault] = {}
        self.vault = self.add_vault(vault)
        self.service = Service(self.vaults, self.tokens, self.throttle)
        self.service.round_trip, self.service.access = round_trip, access
        self.requests, self.faults = self.service.requests, self.service.faults
        self._host = Host(self.service.answer, self.service.plain, self.service.knows, port)
        self._clients: list[SecretClient] = []

    def start(self) -> KeyVaultEmulator:
        """Begin to answer."""
        forget_challenges(self._cloud.url(name) for name in self.vaults)
        self._host.start()
        return self

    def stop(self) -> None:
        """Close the clients and stop to answer; the environment is as it was before `sign_in`."""
        while self._clients:
            self._clients.pop().close()
        self._host.stop()
        forget_challenges(self._cloud.url(name) for name in self.vaults)

    def __enter__(self) -> KeyVaultEmulator:  # noqa: PYI034  nobody derives from it
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The first vault's address, as a client sees it through the proxy."""
        return self._cloud.url(self.vault.name)

    @property
    def address(self) -> str:
        """The first vault's address on this machine, for clients with ``verify_challenge_resource=False``."""
        return f"https://localhost:{self._host.port}"

    @property
    def proxy(self) -> str:
        """The proxy that leads to the vaults, and nowhere else."""
        return self._host.proxy

    @property
    def ca_file(self) -> str:
        """The file with the CA's certificate."""
        return self._host.ca_file

    def environment(self, identity: str = "alice") -> dict[str, str]:
        """Return variables with which a process, unmodified, finds the vaults and is ``identity``."""
        return self._host.environment(self.identity(identity).name)

    def secret_environment(self, name: str) -> dict[str, str]:
        """Return variables with which a process, unmodified, signs in as a service principal by its secret."""
        found = self.identity(name, kind="service_principal")
        return {
            **self._host.way(),
            "AZURE_TENANT_ID": found.tenant,
            "AZURE_CLIENT_ID": found.appid,
            "AZURE_CLIENT_SECRET": found.client_secret,
        }

    def person_environment(self) -> dict[str, str]:
        """Return variables with which a process finds the vaults, and nobody is signed in; see `use_code`."""
        # Of the ways in, only one that nothing here provides: a machine's own identity must not be taken.
        return {**self._host.way(), "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential"}

    def use_code(self, user_code: str, name: str = "alice", *, decline: bool = False) -> None:
        """Sign in as ``name`` with the code that a device shows, as a person does on the page it names.

        Raises
        ------
        KeyError
            No device shows this code.
        """
        code = next((c for c in self.service.login.codes.values() if c.user_code == user_code), None)
        if code is None:
            raise KeyError(user_code)
        code.used_by, code.declined = self.identity(name, kind="user").name, decline

    def sign_in(self, identity: str = "alice") -> None:
        """Put `environment` into this process until the emulator stops; for notebooks."""
        self._host.sign_in(self.identity(identity).name)

    def identity(self, name: str, permissions: tuple[str, ...] | None = None, **about: Any) -> Identity:
        """Return an identity; what is given is set. A new one is a user who may do everything.

        Parameters
        ----------
        name, permissions
            Any word; permissions (``"get"``) or names of roles (``"Key Vault Secrets User"``).
        **about
            ``kind``, ``lifetime``, ``tenant``: see `Directory.get`.
        """
        return self.tokens.directory.get(name, permissions, **about)

    def credential(self, name: str = "alice") -> EmulatorCredential:
        """Return a credential for any Azure SDK client."""
        return EmulatorCredential(self.tokens, self.identity(name))

    def client_options(self) -> dict[str, Any]:
        """Return what a client of `url` needs where the environment does not say it."""
        return {"connection_verify": self.ca_file, "proxies": {"https": self.proxy}}

    def client(self, name: str = "alice", *, vault: str = "", **options: Any) -> SecretClient:
        """Return an unmodified SecretClient that ``name`` uses; it is closed with the emulator."""
        from azure.keyvault.secrets import SecretClient

        url = self._cloud.url(vault or self.vault.name)
        client = SecretClient(url, self.credential(name), **{**self.client_options(), **options})
        self._clients.append(client)
        return client

    def add_vault(self, name: str, **options: Any) -> Vault:
        """Add a vault; ``options`` are those of `Vault`, by default as of the first one."""
        made = self.vaults[name.lower()] = Vault(name.lower(), self._clock, **{**self._like, **options})
        return made

    def written_by_others(
        self, name: str, value: str, *, tags: Mapping[str, str] | None = None, content_type: str | None = None
    ) -> str:
        """Write a version as the portal or a rotation Function does; return its id. It is no request."""
        return self.vault.set(name, value, Wish(content_type=content_type, tags=tags))[1].id

    def fail_next(self, how: How = "status", **about: Any) -> Fault:
        """Let the next request that carries a token fail; ``about`` are fields of `Fault`."""
        return self.faults.add(Fault(how, **about))

    def before_next(self, operation: str, call: Callable[[], object], name: str = "*") -> Fault:
        """Call ``call`` when the next such request has arrived, before it is carried out."""
        return self.faults.add(Fault("call", operation=operation, name=name, call=call))
