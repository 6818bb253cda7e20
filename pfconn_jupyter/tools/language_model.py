"""A call of a language model, and its answer: whole, or as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import ToolFailed
from pfconn_jupyter.tools import openai_calls
from pfconn_jupyter.tools.retrying import repeat
from pfconn_jupyter.tools.streaming import TextStream, finished

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection


def ask(connection: Connection, api: str, body: dict[str, Any], stream: bool, timeout: float) -> Any:
    """Send ``body`` and return the answer's text, its message if it may call tools, or its stream.

    Raises
    ------
    ContentFiltered, ToolFailed
    """
    read = openai_calls.reader(connection, body["model"])
    client = openai_calls.client_of(connection)
    kept = False
    try:
        calls = client.completions if api == "completion" else client.chat.completions

        def once(left: float) -> Any:
            return _create(calls, {**body, "stream": True} if stream else body, left)

        answer = repeat(once, read, timeout)
        if stream:
            kept = True
            return TextStream(answer, _completion_piece if api == "completion" else _chat_piece, read, client)
        return _completed(answer) if api == "completion" else _answered(answer, "tools" in body)
    finally:
        if not kept:
            client.close()


def _create(calls: Any, body: dict[str, Any], left: float) -> Any:
    """Send a request; once more with ``max_completion_tokens`` where the model wants that name."""
    import openai

    body = openai_calls.sent(body)
    try:
        return calls.create(**body, timeout=left)
    except openai.BadRequestError as error:
        if "max_tokens" not in body or "max_completion_tokens" not in str(error.body):
            raise
    renamed = {k: v for k, v in body.items() if k != "max_tokens"} | {"max_completion_tokens": body["max_tokens"]}
    return calls.create(**renamed, timeout=left)


def _choice(answer: Any) -> Any:
    # A captive portal's page is a 200 as well, and the SDK hands it on as a text.
    if not getattr(answer, "choices", None):
        raise ToolFailed("The answer is none of a language model.", "Compare the connection's address.")
    return answer.choices[0]


def _answered(answer: Any, whole: bool) -> Any:
    choice = _choice(answer)
    text = choice.message.content or ""
    finished(str(choice.finish_reason), text)
    if refusal := getattr(choice.message, "refusal", None):
        raise ToolFailed(f"The model refused: {refusal[:200]}", "Change the prompt.")
    return choice.message.model_dump(exclude_none=True) if whole else text


def _completed(answer: Any) -> str:
    choice = _choice(answer)
    finished(str(choice.finish_reason), choice.text)
    return str(choice.text)


def _chat_piece(chunk: Any) -> tuple[str, str]:
    # Azure's first chunk has the filter's results and no choice.
    if not chunk.choices:
        return "", ""
    choice = chunk.choices[0]
    return choice.delta.content or "" if choice.delta else "", choice.finish_reason or ""


def _completion_piece(chunk: Any) -> tuple[str, str]:
    return (chunk.choices[0].text or "", chunk.choices[0].finish_reason or "") if chunk.choices else ("", "")
