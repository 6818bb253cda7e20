"""Reads an answer into a verdict: the service's own words first, then HTTP in general."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pfconn_jupyter.checks.common import COMMON
from pfconn_jupyter.checks.failures import proxy_sign_in
from pfconn_jupyter.checks.outcome import Verdict
from pfconn_jupyter.checks.redaction import one_line
from pfconn_jupyter.checks.telling import told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pfconn_jupyter.checks.sending import Answer
    from pfconn_jupyter.connections.probe import Probe, Reading, Status
    from pfconn_jupyter.connections.secret import Secret

_REQUEST_IDS = ("x-request-id", "apim-request-id", "x-ms-request-id")
_LONGEST_ID = 80
# Where services put their words, the best first.
_MESSAGES = ("message", "error_description", "detail", "title", "Message", "error", "status")
_AGAIN = "Test again in a minute"
_A_PAGE = "a web page answered: is it the service's, or a sign-in page?"
# For answers that say it in words only, as Azure's gateway does.
_WAIT_SAID = re.compile(r"(?:retry after|again in) (\d{1,7}) seconds?", re.IGNORECASE)
_GENERAL: dict[int, tuple[Status, str]] = {
    400: ("misconfigured", "The service does not understand the request: compare the address and the version."),
    401: ("denied", "Get a new key from the service and replace this one: %pfconn rotate."),
    403: ("denied", "The key or identity is known but may not do this: ask the service's owner for the right or role."),
    404: ("not_found", "Compare the address with the service's documentation: nothing is at this path."),
    408: ("timeout", f"{_AGAIN}; the service was too slow."),
    422: ("misconfigured", "The service does not accept a value of the request: compare the version and the fields."),
    429: ("throttled", f"{_AGAIN}: the service limits the number of requests."),
    504: ("timeout", f"{_AGAIN}; a gateway waited in vain for the service."),
}


def read(probe: Probe, answer: Answer, secrets: Sequence[Secret]) -> Verdict:
    """Return what ``answer`` to ``probe`` means.

    Parameters
    ----------
    secrets
        What must not be in the verdict, whatever the service echoes.
    """
    if answer.http in probe.accept:
        return _accepted(probe, answer, secrets)
    if 300 <= answer.http < 400:
        return _redirected(answer, lambda text: one_line(text, secrets))
    if answer.http == 407:
        return proxy_sign_in()
    status, hint = _general(answer.http)
    if reading := _reading(probe, answer):
        if reading.status == "ok":
            # A refusal that proves what was asked, such as a model's that it got too little room.
            return _proven(probe)
        status, hint = reading.status, reading.hint
    wait = _wait(answer)
    detail = one_line(_said(answer), secrets) or f"HTTP {answer.http} without a word"
    if wait is not None:
        detail += f" (asks to wait {_span(wait)})"
    elif said := _WAIT_SAID.search(answer.body.decode(errors="replace")):
        wait = int(said[1])
    return Verdict(status, detail, hint.replace("in a minute", f"in {_span(wait)}") if wait else hint)


def leads_on(probe: Probe, answer: Answer) -> bool:
    """Tell whether the connection's next probe shall be tried instead."""
    return answer.http in probe.next_on and (not probe.next_words or _says(answer, *probe.next_words))


def request_id(answer: Answer, secrets: Sequence[Secret]) -> str:
    """Return the service's number of the request, or ``""``."""
    for name in _REQUEST_IDS:
        if value := answer.headers.get(name):
            return one_line(value, secrets)[:_LONGEST_ID]
    return ""


def _general(http: int) -> tuple[Status, str]:
    if http in _GENERAL:
        return _GENERAL[http]
    if http >= 500:
        return "server_error", f"{_AGAIN}; if it stays, look at the service's status page."
    return "misconfigured", "Compare the address with the service's documentation: this answer is not expected."


