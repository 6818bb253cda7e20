"""What every tool on one of Azure's SDKs shares: the client, its time, and how refusals are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.checks.redaction import one_line
from pfconn_jupyter.errors import ToolFailed
from pfconn_jupyter.tools.retrying import AGAIN, Trouble, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from pfconn_jupyter.connections.connection import Connection

_UNREACHABLE = ("ServiceRequestError", "ServiceResponseError")
_SLOW = ("ServiceRequestTimeoutError", "ServiceResponseTimeoutError")


def client_of(connection: Connection, **options: Any) -> Any:
    """Return the connection's SDK client; the tool decides about tries."""
    return connection.client(retry_total=0, **options)


def within(seconds: float) -> dict[str, float]:
    """Return the options of one call that give it ``seconds``."""
    return {"connection_timeout": seconds, "read_timeout": seconds}


def reader(connection: Connection) -> Callable[[Exception], Trouble]:
    """Return what says what an exception of an Azure SDK means, for `repeat`."""
    who = connection.name or connection.LABEL
    test = f"See why: %pfconn test {connection.name}." if connection.name else "Test the connection."

    def read(error: Exception) -> Trouble:
        # By name: the SDK is this connection type's affair, and costs an import.
        kinds = {cls.__name__ for cls in type(error).__mro__}
        http = getattr(error, "status_code", None)
        if http is not None:
            said = one_line(_message(error), connection.secrets.values())
            problem = f"{who} refused ({http}): {said or 'no reason given'}"
            headers = getattr(getattr(error, "response", None), "headers", None) or {}
            again = http in AGAIN
            return Trouble(ToolFailed(problem, _hint(http, test), http), again, retry_after(headers) if again else None)
        if kinds & set(_SLOW):
            return Trouble(ToolFailed(f"{who} did not answer in time.", "Give a longer --timeout."), again=True)
        if kinds & set(_UNREACHABLE):
            return Trouble(ToolFailed(f"{who} cannot be reached.", test), again=True)
        return Trouble(ToolFailed(f"The SDK of {who} failed ({type(error).__name__}).", test))

    return read


def _message(error: Exception) -> str:
    inner = getattr(error, "error", None)
    return str(getattr(inner, "message", None) or getattr(error, "message", None) or "")


def _hint(http: int, test: str) -> str:
    known = {
        401: test,
        403: test,
        404: f"Compare the names in the call, and the connection's address. {test}",
        429: "Wait, give a longer --timeout, or ask for more quota.",
    }
    return known.get(http, "The service has a fault: try later." if http >= 500 else "Change what the message names.")
