"""Refusals that many services word alike, mostly Azure's gateways: how to read them, as data."""

from __future__ import annotations

from pfconn_jupyter.connections.probe import Reading

_NETWORK = (
    "This resource lets no one in from here, whatever the key: use its private network or VPN,"
    " or ask its owner to allow this address under Networking."
)
_CLOCK = "The clock of this machine and the service's differ: set it by a time server, then test again."
COMMON: tuple[Reading, ...] = (
    Reading(403, "denied", _NETWORK, words="Public access is disabled"),
    Reading(403, "denied", _NETWORK, words="Virtual Network/Firewall rules"),
    Reading(
        403,
        "denied",
        "Its owner has switched keys off: sign in with Microsoft Entra ID, %pfconn update NAME --set"
        " auth_mode=meid_token, where the type has it.",
        words="Key based authentication is disabled",
    ),
    Reading(401, "denied", _CLOCK, words="IDX10222"),
    Reading(401, "denied", _CLOCK, words="token is not yet valid"),
    Reading(
        401,
        "denied",
        "The token has run out before it came: is this machine's clock right? Else sign in again: az login.",
        words="IDX10223",
    ),
    Reading(
        401,
        "denied",
        "The token is not for this resource: sign in to its tenant, az login --tenant TENANT. Is the clock right?",
        words="audience is incorrect",
    ),
    Reading(
        400,
        "misconfigured",
        "Microsoft Entra ID needs the resource's own address (https://NAME…), not that of its region.",
        words="custom subdomain",
    ),
)
"""After a service's own readings with words, and before those without; the first that fits wins."""
