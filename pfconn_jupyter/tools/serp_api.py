"""Search the web with Google or Bing through SerpAPI, by plain HTTP.

SerpAPI's two packages install files of the same names over each other; and its key travels
in the query of the address, which neither a log nor an exception may hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.tools import http_calls
from pfconn_jupyter.tools._connection import connection_for
from pfconn_jupyter.tools.arguments import Argument
from pfconn_jupyter.tools.freshness import fresh
from pfconn_jupyter.tools.retrying import repeat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.connections.connection import Connection

LABEL = "Serp API"
CELL = "query"
ENGINES = {
    # What the number of results and the filter are called (serpapi.com: google-search-api, bing-search-api).
    "google": {"count": "num", "safe": {"active": ("safe", "active"), "off": ("safe", "off")}},
    "bing": {"count": "count", "safe": {"active": ("safeSearch", "strict"), "off": ("safeSearch", "off")}},
}
ARGUMENTS = (
    Argument("engine", "google by default", choices=tuple(ENGINES)),
    Argument("location", "where the search comes from, as 'Austin, Texas'"),
    Argument("safe", "leave out adult content", choices=("active", "off")),
    Argument("num", "results, at most", "integer"),
    Argument("timeout", "seconds for all tries", "number"),
)
_HINTS = {
    "run out of searches": "Buy searches, or wait until the plan renews: serpapi.com/manage-api-key.",
    "Unsupported": "Use another engine.",
}
_NOTHING = "hasn't returned any results"


def serp_api(
    connection: Connection | str,
    query: str,
    *,
    engine: Literal["google", "bing"] = "google",
    location: str | None = None,
    safe: Literal["active", "off"] = "off",
    num: int = 10,
    timeout: float = 30.0,
) -> dict[str, Any]:
    """Return the results of a web search, as SerpAPI gives them.

    Parameters
    ----------
    connection
        A SerpAPI connection, or its name.
    engine
        ``google`` or ``bing``.
    location
        Where the search comes from, as ``Austin, Texas``.
    safe
        ``active`` leaves out adult content.
    num
        Results, at most.
    timeout
        Seconds for all tries.

    Returns
    -------
    dict
        ``organic_results`` and whatever else SerpAPI found.

    Raises
    ------
    WrongConnectionType, UsageProblem
        Before anything is sent.
    ToolFailed
        The service refused, or did not answer.
    """
    if engine not in ENGINES or safe not in ("active", "off"):
        raise UsageProblem(f"engine={engine!r}, safe={safe!r}: one of them is unknown.", "google, bing; active, off.")
    if not query.strip() or num < 1:
        raise UsageProblem("The query is empty, or num is below 1.", "Give words to look for, and a num from 1 on.")
    used = connection_for(LABEL, connection)
    words: Any = ENGINES[engine]
    name, value = words["safe"][safe]
    sent = {"engine": engine, "q": query.strip(), words["count"]: str(num), name: value}
    if location:
        sent["location"] = location
    return fresh(used, lambda it: repeat(lambda left: _search(it, sent, left), http_calls.reader(it, _HINTS), timeout))


def rows(found: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[list[dict[str, Any]], tuple[str, ...], str]:
    """Return the organic results as rows, columns and a sentence."""
    organic = found.get("organic_results") or []
    others = [k for k in found if k.endswith("_results") or k in ("answer_box", "knowledge_graph")]
    more = [k for k in others if k != "organic_results"]
    told = f" Besides: {', '.join(more)}, in the result's attrs['answer']." if more else ""
    note = f"{len(organic)} results of {given.get('engine') or 'google'}.{told}"
    return list(organic), ("position", "title", "link", "snippet"), note


def _search(connection: Connection, sent: Mapping[str, str], left: float) -> dict[str, Any]:
    key = connection.secrets["api_key"]
    answer, headers = http_calls.send(
        "GET", f"{connection.endpoint_url}/search.json", left, query={**sent, "api_key": key}
    )
    error = str(answer.get("error") or "") if isinstance(answer, dict) else "the answer is no object"
    if error and _NOTHING not in error:
        raise http_calls.Refused(200, error, headers)
    # The addresses for fetching the answer again hold the key.
    found: dict[str, Any] = http_calls.without(answer, key)
    return found
