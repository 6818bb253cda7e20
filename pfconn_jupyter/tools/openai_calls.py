"""What every tool on the openai SDK shares: the client, the model, and how the service's refusals are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.checks.redaction import one_line
from pfconn_jupyter.errors import ContentFiltered, ToolFailed, UsageProblem
from pfconn_jupyter.tools.retrying import AGAIN, Trouble, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pfconn_jupyter.connections.connection import Connection

_NO_CREDIT = ("insufficient_quota", "credit_balance_exhausted")
_NOT_FOUND = ("DeploymentNotFound", "model_not_found", "ResourceNotFound")


def client_of(connection: Connection) -> Any:
    """Return the connection's SDK client; the tool decides about tries, and each call names its model."""
    options: dict[str, Any] = {"max_retries": 0}
    if "deployment" in type(connection).model_fields:
        # With a deployment of its own the SDK would send every call there, whatever it names.
        options["azure_deployment"] = None
    return connection.client(**options)


def model_for(connection: Connection, deployment: str | None, model: str | None) -> str:
    """Return the deployment or model to call: the one asked for, else the connection's own.

    Raises
    ------
    UsageProblem
        Two are asked for, or none and the connection names none.
    """
    if deployment and model and deployment != model:
        raise UsageProblem(
            f"deployment {deployment!r} and model {model!r} are two names for the same thing.", "Give one of them."
        )
    if not {"deployment", "model"} & type(connection).model_fields.keys():
        # An endpoint of one model: a name is sent if one is given.
        return deployment or model or ""
    own = next((getattr(connection, f) for f in ("deployment", "model") if getattr(connection, f, None)), None)
    found = deployment or model or own
    if found:
        return str(found)
    word = "deployment" if "deployment" in type(connection).model_fields else "model"
    raise UsageProblem(
        f"No {word} is named, and {connection.name or 'the connection'} has none of its own.",
        f"Give --{word} NAME, or keep it: %pfconn update {connection.name or 'NAME'} --set {word}=NAME",
    )


def sent(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``body`` as the SDK's call takes it: without a model where none is named."""
    import openai

    return {**body, "model": body["model"] or openai.NOT_GIVEN}


def reader(connection: Connection, model: str) -> Callable[[Exception], Trouble]:
    """Return what says what an exception of the SDK means, for `repeat`."""

    def read(error: Exception) -> Trouble:
        import openai

        who = connection.name or connection.LABEL
        test = f"See why: %pfconn test {connection.name}." if connection.name else "Test the connection."
        # In the middle of a stream, the errors of the HTTP library itself come through.
        of_http = type(error).__module__.startswith("http")
        if isinstance(error, openai.APITimeoutError) or (of_http and "Timeout" in type(error).__name__):
            return Trouble(ToolFailed(f"{who} did not answer in time.", "Give a longer --timeout."), again=True)
        if isinstance(error, openai.APIConnectionError) or of_http:
            return Trouble(ToolFailed(f"{who} cannot be reached.", test), again=True)
        if not isinstance(error, openai.APIError):
            return Trouble(ToolFailed(f"The openai SDK failed ({type(error).__name__}).", test))
        body: Mapping[str, Any] = error.body if isinstance(error.body, dict) else {}
        code = str(body.get("code") or "")
        said = one_line(str(body.get("message") or ""), connection.secrets.values())
        if code == "content_filter":
            return Trouble(_filtered(who, body))
        http = getattr(error, "status_code", None)
        response = getattr(error, "response", None)
        problem = f"{who} refused ({http or code or 'no status'}): {said or 'no reason given'}"
        failed = ToolFailed(problem, _hint(http, code, model, test), http)
        again = http in AGAIN and code not in _NO_CREDIT
        return Trouble(failed, again, retry_after(response.headers) if again and response is not None else None)

    return read


def _hint(http: int | None, code: str, model: str, test: str) -> str:
    if code in _NO_CREDIT:
        return "The account has no credit left: see its billing page."
    if code in _NOT_FOUND:
        return f"Nothing called {model!r} is deployed there: name another with --deployment (or --model)."
    known = {
        401: test,
        403: test,
        404: f"Compare the deployment or model {model!r} and the connection's address. {test}",
        429: "Wait, give a longer --timeout, or ask for more quota.",
    }
    fault = "The service has a fault: try later." if http and http >= 500 else "Change what the message names."
    return known.get(http or 0, fault)


def _filtered(who: str, body: Mapping[str, Any]) -> ContentFiltered:
    """Return the refusal of a prompt, with the categories that the service names."""
    inner = body.get("innererror") or body.get("inner_error") or {}
    results = inner.get("content_filter_result") or inner.get("content_filter_results") or {}
    found = [_category(name, result) for name, result in results.items() if _hit(result)]
    because = f" ({', '.join(found)})" if found else ""
    return ContentFiltered(
        f"The content filter of {who} refused the prompt{because}.",
        "Change the prompt, or the filter of the deployment in the Azure portal.",
        400,
    )


def _hit(result: object) -> bool:
    return isinstance(result, dict) and bool(result.get("filtered") or result.get("detected"))


def _category(name: str, result: Mapping[str, Any]) -> str:
    return f"{name} {result['severity']}" if "severity" in result else str(name)
