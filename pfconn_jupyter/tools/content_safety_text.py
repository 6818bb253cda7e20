"""Look for hate, self-harm, sexual content and violence in a text, with Azure AI Content Safety."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pfconn_jupyter.errors import ToolFailed, UsageProblem
from pfconn_jupyter.tools import azure_calls
from pfconn_jupyter.tools._connection import connection_for
from pfconn_jupyter.tools.arguments import Argument
from pfconn_jupyter.tools.freshness import fresh
from pfconn_jupyter.tools.retrying import repeat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pfconn_jupyter.connections.connection import Connection

LABEL = "Content Safety (Text)"
CELL = "text"
SENSITIVITIES = {"disable": None, "low": 6, "medium": 4, "high": 2}
"""Word to the severity from which a text is rejected, as in prompt flow: the more sensitive, the lower."""
_WORDS = tuple(SENSITIVITIES)
CATEGORIES = {"hate": "Hate", "self_harm": "SelfHarm", "sexual": "Sexual", "violence": "Violence"}
"""Parameter to the service's category."""
LONGEST = 10_000
"""Characters that the service takes at once (learn.microsoft.com, content-safety: input requirements)."""
ARGUMENTS = (
    *(
        Argument(name, f"sensitivity to {label}: low rejects from severity 6, medium 4, high 2", choices=_WORDS)
        for name, label in CATEGORIES.items()
    ),
    Argument("blocklists", "a blocklist of the resource; may be given several times", "texts"),
    Argument("timeout", "seconds for all tries", "number"),
)
Sensitivity = Literal["disable", "low", "medium", "high"]


def content_safety_text(
    connection: Connection | str,
    text: str,
    *,
    hate: Sensitivity = "medium",
    self_harm: Sensitivity = "medium",
    sexual: Sensitivity = "medium",
    violence: Sensitivity = "medium",
    blocklists: Sequence[str] = (),
    timeout: float = 30.0,
) -> dict[str, Any]:
    """Return whether a text should be accepted, and how severe it is in each category.

    Parameters
    ----------
    connection
        A Content Safety connection, or its name.
    hate, self_harm, sexual, violence
        How sensitive, in prompt flow's words: ``low`` rejects from severity 6 on, ``medium``
        from 4, ``high`` from 2; ``disable`` never. Its ``low_sensitivity`` is taken as well.
    blocklists
        Names of blocklists of the resource; a match rejects the text.
    timeout
        Seconds for all tries.

    Returns
    -------
    dict
        Prompt flow's ``suggested_action`` (``Accept`` or ``Reject``) and
        ``action_by_category``; besides, ``severity_by_category`` and ``blocklists_match``
        (name and text of each item that matched).

    Raises
    ------
    WrongConnectionType, UsageProblem
        Before anything is sent.
    ToolFailed
        The service refused, did not answer, or left a category out.
    """
    given = {"hate": hate, "self_harm": self_harm, "sexual": sexual, "violence": violence}
    wanted = {name: word.removesuffix("_sensitivity") for name, word in given.items()}
    for name, word in wanted.items():
        if word not in SENSITIVITIES:
            raise UsageProblem(f"{name} is {word!r}, which is no sensitivity.", f"Use one of: {', '.join(_WORDS)}.")
    if not text.strip():
        raise UsageProblem("The text is empty.", "Give a text to look at.")
    if len(text) > LONGEST:
        raise UsageProblem(
            f"The text has {len(text):,} characters; the service takes {LONGEST:,}.", "Give it in parts, one call each."
        )
    used = connection_for(LABEL, connection)
    names = [blocklists] if isinstance(blocklists, str) else list(blocklists)
    severities, matches = fresh(used, lambda it: _analyse(it, text, names, timeout))
    return _judged(wanted, severities, matches)


def rows(found: Mapping[str, Any], _: Mapping[str, Any]) -> tuple[list[dict[str, Any]], tuple[str, ...], str]:
    """Return the result as rows, columns and a sentence."""
    severity = found["severity_by_category"]
    table = [
        {"category": category, "severity": severity.get(category), "action": action}
        for category, action in found["action_by_category"].items()
    ]
    matches = "".join(f" Blocklist {m['blocklist']}: {m['text']!r}." for m in found["blocklists_match"])
    return table, ("category", "severity", "action"), f"Suggested action: {found['suggested_action']}.{matches}"


def _analyse(
    connection: Connection, text: str, blocklists: list[str], timeout: float
) -> tuple[dict[str, int], list[dict[str, str]]]:
    # As JSON, not as the SDK's model: what a later api-version adds must not get lost on the way.
    body: dict[str, Any] = {"text": text, "categories": list(CATEGORIES.values()), "outputType": "FourSeverityLevels"}
    if blocklists:
        body |= {"blocklistNames": blocklists, "haltOnBlocklistHit": False}
    with azure_calls.client_of(connection) as client:
        answer = repeat(
            lambda left: client.analyze_text(body, **azure_calls.within(left)), azure_calls.reader(connection), timeout
        )
    severities = {row["category"]: row["severity"] for row in answer.get("categoriesAnalysis") or []}
    matches = [
        {"blocklist": m["blocklistName"], "text": m["blocklistItemText"]} for m in answer.get("blocklistsMatch") or []
    ]
    return severities, matches


def _judged(wanted: Mapping[str, str], severities: Mapping[str, int], matches: list[dict[str, str]]) -> dict[str, Any]:
    actions: dict[str, str] = {}
    for name, word in wanted.items():
        category, threshold = CATEGORIES[name], SENSITIVITIES[word]
        if threshold is not None and category not in severities:
            raise ToolFailed(
                f"The service said nothing about {category}.", "See %pfconn test, and the connection's api_version."
            )
        rejected = threshold is not None and severities[category] >= threshold
        actions[category] = "Reject" if rejected else "Accept"
    return {
        "suggested_action": "Reject" if matches or "Reject" in actions.values() else "Accept",
        "action_by_category": actions,
        "severity_by_category": dict(severities),
        "blocklists_match": matches,
    }
