"""How Azure's Cognitive Services gateway refuses, and what each refusal means: one for all services behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pfconn_jupyter.connections.probe import Reading

if TYPE_CHECKING:
    from pfconn_jupyter.connections.auth import KeyOrEntra

REGIONAL = ".api.cognitive.microsoft.com"
HOSTS = (
    ".cognitiveservices.azure.com",
    ".services.ai.azure.com",
    REGIONAL,
    ".azure-api.net",
    ".cognitiveservices.azure.us",
    ".cognitiveservices.azure.cn",
)
# How the gateway says them, with sources: a missing role is 401, not 403 (azure.md 3).
_NO_ROLE = ("does not have access to API", "lacks the required data action")
# azure-sdk-for-net issue 12813.
_NO_SUBDOMAIN = ("custom subdomain", "provide an authentication key")
# learn.microsoft.com, cognitive-services-virtual-networks.
_CLOSED = ("virtual network", "firewall", "private endpoint", "public access is disabled")
# azure-sdk-for-python issues 20042 and 25619.
_SPENT = "out of call volume quota"


def readings(connection: KeyOrEntra, role: str) -> tuple[Reading, ...]:
    """Return what the gateway's refusals mean for ``connection``; the first that fits counts."""
    where = resource_of(connection)
    ask_role = f"Ask for the role {role} on {where}; it takes some minutes to arrive."
    return (
        *(Reading(http, "denied", ask_role, words=words) for http in (401, 403) for words in _NO_ROLE),
        *_of_entra(where),
        Reading(
            403,
            "denied",
            f"Sign in without a key: %pfconn update {connection.name or 'NAME'} --set auth_mode=meid_token,"
            f" with the role {role}.",
            words="AuthenticationTypeDisabled",
        ),
        Reading(
            403,
            "throttled",
            "The free tier is used up: wait as long as it says, or move the resource to a paid tier.",
            words=_SPENT,
        ),
        *(
            Reading(
                403,
                "denied",
                f"Only its own networks may call {where}: test from a machine in there, or ask its owner to let"
                " this one in.",
                words=words,
            )
            for words in _CLOSED
        ),
        _unknown_credential(connection, where, role),
        Reading(
            403,
            "denied",
            f"The key or identity is known but may not do this: ask the owner of {where}, or for the role {role}.",
        ),
        *_of_address(connection, where),
        Reading(
            429,
            "throttled",
            f"Test again in a minute: the rate limit of {where} is reached; its tier and quota set it.",
        ),
    )


def resource_of(connection: KeyOrEntra) -> str:
    """Return the resource as a hint names it: by its id, its name, or as "the resource"."""
    if known := getattr(connection, "resource_id", None):
        return str(known)
    host = urlsplit(connection.endpoint_url).hostname or ""
    own = any(host.endswith(e) for e in (*HOSTS, *connection.HOSTS) if e not in (REGIONAL, ".azure-api.net"))
    return f"the resource {host.partition('.')[0]}" if own else "the resource"


def _of_entra(where: str) -> tuple[Reading, ...]:
    subdomain = "Microsoft Entra ID needs the resource's own address, not its region's: https://NAME.cognitiveservices.azure.com."
    return (
        Reading(
            400,
            "denied",
            f"You are signed in to another tenant than {where} is in: %pfconn login --tenant TENANT, then test again.",
            words="does not match resource tenant",
        ),
        *(Reading(400, "misconfigured", subdomain, words=words) for words in _NO_SUBDOMAIN),
    )


def _unknown_credential(connection: KeyOrEntra, where: str, role: str) -> Reading:
    if connection.auth == "key":
        hint = (
            f"Copy KEY 1 or KEY 2 again from the page Keys and Endpoint of {where};"
            " a key of another resource or region is refused."
        )
    else:
        hint = f"Sign in to the tenant of {where} (%pfconn login --tenant TENANT), with the role {role}."
    return Reading(401, "denied", hint)


def _of_address(connection: KeyOrEntra, where: str) -> tuple[Reading, ...]:
    field = type(connection).ENDPOINT
    versions = (
        " and api_version with the service's list of versions" if "api_version" in type(connection).model_fields else ""
    )
    compare = f"Compare {field} with the page Keys and Endpoint of {where}{versions}."
    return (
        Reading(400, "misconfigured", compare, words="api version"),
        Reading(400, "misconfigured", compare, words="api-version"),
        Reading(404, "misconfigured", compare),
    )
