"""What may happen to a test of any service, said once; each service's own file adds its refusals.

A service's file is a table of `Case`s: the situation, the documented answer, and what a
person is told. ``case.holds(check(connect(...)))`` compares.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from standins.service import Reply, endless, half, reset

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.connection import Connection

KEY = "Zk7-q0W/e5R+t1Y2u9I4o8P3a6S"
# A probe's answer is read to its cap and no further; what the network's buffers hold comes on top.
MOST_TAKEN = 30_000_000


@dataclass(frozen=True)
class Case:
    """One situation: what the service answers, and what is made of it.

    Attributes
    ----------
    said
        The situation, as a test's name.
    reply
        A `Reply`, or a misbehaviour of `standins.service`.
    status, detail, hint
        The status, and words that must stand in detail and hint; ``hint`` is ``""`` only
        for ``ok``, which has none.
    fields
        Fields of the connection that differ from the usual.
    """

    said: str
    reply: Any
    status: str
    detail: str
    hint: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.said

    def holds(self, outcome: Outcome, **words: str) -> None:
        """Fail unless ``outcome`` says what this case expects; ``words`` fill in ``{…}`` of the hint."""
        assert outcome.status == self.status, outcome
        assert self.detail.lower() in outcome.detail.lower(), outcome
        assert self.hint.format(**words).lower() in outcome.hint.lower(), outcome
        assert bool(outcome.hint) == (self.status != "ok"), "a failure says what to do; what works says nothing"
        assert KEY not in repr(outcome)


PORTAL = Reply(200, b"<html><body>Welcome to Hotel Wifi</body></html>", {"Content-Type": "text/html"})
COMMON = (
    Case("5xx", Reply(500, {"error": {"message": "Internal error."}}), "server_error", "Internal error", "status page"),
    Case("5xx of a gateway", Reply(502, b"<html>Bad gateway</html>"), "server_error", "web page", "again in a minute"),
    Case("a gateway that waited in vain", Reply(504), "timeout", "HTTP 504", "again in a minute"),
    Case(
        "throttled with Retry-After",
        Reply(429, {"error": {"message": "Too many requests."}}, {"Retry-After": "17"}),
        "throttled",
        "asks to wait 17 s",
    ),
    Case("reset", reset, "unreachable", "closed the connection", "firewall"),
    Case("half a body", half, "unreachable", "broke off", "proxy"),
    Case("a captive portal with 200", PORTAL, "misconfigured", "captive portal", "Sign in to the network"),
    Case("invalid JSON", Reply(200, b'{"data": ['), "misconfigured", "something else answered", "Compare the address"),
    Case("JSON of something else", Reply(200, {"hello": 1}), "misconfigured", "something else answered", "Compare"),
    Case("100 MB", endless, "misconfigured", "something else answered", "Compare the address"),
)
SLOW = Case("slow", Reply(200, {}, delay=3), "timeout", "did not answer in time", "firewall")


def connection_to(monkeypatch: pytest.MonkeyPatch, word: str, url: str, **fields: Any) -> Connection:
    """Return a connection of type ``word`` whose service is at ``url``; its key is `KEY` if none is given."""
    cls = connection_type(word)
    if word == "custom":
        configs = {"test_url": f"{url}/x", "test_header": "x-key", "test_words": "pong"}
        return build(cls, {"configs": configs, "secrets": {"key": KEY}})
    if cls.ENDPOINT:
        fields = {cls.ENDPOINT: url, **fields}
    else:
        monkeypatch.setattr(cls, "DEFAULT_ENDPOINT", url)
    if fields.get("auth_mode", "key") == "key":
        fields = {"api_key": KEY, **fields}
    return build(cls, fields)