def _reading(probe: Probe, answer: Answer) -> Reading | None:
    worded = [r for r in probe.readings if r.words]
    fit = (r for r in (*worded, *COMMON, *probe.readings) if r.http == answer.http and _says(answer, r.words))
    return next(fit, None)


def _says(answer: Answer, *words: str) -> bool:
    text = answer.body.decode(errors="replace").lower()
    return any(word.lower() in text for word in words)


def _proven(probe: Probe, *said: str) -> Verdict:
    return Verdict("ok", "; ".join(part for part in (probe.proves, *said, probe.leaves_open) if part))


def _accepted(probe: Probe, answer: Answer, secrets: Sequence[Secret]) -> Verdict:
    if _is_expected(probe, answer):
        said, meaning = told(probe.tells, _json(answer), secrets) if probe.tells else ([], None)
        # A sign-in page says nothing of the secret.
        page = _is_page(answer) and not probe.expect_words
        proven = _A_PAGE if page else probe.proves
        detail = "; ".join(part for part in (proven, *said, probe.leaves_open) if part)
        return Verdict(meaning.status, detail, meaning.hint) if meaning else Verdict("ok", detail)
    if answer.ending in ("broken", "slow"):
        status: Status = "timeout" if answer.ending == "slow" else "unreachable"
        return Verdict(status, f"HTTP {answer.http}, but the answer broke off", f"{_AGAIN}; a proxy may cut answers.")
    what = "a web page (captive portal or proxy?)" if _is_page(answer) else "not this service's answer"
    return Verdict(
        "misconfigured",
        f"something else answered: HTTP {answer.http} with {what}",
        "Sign in to the network or proxy first, and compare the address with the service's documentation.",
    )


def _is_expected(probe: Probe, answer: Answer) -> bool:
    if probe.expect_words.lower() not in answer.body.decode(errors="replace").lower():
        return False
    return not probe.expect_key or _has_key(answer, probe.expect_key)


def _has_key(answer: Answer, key: str) -> bool:
    if answer.ending == "capped":
        # A long list of models: what was read of it is not JSON any more.
        text = answer.body.decode(errors="replace")
        return text.lstrip().startswith("{") and re.search(rf'"{re.escape(key)}"\s*:', text) is not None
    found = _json(answer)
    return isinstance(found, dict) and key in found


def _redirected(answer: Answer, clean: Callable[[str], str]) -> Verdict:
    try:
        target = urlsplit(answer.headers.get("location", "")).hostname or "another path"
    except ValueError:
        target = "somewhere"
    return Verdict(
        "misconfigured",
        f"answers with a redirect to {clean(target)}; not followed",
        "Sign in to the network or proxy first if it has a sign-in page; else use the address that the service gives.",
    )


def _said(answer: Answer) -> str:
    if _is_page(answer):
        return f"HTTP {answer.http} with a web page, not the service's own words"
    found = _json(answer)
    return _message(found) if found is not None else answer.body.decode(errors="replace")


def _message(found: object) -> str:
    """Return the sentence in an error body, wherever this service keeps it."""
    if isinstance(found, str):
        return found
    if isinstance(found, list):
        return _message(found[0]) if found else ""
    if not isinstance(found, dict):
        return ""
    if isinstance(found.get("error"), dict):
        return _message(found["error"])
    return next((text for name in _MESSAGES if (text := _message(found.get(name)))), "")


def _json(answer: Answer) -> object:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _is_page(answer: Answer) -> bool:
    return answer.body.lstrip()[:1] == b"<" or "html" in answer.headers.get("content-type", "").lower()


def _wait(answer: Answer) -> int | None:
    """Return the seconds of Retry-After, which comes as a number or a date, or None."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 8:
        return int(value)
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return max(0, round((at - datetime.now(timezone.utc)).total_seconds()))


def _span(seconds: int) -> str:
    """Return a time to wait as a person says it: a free tier's quota comes back in days."""
    for unit, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{round(seconds / unit)} {name}"
    return f"{seconds} s"
