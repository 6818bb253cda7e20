"""Search the web with Google or Bing through SerpAPI, by plain HTTP.

SerpAPI's two packages install files of the same names over each other; and its key travels
in the query of the address, which neither a log nor an exception may hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pfconn_jupyter.checks.redaction import one_line
from pfconn_jupyter.connections.secret import MASK
from pfconn_jupyter.errors import ToolFailed, UsageProblem
from pfconn_jupyter.quiet import requests_quiet
from pfconn_jupyter.tools._connection import connection_for
from pfconn_jupyter.tools.arguments import Argument
from pfconn_jupyter.tools.freshness import fresh
from pfconn_jupyter.tools.retrying import AGAIN, Trouble, repeat, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
_NOTHING = "hasn't returned any results"


class _Refused(Exception):
    """An answer that is none: its status, its words and its headers."""

    def __init__(self, http: int, said: str, headers: Mapping[str, str]) -> None:
        super().__init__(http)
        self.http, self.said, self.headers = http, said, headers


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
    return fresh(used, lambda it: repeat(lambda left: _search(it, sent, left), _reader(it), timeout))


def rows(found: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[list[dict[str, Any]], tuple[str, ...], str]:
    """Return the organic results as rows, columns and a sentence."""
    organic = found.get("organic_results") or []
    others = [k for k in found if k.endswith("_results") or k in ("answer_box", "knowledge_graph")]
    more = [k for k in others if k != "organic_results"]
    told = f" Besides: {', '.join(more)}, in the result's attrs['answer']." if more else ""
    note = f"{len(organic)} results of {given.get('engine') or 'google'}.{told}"
    return list(organic), ("position", "title", "link", "snippet"), note


def _search(connection: Connection, sent: Mapping[str, str], left: float) -> dict[str, Any]:
    import requests

    # The address is the connection's own; only a test's points elsewhere than serpapi.com.
    url = f"{connection.endpoint_url}/search.json"
    with requests_quiet, requests.Session() as session:
        response = session.get(
            url,
            params={**sent, "api_key": connection.secrets["api_key"].reveal()},
            headers={"User-Agent": "pfconn_jupyter"},
            timeout=left,
            allow_redirects=False,
            auth=_as_it_is,
        )
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if response.status_code != 200 or not isinstance(answer, dict):
        said = answer.get("error", "") if isinstance(answer, dict) else "the answer is no JSON"
        raise _Refused(response.status_code, str(said), response.headers)
    if (error := answer.get("error")) and _NOTHING not in str(error):
        raise _Refused(200, str(error), response.headers)
    found: dict[str, Any] = _without(answer, connection)
    return found


def _as_it_is(request: Any) -> Any:
    # Without an auth of its own, requests would put one from ~/.netrc on it.
    return request


def _without(answer: Any, connection: Connection) -> Any:
    """Return the answer with a mask where it echoes the key."""
    if isinstance(answer, dict):
        return {k: _without(v, connection) for k, v in answer.items()}
    if isinstance(answer, list):
        return [_without(v, connection) for v in answer]
    if isinstance(answer, str):
        return answer.replace(connection.secrets["api_key"].reveal(), MASK)
    return answer


def _reader(connection: Connection) -> Callable[[Exception], Trouble]:
    who = connection.name or connection.LABEL
    test = f"See why: %pfconn test {connection.name}." if connection.name else "Test the connection."

    def read(error: Exception) -> Trouble:
        if isinstance(error, _Refused):
            said = one_line(error.said, connection.secrets.values())
            # 429 is also said when the account has no searches left: waiting does not help there.
            spent = "run out of searches" in error.said
            hint = "Buy searches, or wait for the next month: serpapi.com/manage-api-key." if spent else test
            failed = ToolFailed(f"{who} refused ({error.http}): {said or 'no reason given'}", hint, error.http)
            return Trouble(failed, error.http in AGAIN and not spent, retry_after(error.headers))
        import requests

        # Never its own text: it holds the address, and the address the key.
        if isinstance(error, requests.exceptions.Timeout):
            return Trouble(ToolFailed(f"{who} did not answer in time.", "Give a longer --timeout."), again=True)
        if isinstance(error, requests.exceptions.RequestException):
            return Trouble(ToolFailed(f"{who} cannot be reached ({type(error).__name__}).", test), again=True)
        return Trouble(ToolFailed(f"The search failed ({type(error).__name__}).", test))

    return read
