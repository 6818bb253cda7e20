"""A vault's client and who uses it: every call answers, or raises one of our errors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

from pfconn_jupyter import identity
from pfconn_jupyter.errors import AccessDenied
from pfconn_jupyter.identity import Identity, Remembering
from pfconn_jupyter.stores.keyvault.doing import Doing
from pfconn_jupyter.stores.keyvault.errors import calling
from pfconn_jupyter.stores.keyvault.layout import key_backup_name, owner_of
from pfconn_jupyter.stores.keyvault.pace import Pace
from pfconn_jupyter.stores.to_write import is_to_write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from azure.core.credentials import TokenCredential
    from azure.core.paging import ItemPaged
    from azure.keyvault.secrets import SecretClient

    from pfconn_jupyter.stores.keyvault.vault import Vault

T = TypeVar("T")
THREADS = 16
"""Values read at a time. A few more connections are kept open, for listings: others would be closed after use."""
# Of a single try, and how many there are; the SDK's own 300 s are no time to wait in a notebook.
_CONNECT_SECONDS, _READ_SECONDS = 10, 30
_RETRIES = {"retry_connect": 1, "retry_read": 2}


class Access:
    """One vault, through one client.

    Parameters
    ----------
    client
        An unmodified SecretClient.
    credential
        The one that ``client`` uses; a `Remembering` also learns the vault's tenant.
    """

    def __init__(self, vault: Vault, client: SecretClient, credential: TokenCredential) -> None:
        self.vault, self.client = vault, client
        self.deleting: dict[str, float] = {}
        self.pace = Pace()
        self._learns = isinstance(credential, Remembering)
        self._credential = credential if isinstance(credential, Remembering) else Remembering(credential)

    def call(self, operation: str, what: str, ask: Callable[[], T], secret: str = "") -> T:
        """Return ``ask()``; what it raises is put in words (see `calling`).

        Parameters
        ----------
        operation, what
            As in `Doing`: ``get``, ``list``…, and the connection's name.
        secret
            Name of the secret.
        """
        return calling(
            lambda: Doing(operation, self.vault, self._credential.identity, what, secret, is_to_write()), ask
        )

    def pages(self, what: str, ask: Callable[[], ItemPaged[T]]) -> Iterator[Iterable[T]]:
        """Yield the pages of a list as they come."""
        pages = self.call("list", what, lambda: ask().by_page())
        while (page := self.call("list", what, lambda: _next(pages))) is not None:
            yield page

    def asked(self) -> Identity:
        """Return who made the last request; unknown if the token does not say."""
        if not self._learns:
            return self.who()
        return self._credential.identity

    def who(self) -> Identity:
        """Return who is asking, in the vault's own tenant; asks the vault if nothing was asked before.

        Raises
        ------
        AccessDenied, StoreUnavailable
        """
        if self._learns and not self._credential.identity.object_id:
            self._introduce()
        if not self._credential.identity.object_id:
            self.call("get", "", lambda: identity.me(self._credential, self.vault.token_scope))
        return self._credential.identity

    def owner(self) -> str:
        """Return what private names of this identity carry.

        Raises
        ------
        AccessDenied
            The token does not say who it is for.
        """
        if owner := owner_of(self.who()):
            return owner
        raise AccessDenied(
            "The sign-in does not say who you are (no tid and oid in its token), so nothing can be private to you.",
            "Share it: --shared. Or sign in as a person: %pfconn login, or az login.",
        )

    def _introduce(self) -> None:
        # The vault names its tenant, and a guest is another object in each. Any request will do;
        # this one reads nothing, and may be refused: the token comes first.
        try:
            for _ in self.pages("", lambda: self.client.list_properties_of_secret_versions(key_backup_name("0"))):
                pass
        except AccessDenied:
            if not self._credential.identity.object_id:
                raise


def connect(vault: Vault, credential: TokenCredential, **options: Any) -> Access:
    """Return access to ``vault``. Sends nothing.

    Parameters
    ----------
    options
        For the SecretClient, of tests: the product has none, lest the check of the vault's
        domain, or of certificates, be switched off.
    """
    from azure.keyvault.secrets import SecretClient

    from pfconn_jupyter.stores.keyvault.retry import TellingRetry

    remembering = Remembering(credential)
    verify = {"connection_verify": options.pop("connection_verify")} if "connection_verify" in options else {}
    client = SecretClient(
        vault.url,
        remembering,
        transport=pooled_transport(**verify),
        retry_policy=TellingRetry(**{**_RETRIES, **options}),
        **options,
    )
    return Access(vault, client, remembering)


_open: dict[tuple[str, int, int], Access] = {}


def access_to(vault: Vault) -> Access:
    """Return the process's access to ``vault``: each client signs in anew, which az takes a second for."""
    home = identity.default_authority()
    credential = identity.credential(None if vault.authority == home else vault.authority)
    # A fork must not share the connections of its parent.
    key = (vault.url, id(credential), os.getpid())
    if key not in _open:
        _open[key] = connect(vault, credential)
    return _open[key]


def pooled_transport(**options: Any) -> Any:
    """Return the SDK's own transport with a connection for each of our threads, and our timeouts."""
    from azure.core.pipeline.transport import RequestsTransport
    from requests.adapters import HTTPAdapter

    class Transport(RequestsTransport):  # type: ignore[misc]  # untyped in the SDK
        """The SDK's own, with a connection for each of our threads."""

        def _init_session(self, session: Any) -> None:
            super()._init_session(session)
            inner = session.get_adapter("https://")
            session.mount("https://", HTTPAdapter(THREADS, THREADS + 2, max_retries=inner.max_retries))

    return Transport(connection_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, **options)


def _next(pages: Iterator[Iterable[T]]) -> list[T] | None:
    page = next(pages, None)
    return None if page is None else list(page)
