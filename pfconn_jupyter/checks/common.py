"""Refusals that many services word alike, of networks and clocks: how to read them, as data."""

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
    Reading(401, "denied", _CLOCK, words="IDX10222"),
    Reading(401, "denied", _CLOCK, words="token is not yet valid"),
    Reading(
        401,
        "denied",
        "The token has run out before it came: is this machine's clock right? Else sign in again: az login.",
        words="IDX10223",
    ),
)
"""After a service's own readings with words, and before those without; the first that fits wins."""
