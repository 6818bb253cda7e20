"""Tests connections: sends their probes, one or many side by side, and says what came of it.

The requests run in daemon threads that are left behind when their time is over: neither
a name server that hangs nor a body that drips can hold up a notebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.checks import changes, side_by_side
from pfconn_jupyter.checks.outcome import Outcome, Verdict
from pfconn_jupyter.checks.side_by_side import within
from pfconn_jupyter.checks.tokens import TOKEN_BUDGET, Tokens
from pfconn_jupyter.connections.registry import built_in_name
from pfconn_jupyter.connections.type_words import parted
from pfconn_jupyter.errors import PfconnError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import requests

    from pfconn_jupyter.checks.sending import Answer
    from pfconn_jupyter.checks.side_by_side import Value, Values
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.probe import Probe
    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.connections.secret import Secret

_GRACE = 0.5
"""Seconds that a probe gets beyond its budget, so that its own words about a timeout win."""

INTERRUPTED = Verdict("not_checked", "interrupted", "Run %pfconn test again.")
"""Of those that a Ctrl-C kept from being tested."""


def check(connection: Connection, deployment: str = "") -> Outcome:
    """Test ``connection``, stored or not, by sending its probes to its own host.

    Never raises for what a service, a network or a type's probes do: that is what the
    outcome is for.

    Parameters
    ----------
    deployment
        The deployment or model to call, which spends a token; none by default.
    """
    return _check(connection, Tokens(), deployment)


def check_all(
    values: Values,
    listed: Callable[[], Sequence[ConnectionRecord]],
    on_done: Callable[[Outcome], None] | None = None,
    deployment: str = "",
) -> list[Outcome]:
    """Test connections side by side, each as soon as it is read.

    Parameters
    ----------
    values
        Yields each record with its connection, or with why it cannot be read, which becomes an
        outcome. Is iterated in another thread.
    listed
        Returns the records that are known so far: all of them when ``values`` has ended.
    on_done
        Is called in this thread with each outcome as it comes.
    deployment
        As in `check`.

    Returns
    -------
    list
        One outcome for each record that is ``listed``, in their order. After a Ctrl-C, those
        that were not tested say so.

    Raises
    ------
    PfconnError
        The listing in ``values`` failed.
    """
    tokens = Tokens()

    def test(value: Value) -> Outcome:
        record, found = value
        if isinstance(found, PfconnError):
            return _of_record(record, Verdict("not_checked", found.problem, found.hint))
        outcome = changes.told(_check(found, tokens, deployment), record)
        # What the list says, even if the store bound nothing to the connection.
        return outcome if outcome.name else _renamed(outcome, record)

    return side_by_side.run(values, listed, test, on_done, lambda record: _of_record(record, INTERRUPTED))


def _check(connection: Connection, tokens: Tokens, deployment: str = "") -> Outcome:
    try:
        return _first_that_decides(connection, tokens, deployment)
    except Exception as error:  # noqa: BLE001  a type of a plug-in may raise anything
        # Its text may hold anything: only its type is told.
        what = f"the test of type {connection.TYPE} failed ({type(error).__name__})"
        return _outcome(connection, Verdict("not_checked", what, "Report this to the author of the connection type."))


def _first_that_decides(connection: Connection, tokens: Tokens, deployment: str) -> Outcome:
    # requests costs 100 ms to import.
    import requests

    from pfconn_jupyter.checks.trust import SharedTrust

    outcome = None
    with requests.Session() as session:
        session.mount("https://", SharedTrust())
        for probe in connection.deployment_probes(deployment) if deployment else connection.probes():
            found, leads_on = _try(connection, probe, session, tokens)
            if probe.only_adds and outcome:
                return _with_more(outcome, found)
            outcome = found
            if not leads_on:
                return outcome
    return outcome or _outcome(connection, _no_probe(connection, deployment))


def _try(connection: Connection, probe: Probe, session: requests.Session, tokens: Tokens) -> tuple[Outcome, bool]:
    """Return what came of ``probe``, and whether the next one shall be tried."""
    from pfconn_jupyter.checks import clock, instead, reading

    answered = _answer(connection, probe, session, tokens)
    if isinstance(answered, Verdict):
        return _outcome(connection, answered), False
    answer, fetched = answered
    secrets = [*connection.secrets.values(), *fetched]
    verdict = reading.read(probe, answer, secrets)
    if fetched:
        verdict = clock.blamed(verdict, answer)
    if probe.instead and verdict.status == "not_found":
        listing = _answer(connection, probe.instead, session, tokens)
        if not isinstance(listing, Verdict):
            verdict = instead.named(verdict, str((probe.body or {}).get("model", "")), listing[0], secrets)
    number = reading.request_id(answer, secrets)
    return _outcome(connection, verdict, answer, number), reading.leads_on(probe, answer)


def _answer(
    connection: Connection, probe: Probe, session: requests.Session, tokens: Tokens
) -> tuple[Answer, list[Secret]] | Verdict:
    """Return the answer to ``probe`` and the tokens that were sent with it, or why there is none."""
    from pfconn_jupyter.checks import sending
    from pfconn_jupyter.checks.failures import timed_out

    fetched: list[Secret] = []
    if tokens.needed_by(probe):
        filled = within(TOKEN_BUDGET, lambda: tokens.fill(probe)) or tokens.give_up(probe)
        if isinstance(filled, Verdict):
            return filled
        probe, fetched = filled
    home = connection.endpoint_url
    answer = within(sending.BUDGET + _GRACE, lambda: sending.send(session, probe, home, connection.HOSTS))
    if answer is None:
        return timed_out(home)
    return answer if isinstance(answer, Verdict) else (answer, fetched)


def _with_more(outcome: Outcome, found: Outcome) -> Outcome:
    from dataclasses import replace

    told = found.detail if found.status == "ok" else ""
    return replace(outcome, detail=f"{outcome.detail.rstrip('.')}; {told}") if told else outcome


def _no_probe(connection: Connection, deployment: str) -> Verdict:
    if connection.typeless:
        return Verdict("not_checked", connection.typeless, "How to test it stands in its type.", untestable=True)
    if deployment:
        what = f"a connection of type {connection.TYPE} has no deployments that a test can call"
        return Verdict("not_checked", what, "Test it without --deployment.")
    if "values" in type(connection).model_fields:
        hint = "Say how to test it: --set configs.test_url=https://… and configs.test_header=api-key."
        return Verdict("not_checked", "a custom connection has no test of its own", hint, untestable=True)
    hint = "Use it once to see whether it works."
    if not built_in_name(connection.stored_type):
        hint += " Or give its class a TEST_PATH."
    return Verdict("not_checked", f"{connection.LABEL} has no test", hint, untestable=True)


def _outcome(connection: Connection, verdict: Verdict, answer: Answer | None = None, request_id: str = "") -> Outcome:
    return Outcome(
        name=connection.name,
        type=parted(connection.stored_type)[0],
        status=verdict.status,
        detail=verdict.detail,
        hint=verdict.hint,
        http=answer.http if answer else None,
        latency_ms=answer.latency_ms if answer else None,
        request_id=request_id,
        scope=connection.record.scope if connection.record else "",
        untestable=verdict.untestable,
    )


def _of_record(record: ConnectionRecord, verdict: Verdict) -> Outcome:
    return Outcome(record.name, record.type, verdict.status, verdict.detail, verdict.hint, scope=record.scope)


def _renamed(outcome: Outcome, record: ConnectionRecord) -> Outcome:
    from dataclasses import replace

    return replace(outcome, name=record.name, scope=record.scope)
