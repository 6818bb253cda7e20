"""The request that proves a credential, as data. `pfconn_jupyter.checks` sends it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.connections.secret import Secret

Status = Literal[
    "ok",
    "denied",
    "not_found",
    "unreachable",
    "timeout",
    "tls",
    "throttled",
    "misconfigured",
    "server_error",
    "not_checked",
]


@dataclass(frozen=True)
class EntraToken:
    """Stands for ``Bearer`` and a Microsoft Entra token of this scope, fetched when sent."""

    scope: str


@dataclass(frozen=True)
class Reading:
    """How a service words one answer, and what it means.

    Attributes
    ----------
    http
        The HTTP status it comes with.
    status, hint
        What it means, and what to do.
    words
        Words the body must contain (any case); ``""`` fits every body.
    """

    http: int
    status: Status
    hint: str
    words: str = ""


@dataclass(frozen=True)
class Tell:
    """A number or some names that an accepted answer has to tell; nothing else of it is shown.

    Attributes
    ----------
    key
        Where it stands in the JSON answer, with a slash between keys: ``"result/collections"``.
    words
        How it is said, with ``{}`` in place of the number (of a list, its length) or the names.
    none_left
        What a number of zero means, if that is no success.
    each
        The key that names each item of a list; then the names are told, not their number.
    """

    key: str
    words: str
    none_left: Reading | None = None
    each: str = ""


@dataclass(frozen=True)
class Probe:
    """One request that proves something about a connection.

    Attributes
    ----------
    url, method, headers, query, body
        What to send; a `Secret` or `EntraToken` is revealed when it is sent. ``body`` is
        sent as JSON.
    proves, leaves_open
        What an accepted answer shows (``"key accepted"``), and what it does not
        (``"deployment not checked"``).
    accept
        HTTP statuses that prove it.
    expect_key
        A key the JSON answer must have, so that a captive portal's 200 is not taken for
        the service's; ``""`` accepts any body.
    expect_words
        Words (any case) that the body must contain, for answers that are no JSON.
    tells
        What else an accepted answer tells.
    readings
        This service's own refusals; those of HTTP in general are known to `checks`.
    next_on, next_words
        HTTP statuses on which the connection's next probe is tried instead; if ``next_words``
        are given, only with one of them (any case) in the body.
    instead
        A GET that lists what there is, asked if the answer is ``not_found``, for the hint:
        the ``id`` of each entry of ``data``.
    only_adds
        True for one that decides nothing: what its accepted answer tells is added to what
        the probe before it found.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str | Secret | EntraToken] = field(default_factory=dict)
    query: Mapping[str, str | Secret] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    proves: str = "key accepted"
    leaves_open: str = ""
    accept: frozenset[int] = frozenset({200})
    expect_key: str = ""
    expect_words: str = ""
    tells: tuple[Tell, ...] = ()
    readings: tuple[Reading, ...] = ()
    next_on: frozenset[int] = frozenset()
    next_words: tuple[str, ...] = ()
    instead: Probe | None = None
    only_adds: bool = False
