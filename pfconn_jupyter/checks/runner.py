"""Tests connections: sends their probes, one or many side by side, and says what came of it.

The requests run in daemon threads that are left behind when their time is over: neither
a name server that hangs nor a body that drips can hold up a notebook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.checks import side_by_side
from pfconn_jupyter.checks.outcome import Outcome, Verdict
from pfconn_jupyter.checks.side_by_side import within
from pfconn_jupyter.checks.tokens import TOKEN_BUDGET, Tokens, no_token
from pfconn_jupyter.errors import PfconnError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import requests

    from pfconn_jupyter.checks.sending import Answer
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.probe import Probe
    from pfconn_jupyter.connections.record import ConnectionRecord
    from pfconn_jupyter.connections.secret import Secret

_GRACE = 0.5
"""Seconds that a probe gets beyond its budget, so that its own words about a timeout win."""

INTERRUPTED = Verdict("not_checked", "interrupted", "Run %pfconn test again.")
"""Of those that a Ctrl-C kept from being tested."""


def check(connection: Connection) -> Outcome:
    """Test ``connection``, stored or not, by sending its probes to its own host.

    Never raises for what a service, a network or a type's probes do: that is what the
    outcome is for.
    """
    return _check(connection, Tokens())


def check_all(
    records: Sequence[ConnectionRecord],
    fetch: Callable[[ConnectionRecord], Connection],
    on_done: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Test connections side by side.

    Parameters
    ----------
    records
        What to test.
    fetch
        Returns the connection of a record, from any thread; what it raises becomes an outcome.
    on_done
        Is called in this thread with each outcome as it comes.

    Returns
    -------
    list
        One outcome for each record, in their order. After a Ctrl-C, those that were not
        tested say so.
    """
    tokens = Tokens()

    def test(record: ConnectionRecord) -> Outcome:
        try:
            connection = fetch(record)
        except PfconnError as error:
            return _of_record(record, Verdict("not_checked", error.problem, error.hint))
        except Exception as error:  # noqa: BLE001  one broken record must not end the run
            what = f"could not be read from {record.store} ({type(error).__name__})"
            return _of_record(record, Verdict("not_checked", what, "Report this: the store should say what is wrong."))
        outcome = _check(connection, tokens)
        # What the list says, even if the store bound nothing to the connection.
        return outcome if outcome.name else _renamed(outcome, record)

    return side_by_side.run(records, test, on_done, lambda record: _of_record(record, INTERRUPTED))


def _check(connection: Connection, tokens: Tokens) -> Outcome:
    try:
        return _first_that_decides(connection, tokens)
    except Exception as error:  # noqa: BLE001  a type of a plug-in may raise anything
        # Its text may hold anything: only its type is told.
        what = f"the test of type {connection.TYPE} failed ({type(error).__name__})"
        return _outcome(connection, Verdict("not_checked", what, "Report this to the author of the connection type."))


def _first_that_decides(connection: Connection, tokens: Tokens) -> Outcome:
    # requests costs 100 ms to import.
    import requests

    from pfconn_jupyter.checks.trust import SharedTrust

    outcome = None
    with requests.Session() as session:
        session.mount("https://", SharedTrust())
        for probe in connection.probes():
            found = _try(connection, probe, session, tokens)
            if probe.only_adds and outcome:
                return _with_more(outcome, found)
            outcome = found
            if outcome.http not in probe.next_on:
                return outcome
    return outcome or _outcome(connection, _no_probe(connection))


def _try(connection: Connection, probe: Probe, session: requests.Session, tokens: Tokens) -> Outcome:
    from pfconn_jupyter.checks import reading, sending
    from pfconn_jupyter.checks.failures import timed_out

    fetched: list[Secret] = []
    if tokens.needed_by(probe):
        filled = within(TOKEN_BUDGET, lambda: tokens.fill(probe)) or no_token("no answer in time")
        if isinstance(filled, Verdict):
            return _outcome(connection, filled)
        probe, fetched = filled
    home = connection.endpoint_url
    answer = within(sending.BUDGET + _GRACE, lambda: sending.send(session, probe, home, connection.HOSTS))
    if answer is None:
        return _outcome(connection, timed_out(home))
    if isinstance(answer, Verdict):
        return _outcome(connection, answer)
    secrets = [*connection.secrets.values(), *fetched]
    number = reading.request_id(answer, secrets)
    return _outcome(connection, reading.read(probe, answer, secrets), answer, number)


def _with_more(outcome: Outcome, found: Outcome) -> Outcome:
    from dataclasses import replace

    told = found.detail if found.status == "ok" else ""
    return replace(outcome, detail=f"{outcome.detail.rstrip('.')}; {told}") if told else outcome


def _no_probe(connection: Connection) -> Verdict:
    if "values" in type(connection).model_fields:
        hint = "Say how to test it: --set configs.test_url=https://… and configs.test_header=api-key."
        return Verdict("not_checked", "a custom connection has no test of its own", hint)
    return Verdict("not_checked", f"{connection.LABEL} has no test", "Use it once to see whether it works.")


def _outcome(connection: Connection, verdict: Verdict, answer: Answer | None = None, request_id: str = "") -> Outcome:
    return Outcome(
        name=connection.name,
        type=connection.TYPE,
        status=verdict.status,
        detail=verdict.detail,
        hint=verdict.hint,
        http=answer.http if answer else None,
        latency_ms=answer.latency_ms if answer else None,
        request_id=request_id,
        scope=connection.record.scope if connection.record else "",
    )


def _of_record(record: ConnectionRecord, verdict: Verdict) -> Outcome:
    return Outcome(record.name, record.type, verdict.status, verdict.detail, verdict.hint, scope=record.scope)


def _renamed(outcome: Outcome, record: ConnectionRecord) -> Outcome:
    from dataclasses import replace

    return replace(outcome, name=record.name, scope=record.scope)
