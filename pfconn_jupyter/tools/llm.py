"""Ask a language model: chat, or complete a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pfconn_jupyter.errors import SecretRefused, UsageProblem
from pfconn_jupyter.tools import language_model, openai_calls
from pfconn_jupyter.tools import prompt as prompts
from pfconn_jupyter.tools._connection import connection_for
from pfconn_jupyter.tools.arguments import Argument
from pfconn_jupyter.tools.freshness import fresh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pfconn_jupyter.connections.connection import Connection

LABEL = "LLM"
CELL = "prompt"
ARGUMENTS = (
    Argument("deployment", "Azure OpenAI's deployment; the connection's own by default"),
    Argument("model", "the same, as OpenAI calls it"),
    Argument("api", "chat by default", choices=("chat", "completion")),
    Argument("temperature", "0 to 2; the model's own by default", "number"),
    Argument("top_p", "0 to 1; the model's own by default", "number"),
    Argument("max_tokens", "tokens of the answer, at most", "integer"),
    Argument("stop", "a text that ends the answer; may be given several times", "texts"),
    Argument("presence_penalty", "-2 to 2", "number"),
    Argument("frequency_penalty", "-2 to 2", "number"),
    Argument("seed", "for answers that repeat, where the model can", "integer"),
    Argument("response_format", "text, json_object, or a variable with a JSON schema", "data", ("text", "json_object")),
    Argument("tools", "a variable with the functions that the model may call, or JSON", "data"),
    Argument("tool_choice", "auto, none, required, or a variable", "data", ("auto", "none", "required")),
    Argument("more", "more for the service, as logit_bias or reasoning_effort: a variable or JSON", "data"),
    Argument("timeout", "seconds for all tries; of a stream, to its beginning and between pieces", "number"),
)
_SHORTEST_SECRET = 6


def llm(
    connection: Connection | str,
    prompt: str,
    *,
    deployment: str | None = None,
    model: str | None = None,
    api: Literal["chat", "completion"] = "chat",
    temperature: float | None = None,
    top_p: float | None = None,
    max_tokens: int | None = None,
    stop: str | Sequence[str] | None = None,
    presence_penalty: float | None = None,
    frequency_penalty: float | None = None,
    seed: int | None = None,
    response_format: str | Mapping[str, Any] | None = None,
    tools: Sequence[Mapping[str, Any]] | None = None,
    tool_choice: str | Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
    stream: bool = False,
    timeout: float = 120.0,
    variables: Mapping[str, object] | None = None,
    raw: bool = False,
) -> Any:
    """Return a model's answer.

    What is not given is not sent, so that the model's own defaults hold (newer models
    refuse a temperature). A model that wants ``max_completion_tokens`` gets it.

    Parameters
    ----------
    connection
        An LLM connection, or its name.
    prompt
        A Jinja template; sections begin with ``# system:``, ``# user:`` or
        ``# assistant:`` on a line of their own, images are ``![image](address or path)``.
    deployment, model
        What to call; the connection's own by default.
    more
        What else the service takes, as ``logit_bias`` or ``reasoning_effort``.
    variables
        Plain data for the template.
    raw
        The prompt is no template; headers still make sections.
    timeout
        Seconds for all tries. Of a stream: to its beginning, and between two pieces.

    Returns
    -------
    str, dict or TextStream
        The text; with ``tools`` the message (``content``, ``tool_calls``); with ``stream`` its pieces.

    Raises
    ------
    WrongConnectionType, UsageProblem, TemplateProblem, SecretRefused
        Before anything is sent.
    ContentFiltered, ToolFailed
        The service refused, or did not answer.
    """
    used = connection_for(LABEL, connection)
    name = openai_calls.model_for(used, deployment, model)
    if api == "completion" and (tools or tool_choice or response_format):
        raise UsageProblem("A completion takes no tools and no response_format.", "Use api=chat.")
    if tools is not None and not (isinstance(tools, (list, tuple)) and all(isinstance(t, dict) for t in tools)):
        raise UsageProblem("tools is no list of functions.", "Name a variable with the list, or give JSON.")
    if stream and tools:
        raise UsageProblem("An answer with tools comes in one piece.", "Leave out stream, or tools.")
    body: dict[str, Any] = {
        "temperature": temperature,
        "top_p": top_p,
        "max_tokens": max_tokens,
        "stop": stop if stop is None or isinstance(stop, str) else list(stop),
        "presence_penalty": presence_penalty,
        "frequency_penalty": frequency_penalty,
        "seed": seed,
        "response_format": {"type": response_format} if isinstance(response_format, str) else response_format,
        "tools": tools,
        "tool_choice": tool_choice,
    }
    if twice := sorted({*body, "model", "messages", "prompt", "stream"} & (more or {}).keys()):
        raise UsageProblem(f"more has {', '.join(twice)}, which has a parameter of its own.", "Give it there.")
    body = {"model": name, **{k: v for k, v in body.items() if v is not None}, **({"extra_body": more} if more else {})}
    if api == "completion":
        body["prompt"] = prompts.text(prompt, variables or {}, raw=raw)
    else:
        body["messages"] = prompts.messages(prompt, variables or {}, raw=raw)
    _check(body, used)
    return fresh(used, lambda it: language_model.ask(it, api, body, stream, timeout))


def _check(body: Mapping[str, Any], connection: Connection) -> None:
    """Refuse an empty prompt, and one that has the connection's own secret in it."""
    texts = [body["prompt"]] if "prompt" in body else [m["content"] for m in body["messages"]]
    if not any(t.strip() if isinstance(t, str) else t for t in texts):
        raise UsageProblem("The prompt is empty.", "Write it into the cell, below the line.")
    sent = "\n".join(str(t) for t in texts)
    if any(len(s.reveal()) >= _SHORTEST_SECRET and s.reveal() in sent for s in connection.secrets.values()):
        raise SecretRefused(
            f"The prompt holds a secret of {connection.name or 'the connection'}: nothing was sent.",
            "Take it out of the variable; treat it as known to others and rotate it.",
        )
