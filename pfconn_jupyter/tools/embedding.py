"""Turn text into vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import ToolFailed, UsageProblem
from pfconn_jupyter.tools import openai_calls
from pfconn_jupyter.tools._connection import connection_for
from pfconn_jupyter.tools.arguments import Argument
from pfconn_jupyter.tools.freshness import fresh
from pfconn_jupyter.tools.retrying import repeat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pfconn_jupyter.connections.connection import Connection

LABEL = "Embedding"
CELL = "input"
ARGUMENTS = (
    Argument("input", "a variable with a text or a list of texts, instead of a cell", "data"),
    Argument("deployment", "Azure OpenAI's deployment; the connection's own by default"),
    Argument("model", "the same, as OpenAI calls it"),
    Argument("dimensions", "numbers of a vector, where the model can", "integer"),
    Argument("timeout", "seconds for all tries", "number"),
)


def embedding(
    connection: Connection | str,
    input: str | Sequence[str],
    *,
    deployment: str | None = None,
    model: str | None = None,
    dimensions: int | None = None,
    timeout: float = 60.0,
) -> Any:
    """Return the vector of a text, or one for each of several texts, in their order.

    Parameters
    ----------
    connection
        An Embedding connection, or its name.
    deployment, model
        What to call; the connection's own by default.
    timeout
        Seconds for all tries.

    Returns
    -------
    list
        Of numbers for a text, of such lists for several.

    Raises
    ------
    WrongConnectionType, UsageProblem
        Before anything is sent.
    ToolFailed
        The service refused, or did not answer.
    """
    used = connection_for(LABEL, connection)
    texts = [input] if isinstance(input, str) else list(input)
    if not texts or not all(isinstance(t, str) and t.strip() for t in texts):
        raise UsageProblem("There is nothing to embed: a text is empty, or not a text.", "Give texts with words.")
    body: dict[str, Any] = {"model": openai_calls.model_for(used, deployment, model), "input": texts}
    if dimensions is not None:
        body["dimensions"] = dimensions
    found = fresh(used, lambda it: _embed(it, body, timeout))
    return found[0] if isinstance(input, str) else found


def _embed(connection: Connection, body: dict[str, Any], timeout: float) -> list[list[float]]:
    read = openai_calls.reader(connection, body["model"])
    with openai_calls.client_of(connection) as client:
        answer = repeat(lambda left: client.embeddings.create(**openai_calls.sent(body), timeout=left), read, timeout)
    vectors = [list(row.embedding) for row in sorted(answer.data, key=lambda row: row.index)]
    if len(vectors) != len(body["input"]):
        raise ToolFailed(
            f"{len(body['input'])} texts were sent and {len(vectors)} vectors came back.", "Report it to the service."
        )
    return vectors
