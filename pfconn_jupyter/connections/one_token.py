"""The cheapest requests that prove a deployment or model of the OpenAI protocol: they spend a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.connections.probe import Probe, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pfconn_jupyter.connections.probe import EntraToken
    from pfconn_jupyter.connections.secret import Secret

CHAT, EMBEDDINGS = "chat/completions", "embeddings"
_TEXT = "hi"
# Models from o1 on want the other name for the limit (openai-python issue 1724 has the reverse).
_OTHER_LIMIT = "max_completion_tokens"
# A model that turns texts into numbers does not chat: Azure OpenAI's words, then OpenAI's.
_NO_CHAT = ("does not work with the specified model", "not a chat model", "does not support chat", "to sample from")
_READINGS = (
    # A reasoning model that has no room to think says so with 400: it was reached, and it ran.
    Reading(400, "ok", "", words="model output limit was reached"),
    Reading(
        400,
        "misconfigured",
        "This model needs a newer api_version: %pfconn update NAME --set api_version=2024-12-01-preview, or later.",
        words="enabled only for api version",
    ),
    Reading(
        400,
        "misconfigured",
        "This model needs a newer api_version, which knows max_completion_tokens: 2024-12-01-preview, or later.",
        words="Unrecognized request argument",
    ),
    Reading(
        400,
        "misconfigured",
        "This model neither chats nor embeds (pictures, speech?), so it cannot be tested; the key was accepted.",
        words="does not work with the specified model",
    ),
)


def one_token_probes(
    url_of: Callable[[str], str],
    model: str,
    *,
    what: str,
    headers: Mapping[str, str | Secret | EntraToken],
    query: Mapping[str, str | Secret] | None = None,
    readings: tuple[Reading, ...] = (),
    instead: Probe | None = None,
) -> Iterator[Probe]:
    """Yield a chat of one token under both names of the limit, then an embedding of one word.

    Parameters
    ----------
    url_of
        Address of `CHAT` or `EMBEDDINGS`.
    model
        The deployment or model.
    what
        What the service calls it, for the outcome: ``"deployment gpt"``.
    headers, query, readings, instead
        As in `Probe`.
    """
    chat = {"model": model, "messages": [{"role": "user", "content": _TEXT}]}
    for operation, body, key, next_words in (
        (CHAT, {**chat, "max_tokens": 1}, "choices", (_OTHER_LIMIT, *_NO_CHAT)),
        (CHAT, {**chat, _OTHER_LIMIT: 1}, "choices", _NO_CHAT),
        (EMBEDDINGS, {"model": model, "input": _TEXT}, "data", ()),
    ):
        spent = "one token of output" if operation == CHAT else "the tokens of one word"
        yield Probe(
            url_of(operation),
            method="POST",
            headers=headers,
            query=query or {},
            body=body,
            proves=f"{what} answered ({'chat' if operation == CHAT else 'embedding'})",
            leaves_open=f"this test spent {spent}" + (" and a prompt of one word" if operation == CHAT else ""),
            expect_key=key,
            readings=(*_READINGS, *readings),
            next_on=frozenset({400, 403, 404} if next_words else ()),
            next_words=next_words,
            instead=instead,
        )
