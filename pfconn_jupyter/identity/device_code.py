"""Signs a person in by a device code: for machines where no browser can come back to the kernel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import PfconnError, UsageProblem
from pfconn_jupyter.identity import credentials
from pfconn_jupyter.identity.clouds import default_authority
from pfconn_jupyter.identity.holder import PERSON, Identity, identity_of
from pfconn_jupyter.identity.refusals import expired, refused
from pfconn_jupyter.quiet import sign_in_quiet

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from azure.core.credentials import AccessToken
    from azure.identity import DeviceCodeCredential


@dataclass(frozen=True)
class DeviceCode:
    """What a person needs to sign in.

    Attributes
    ----------
    link
        The page that asks for the code.
    expires
        UTC.
    """

    link: str
    code: str = field(repr=False)
    expires: datetime


class SignedIn:
    """A person's credential after the code was used: gives tokens, and never asks."""

    def __init__(self, credential: DeviceCodeCredential, authority: str) -> None:
        self._credential, self._authority = credential, authority

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """Return a token; see `azure.core.credentials.TokenCredential`.

        Raises
        ------
        AccessDenied
            The sign-in has expired, or does not do for this tenant.
        """
        from azure.core.exceptions import ClientAuthenticationError

        # azure.identity keeps tokens with continuous evaluation apart, behind a sign-in of their own.
        options = {**options, "enable_cae": False}
        try:
            with sign_in_quiet:
                return self._credential.get_token(*scopes, **options)
        except ClientAuthenticationError as error:
            told = expired(error, self._authority, options.get("tenant_id"))
        raise told


def sign_in(
    show: Callable[[DeviceCode], None],
    scope: str,
    *,
    tenant: str | None = None,
    authority: str | None = None,
) -> Identity:
    """Sign a person in and make that the process's credential; returns when they have done so.

    Parameters
    ----------
    show
        Gets the code, at once.
    scope
        What the first token is for; others follow without a code.
    tenant
        Id or domain of the directory; that of the account by default.
    authority
        Host that signs in to the cloud in question; as `credentials.credential`.

    Raises
    ------
    AccessDenied
        The person declined, let the code expire, or is not allowed to.
    StoreUnavailable
        There is no way to Entra ID.
    UsageProblem
        ``tenant`` is none.
    """
    from azure.core.exceptions import ClientAuthenticationError

    home = authority or default_authority()

    def prompt(link: str, code: str, expires: datetime) -> None:
        show(DeviceCode(link, code, expires))

    try:
        credential = credentials.device_code_credential(prompt, home, tenant)
    except ValueError:
        raise UsageProblem(
            "--tenant takes a tenant's id or its domain.", "For example --tenant contoso.onmicrosoft.com."
        ) from None
    told: PfconnError
    try:
        with sign_in_quiet:
            record = credential.authenticate(scopes=[scope])
            token = credential.get_token(scope).token
    except ClientAuthenticationError as error:
        told = refused(error, home)
    else:
        credentials.use(SignedIn(credential, home), authority)
        found = identity_of(token)
        # A token may be closed to us; the sign-in itself names the person.
        return found if found.name else Identity(record.tenant_id, "", record.username, PERSON)
    raise told
