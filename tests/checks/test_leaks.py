"""The secret is hunted in everything a check leaves behind, each hunt beside a control."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from hunter import assert_clean, hunt
from pfconn_jupyter.checks import runner, sending, side_by_side
from pfconn_jupyter.checks.runner import check, check_all
from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.probe import Probe
from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.quiet import Quiet, requests_quiet
from standins.service import Reply, Service, half, reset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Make = Callable[[str], Connection]

SECRET = "Zk7-q0W/e5R+t1Y2u9I4o8P3a6S"
PATH = "/account.json"


class InQuery(Connection):
    """A type that sends its key in the query, as SerpAPI wants it."""

    TYPE = "in_query"
    LABEL = "In query"
    ENDPOINT = "address"
    address: str
    api_key: Secret

    def probes(self) -> Iterator[Probe]:
        yield Probe(self.address + PATH, query={"api_key": self.api_key}, expect_key="plan")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second instead of ten."""
    monkeypatch.setattr(sending, "BUDGET", 0.5)
    monkeypatch.setattr(runner, "_GRACE", 0.2)


def wait_for(happened: Callable[[], object]) -> None:
    """Wait up to five seconds."""
    deadline = time.monotonic() + 5
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.01)


def echo(handler: Any) -> None:
    """Answer with everything that came in, as SerpAPI's account page does."""
    Reply(401, f"{handler.path} {dict(handler.headers)} {SECRET}".encode(), {"x-request-id": SECRET})(handler)


ANSWERS = {
    "accepted": Reply(200, {"plan": SECRET}),
    "echo": echo,
    "error": Reply(500, {"error": {"message": f"failed with {SECRET[:12]}"}}),
    "redirect": Reply(302, b"", {"Location": f"https://{SECRET.lower()}.example/?{SECRET}"}),
    "slow": Reply(200, delay=3),
    "half": half,
    "reset": reset,
    "broken headers": lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nbad header line\r\n\r\n{}"),
    "no HTTP": lambda handler: handler.wfile.write(SECRET.encode() + b"\r\n"),
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", ANSWERS)
def test_outcome_and_logs_are_clean(service: Service, debug_log: list[str], kind: str) -> None:
    service.on(PATH, ANSWERS[kind])
    outcome = check(InQuery(address=service.url, api_key=Secret(SECRET)))
    assert service.received[0].query == {"api_key": [SECRET]}, "the control: it was sent"
    assert_clean(SECRET, outcome, "\n".join(debug_log))


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "https://nobody.invalid", "https://127.0.0.1:9"])
def test_where_nothing_can_be_sent(debug_log: list[str], address: str) -> None:
    outcome = check(InQuery(address=address, api_key=Secret(SECRET)))
    assert outcome.status == "unreachable"
    assert_clean(SECRET, outcome, "\n".join(debug_log))


def test_the_log_would_have_it_without_the_filter(service: Service, debug_log: list[str]) -> None:
    service.on(PATH, Reply(200, {"plan": 1}))
    check(InQuery(address=service.url, api_key=Secret(SECRET)))
    requests.get(service.url + PATH, params={"api_key": SECRET}, timeout=5).close()
    assert hunt(SECRET, "\n".join(debug_log)), "after a check, the notebook's own requests are logged as before"


def test_only_our_threads_are_silent_and_only_while_they_send(
    service: Service, debug_log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # One of its own: threads that other tests have left behind may still be sending.
    quiet = Quiet(*requests_quiet._names)
    monkeypatch.setattr(sending, "requests_quiet", quiet)
    go_on = threading.Event()

    def answer(handler: Any) -> None:
        go_on.wait(5)
        Reply(200, {"plan": 1})(handler)

    service.on(PATH, answer)
    connection = InQuery(address=service.url, api_key=Secret(SECRET))
    ours = threading.Thread(target=check, args=(connection,))
    ours.start()
    wait_for(lambda: service.received)
    assert quiet in logging.getLogger("urllib3.connectionpool").filters
    requests.get(f"{service.url}/theirs", timeout=5).close()
    go_on.set()
    ours.join()
    assert any("/theirs" in line for line in debug_log)
    assert not any(PATH in line for line in debug_log)
    wait_for(lambda: not quiet._ours)
    assert not any(quiet in logging.getLogger(name).filters for name in quiet._names)


def test_what_requests_would_have_raised_holds_it() -> None:
    with pytest.raises(requests.ConnectionError) as caught:
        requests.get("http://127.0.0.1:9/x", params={"api_key": SECRET}, timeout=5)
    assert hunt(SECRET, caught.value), "the control: exceptions of requests leak"


def test_a_ctrl_c_shows_frames_without_it(service: Service, azure: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    service.on("/openai/v1/models", Reply(200, delay=1))

    def interrupt(*args: object) -> None:
        wait_for(lambda: service.received)
        raise KeyboardInterrupt

    monkeypatch.setattr(side_by_side, "_wait", interrupt)
    connection = azure(service.url)
    with pytest.raises(KeyboardInterrupt) as caught:
        _check_while_handling(connection)
    assert_clean(SECRET, caught.value)
    assert service.received[0].headers["api-key"] == SECRET, "the control: the secret was on its way"


def _check_while_handling(connection: Connection) -> None:
    try:
        int("before")
    except ValueError:
        check(connection)


def test_outcomes_of_a_run_are_clean(service: Service, azure: Make, debug_log: list[str]) -> None:
    service.on("/openai/v1/models", Reply(401, {"error": {"message": SECRET}}))
    record = ConnectionRecord("c", "azure_openai", "private", "local:")
    outcomes = check_all(((record, azure(service.url)) for _ in range(3)), lambda: [record] * 3)
    assert {o.status for o in outcomes} == {"denied"}
    assert_clean(SECRET, outcomes, "\n".join(debug_log))
