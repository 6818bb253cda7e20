"""A token is denied, and the answer's Date says that this machine's clock is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from pfconn_jupyter import identity
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from standins.service import Service

V1 = "/openai/v1/models"


class At(Service):
    """A service whose clock is some minutes off ours, and that takes nobody."""

    def __init__(self, minutes: float | None) -> None:
        super().__init__()
        self.on(V1, self.answer)
        self.date = "" if minutes is None else format_datetime(datetime.now(timezone.utc) + timedelta(minutes=minutes))

    def answer(self, handler) -> None:  # type: ignore[no-untyped-def]
        handler.send_response_only(401)
        if self.date:
            handler.send_header("Date", self.date)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@pytest.mark.parametrize(
    ("minutes", "says"), [(12, "12 minutes behind"), (-90, "90 minutes before"), (2, ""), (None, "")]
)
def test_a_clock_that_is_wrong_is_blamed(monkeypatch: pytest.MonkeyPatch, minutes: float | None, says: str) -> None:
    monkeypatch.setattr(identity, "token_text", lambda scope: "a-token")
    with At(minutes) as service:
        entra = build(connection_type("azure_openai"), {"api_base": service.url, "auth_mode": "meid_token"})
        hint = check(entra).hint
    assert (says in hint) if says else "clock" not in hint


def test_a_key_has_no_clock() -> None:
    with At(60) as service:
        key = build(connection_type("azure_openai"), {"api_base": service.url, "api_key": "a-key-123456"})
        assert "clock" not in check(key).hint
