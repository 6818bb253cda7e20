"""Keeps what libraries log of secrets out of every log: in our threads only, and only while we use them."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Quiet(logging.Filter):
    """``with quiet:`` drops what ``names`` log in this thread; may be nested, and leaves no filter behind.

    Records of other threads pass: a notebook's own requests and sign-ins are its own affair.
    """

    def __init__(self, *names: str) -> None:
        super().__init__()
        self._names = names
        self._ours: list[int] = []
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002  logging calls it so
        """Let a record pass unless this thread is being quiet."""
        return threading.get_ident() not in self._ours

    def __enter__(self) -> None:
        with self._lock:
            if not self._ours:
                for name in self._names:
                    logging.getLogger(name).addFilter(self)
            self._ours.append(threading.get_ident())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._ours.remove(threading.get_ident())
            if not self._ours:
                for name in self._names:
                    logging.getLogger(name).removeFilter(self)


requests_quiet = Quiet("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry")
"""urllib3 writes URLs with their query, some at WARNING (2.8)."""
sign_in_quiet = Quiet(
    # The device code at DEBUG (1.39); the others whole refusals, with names in them.
    "msal.token_cache",
    "msal.application",
    "msal.oauth2cli.oauth2",
    "azure.identity._internal.interactive",
    "azure.identity._internal.decorators",
    # A screen of every way that was tried; our error says it in two lines.
    "azure.identity._credentials.chained",
)
