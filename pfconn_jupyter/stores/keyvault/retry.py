"""Waits that a service of Azure asks for: told, and not waited for where they are long."""

from __future__ import annotations

from typing import Any

from azure.core.pipeline.policies import RetryPolicy

from pfconn_jupyter.stores.waiting import tell

LONGEST_WAIT = 30.0
"""Seconds; where more is asked for, the command fails and says so."""


class TellingRetry(RetryPolicy[Any, Any]):
    """The SDK's own retries; a wait that is asked for is told, and a long one is not waited for."""

    service = "The vault"

    def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
        """Return False also where the service asks for more than `LONGEST_WAIT`."""
        return bool(super().is_retry(settings, response)) and (self.get_retry_after(response) or 0) <= LONGEST_WAIT

    def _sleep_for_retry(self, response: Any, transport: Any) -> bool:
        if seconds := self.get_retry_after(response):
            tell(f"{self.service} asks to wait {seconds:.0f} s (too many requests); going on then.")
        return bool(super()._sleep_for_retry(response, transport))
