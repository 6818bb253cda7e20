"""What a test of a connection found. Plain data: no secret, no exception, no answer is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.record import now
from pfconn_jupyter.errors import CheckFailed

if TYPE_CHECKING:
    from datetime import datetime

    from pfconn_jupyter.connections.probe import Status


@dataclass(frozen=True)
class Verdict:
    """What one answer, or the lack of one, means.

    Attributes
    ----------
    status
        One of the words of `Status`.
    detail
        What the service said, or what happened; one line without secrets.
    hint
        What to do now; ``""`` only if ``status`` is ``"ok"``.
    untestable
        True for ``"not_checked"`` because this connection has no test, so that nothing went wrong.
    """

    status: Status
    detail: str
    hint: str = ""
    untestable: bool = False


@dataclass(frozen=True)
class Outcome:
    """The result of testing one connection.

    Attributes
    ----------
    name, type, scope
        Which connection; ``name`` and ``scope`` are ``""`` for one that is not stored.
    status, detail, hint, untestable
        As in `Verdict`.
    http
        The HTTP status of the answer that decided, or None if there was none.
    latency_ms
        Milliseconds from sending to the headers of that answer, name lookup and TLS included.
    request_id
        The service's own number of the request, for its support; ``""`` if it gave none.
    checked
        When (UTC, whole seconds).
    """

    name: str
    type: str
    status: Status
    detail: str
    hint: str = ""
    http: int | None = None
    latency_ms: float | None = None
    request_id: str = ""
    checked: datetime = field(default_factory=now)
    scope: str = ""
    untestable: bool = False

    @property
    def failed(self) -> bool:
        """True if it did not pass: not ok, unless there is no way to test it."""
        return self.status != "ok" and not self.untestable

    def must_pass(self, name: str) -> None:
        """Refuse to go on with a new secret of ``name`` that was tested with this outcome.

        Raises
        ------
        CheckFailed
        """
        if self.status not in ("ok", "not_checked"):
            raise CheckFailed(
                f"{name}: the new secret did not pass ({self.status}: {self.detail}). The stored one stays.",
                self.hint or "Repeat with --no-test to store it all the same.",
            )
