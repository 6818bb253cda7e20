"""What Microsoft Entra ID refuses, by the OAuth error and the AADSTS code; its texts are never passed on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import AccessDenied, PfconnError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER_WAYS = (
    "Other ways in: az login in a terminal here, a managed identity, a service principal's AZURE_CLIENT_ID, "
    "AZURE_TENANT_ID and AZURE_CLIENT_SECRET, or VS Code's sign-in (azure-identity-broker)."
)
AGAIN = "Repeat %pfconn login."
_BLOCKED = "Your organisation does not allow a sign-in by device code (Conditional Access)"
_DEVICE = "Your organisation asks for a device that it manages, which a device code cannot prove"
_APPLICATION = "Your tenant does not let the application of the Azure CLI, which asks for the code, sign you in"
_CONSENT = "An administrator of your tenant has to allow the application of the Azure CLI first"
_FACTOR = "Your tenant asks for a second factor, or for more than was given"
_STRANGER = "Your account is not in that tenant"
_NO_TENANT = "There is no such tenant, or none was named"
_EXPIRED = "The code expired before it was used"
_DECLINED = "The sign-in was declined"
_WRONG = "The code was not accepted"
_OVER = "The sign-in has expired"
_ACCOUNT = "Your account or its password is locked, disabled or expired"

# learn.microsoft.com/entra/identity-platform/reference-error-codes; 530036 is the code of blocked device codes.
_BY_CODE = {
    **dict.fromkeys(("53003", "530036", "530032", "530035", "50199", "50131"), _BLOCKED),
    **dict.fromkeys(("53000", "53001", "53002", "50097", "530033", "700003"), _DEVICE),
    **dict.fromkeys(("700016", "7000218", "7000112", "65002", "50105", "650056"), _APPLICATION),
    **dict.fromkeys(("65001", "90094", "90093"), _CONSENT),
    **dict.fromkeys(("50072", "50074", "50076", "50078", "50079", "50158"), _FACTOR),
    **dict.fromkeys(("50020", "50034", "51004", "500212"), _STRANGER),
    **dict.fromkeys(("90002", "900023", "50059", "900382"), _NO_TENANT),
    **dict.fromkeys(("70019", "70020"), _EXPIRED),
    "65004": _DECLINED,
    "70018": _WRONG,
    **dict.fromkeys(("70008", "70043", "70044", "700081", "700082", "700084", "50173", "50133"), _OVER),
    **dict.fromkeys(("50053", "50055", "50057"), _ACCOUNT),
}
_BY_ERROR = {
    "authorization_declined": _DECLINED,
    "access_denied": _DECLINED,
    "expired_token": _EXPIRED,
    "code_expired": _EXPIRED,
    "Timed out": _EXPIRED,
    "bad_verification_code": _WRONG,
}
_HINTS = {
    _FACTOR: "Repeat %pfconn login --tenant TENANT, with the tenant of the vault or service.",
    _STRANGER: "Repeat %pfconn login with another account, or --tenant TENANT with a tenant that you belong to.",
    _NO_TENANT: "Compare --tenant: it takes a tenant's id or its domain, as contoso.onmicrosoft.com.",
    _EXPIRED: AGAIN,
    _DECLINED: AGAIN,
    _WRONG: AGAIN,
    _OVER: AGAIN,
    _ACCOUNT: "Ask an administrator of your tenant.",
    _CONSENT: OTHER_WAYS,
    _BLOCKED: OTHER_WAYS,
    _DEVICE: OTHER_WAYS,
    _APPLICATION: OTHER_WAYS,
}


def refused(error: Exception, authority: str) -> PfconnError:
    """Return our error for one of a sign-in by device code."""
    why, code = _reason(error)
    said = f" (AADSTS{code})" if code else ""
    if why:
        return AccessDenied(f"{why}{said}.", _HINTS[why])
    if network := _network(error, authority):
        return network
    more = f" https://{authority}/error?code={code} says what it means." if code else ""
    return AccessDenied(f"Microsoft Entra ID refused the sign-in{said}.{more}", OTHER_WAYS)


def expired(error: Exception, authority: str, tenant: str | None) -> PfconnError:
    """Return our error where a sign-in of before gives no token."""
    why, code = _reason(error)
    if not why and (network := _network(error, authority)):
        return network
    said = f" (AADSTS{code})" if code else ""
    why = why or "The sign-in by %pfconn login gives no token for this any more"
    return AccessDenied(f"{why}{said}.", f"Sign in again: %pfconn login{f' --tenant {tenant}' if tenant else ''}.")


def _reason(error: Exception) -> tuple[str, str]:
    """Return why, or ``""``, and the number behind AADSTS."""
    texts = list(_texts(error))
    codes = [code for text in texts for code in re.findall(r"AADSTS(\d{4,8})", text)]
    known = next((code for code in codes if code in _BY_CODE), "")
    if known:
        return _BY_CODE[known], known
    named = next((why for word, why in _BY_ERROR.items() for text in texts if word in text), "")
    return named, codes[0] if codes else ""


def _texts(error: Exception) -> Iterator[str]:
    """Yield what the answer says, to be looked at only."""
    yield str(getattr(error, "message", ""))
    response = getattr(error, "response", None)
    try:
        yield response.text() if response is not None else ""
    except Exception:  # noqa: BLE001  a cut or foreign answer
        return


def _network(error: Exception, authority: str) -> StoreUnavailable | None:
    causes: list[str] = []
    at = error.__cause__
    while at is not None and len(causes) < 8:
        causes.append(f"{type(at).__name__} {at!r}")
        at = at.__cause__ or at.__context__
    if not any(word in text for text in causes for word in ("ServiceRe", "Connect", "Timeout", "SSL")):
        return None
    if any("CERTIFICATE_VERIFY_FAILED" in text for text in causes):
        return StoreUnavailable(
            f"The certificate of {authority} is not trusted; nothing was sent.",
            "Behind a company proxy, set REQUESTS_CA_BUNDLE to the file with its certificates.",
        )
    return StoreUnavailable(
        f"There is no way to {authority}, which signs in.", "Compare your network and VPN, HTTPS_PROXY and NO_PROXY."
    )
