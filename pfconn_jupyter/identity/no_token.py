"""Why Microsoft Entra ID gave no token, by what azure.identity says. Its texts are looked at, and never passed on."""

from __future__ import annotations

import re

NOBODY = (
    "Microsoft Entra ID gave no token: nobody is signed in here.",
    "Sign in with: %pfconn login, or az login. Or set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET.",
)
"""Problem and hint where no credential works."""
_OVER = ("The sign-in has expired.", "Sign in again: %pfconn login, or az login.")
_IDS = "Compare AZURE_CLIENT_ID (the application's id, not its object id) and AZURE_TENANT_ID."
_TO_MAKE_ONE = "To make one: az ad app credential reset --append --id CLIENT-ID."
# Of applications: learn.microsoft.com/entra/identity-platform/reference-error-codes.
_OF_PRINCIPAL = {
    "7000215": (
        "The client secret of the service principal is wrong",
        f"Set AZURE_CLIENT_SECRET to the secret's value, not to its id. {_TO_MAKE_ONE}",
    ),
    "7000222": (
        "The client secret of the service principal has expired",
        f"Set AZURE_CLIENT_SECRET to a new one. {_TO_MAKE_ONE}",
    ),
    "700016": ("The tenant of AZURE_TENANT_ID does not know the application of AZURE_CLIENT_ID", _IDS),
    "7000229": (
        "The application of AZURE_CLIENT_ID has no service principal in the tenant of AZURE_TENANT_ID",
        "Ask an administrator of the tenant: az ad sp create --id CLIENT-ID.",
    ),
    "7000112": (
        "The application of AZURE_CLIENT_ID is disabled",
        "Ask an administrator of the tenant to enable it.",
    ),
    "90002": ("There is no tenant as AZURE_TENANT_ID names it", "Set AZURE_TENANT_ID to the tenant's id."),
    "900023": ("There is no tenant as AZURE_TENANT_ID names it", "Set AZURE_TENANT_ID to the tenant's id."),
    "700027": (
        "The application of AZURE_CLIENT_ID does not know the certificate of AZURE_CLIENT_CERTIFICATE_PATH",
        "Add the certificate to the application, or name the one that it has.",
    ),
    "53003": (
        "Conditional Access of the tenant does not let the service principal in from here",
        "Ask an administrator of the tenant; a managed identity may be let in.",
    ),
    **dict.fromkeys(
        ("70021", "700211", "700212", "700213"),
        (
            "The application of AZURE_CLIENT_ID does not know this workload (issuer, subject or audience differ)",
            "Compare its federated credentials: az ad app federated-credential list --id CLIENT-ID.",
        ),
    ),
}


def why_no_token(text: str) -> tuple[str, str]:
    """Return problem and hint for the message of a ClientAuthenticationError of `DefaultAzureCredential`."""
    # One line for each way that was tried, and the first that is set up ends it.
    principal = re.search(r"(?:Environment|WorkloadIdentity)Credential: (?!.*authentication unavailable)(.*)", text)
    if principal:
        return _of_principal(principal[1])
    if re.search(r"ManagedIdentityCredential: .*(?:identity found|Identity not found|identity_not_found)", text):
        return (
            "This machine has no managed identity with the client id of AZURE_CLIENT_ID.",
            "Compare AZURE_CLIENT_ID with the identities assigned to it, or unset it to use the machine's own.",
        )
    if any(sign in text for sign in ("AADSTS700082", "AADSTS50173", "interaction_required")):
        return _OVER
    return NOBODY


def _of_principal(said: str) -> tuple[str, str]:
    found = re.search(r"AADSTS(\d{4,8})", said)
    if found is None:
        return (
            "The service principal of AZURE_CLIENT_ID could not sign in: no answer of Microsoft Entra ID came through.",
            "Repeat; if it stays, compare your network, HTTPS_PROXY, NO_PROXY and AZURE_AUTHORITY_HOST.",
        )
    code = found[1]
    problem, hint = _OF_PRINCIPAL.get(
        code,
        (
            "Microsoft Entra ID refused the sign-in of the service principal of AZURE_CLIENT_ID",
            f"https://login.microsoftonline.com/error?code={code} says what it means.",
        ),
    )
    return f"{problem} (AADSTS{code}).", hint
