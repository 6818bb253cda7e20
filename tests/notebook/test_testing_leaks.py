"""A tested key is hunted in all that a cell leaves: tables in each form, logs, tracebacks of every kind."""

from __future__ import annotations

import io
import logging
import pickle
import sys
import threading
from types import SimpleNamespace

import pytest

from hunter import hunt
from pfconn_jupyter.checks import reading, runner, sending, side_by_side
from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.probe import Probe
from pfconn_jupyter.connections.registry import TYPES, Entry
from pfconn_jupyter.connections.secret import Secret
from standins.service import Reply, Service, half, reset

KEY = "Zl9-q0W/e5R+t1Y2u9I4o8P3a6S"
TESTS = ("test --all", "test --all --deployment gpt-4o", "test --all --explain", "test --all --strict")


class InQuery(Connection):
    """A type that sends its key in the query, as SerpAPI wants it."""

    TYPE = "in_query"
    LABEL = "In query"
    BADGE = "IQ"
    ENDPOINT = "address"
    address: str
    api_key: Secret

    def probes(self):
        yield Probe(f"{self.address}/account.json", query={"api_key": self.api_key}, expect_key="plan")

    def deployment_probes(self, deployment):
        yield Probe(f"{self.address}/account.json", query={"api_key": self.api_key}, body={"x": 1}, method="POST")


def echo(status):
    """Return an answer that says everything that came in, and the key, whole, half and in its head."""

    def answer(handler):
        headers = {"x-request-id": KEY, "Retry-After": KEY, "WWW-Authenticate": KEY, "Location": f"https://{KEY}/{KEY}"}
        said = {"error": {"message": f"{KEY} {handler.path} {dict(handler.headers)} {KEY[:9]}", "code": KEY}}
        Reply(status, said, headers)(handler)

    return answer


ANSWERS = {
    "accepted": echo(200),
    "refused": echo(401),
    "redirected": echo(302),
    "broken": echo(500),
    "not found": echo(404),
    "bad": echo(400),
    "half": half,
    "reset": reset,
    "no HTTP": lambda handler: handler.wfile.write(KEY.encode() + b"\r\n"),
}


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setitem(TYPES, "in_query", Entry("in_query_of_the_tests:InQuery"))
    monkeypatch.setitem(sys.modules, "in_query_of_the_tests", SimpleNamespace(InQuery=InQuery))
    monkeypatch.setattr(sending, "BUDGET", 1.0)
    with Service() as running:
        yield running


@pytest.fixture
def stored(notebook, service, monkeypatch):
    monkeypatch.setenv("MY_KEY", KEY)
    secret = "--set api_key='${env:MY_KEY}'"
    notebook(f"%pfconn create azure_openai aoai --set api_base={service.url} {secret}")
    notebook(f"%pfconn create openai oai --set base_url={service.url}/v1 {secret}")
    notebook(f"%pfconn create in_query serp --set address={service.url} {secret}")
    header = f"--set configs.test_url={service.url}/x --set configs.test_header=api-key"
    notebook(f"%pfconn create custom mine {header} --set secrets.k='${{env:MY_KEY}}'")
    monkeypatch.delenv("MY_KEY")
    return notebook


@pytest.fixture
def log():
    written, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def scripted(service, answer):
    for path in ("/openai/v1/models", "/openai/models", "/v1/models", "/account.json", "/x"):
        service.on(path, answer)
    for path in ("/openai/deployments/gpt-4o", "/v1"):
        service.on(f"{path}/chat/completions", answer).on(f"{path}/embeddings", answer)


def left_behind(notebook, line, capsys, xmode="Verbose"):
    """Return everything that a cell leaves, by name."""
    notebook.shell.run_line_magic("xmode", xmode)
    capsys.readouterr()
    result = notebook.shell.run_cell(f"{line}", store_history=True)
    shown = capsys.readouterr()
    found = {"stdout": shown.out, "stderr": shown.err, "raised": repr(result.error_in_exec)}
    if (table := result.result) is not None:
        found |= {
            "repr": repr(table),
            "html": table._repr_html_() + table.to_html(),
            "csv": table.to_csv(),
            "json": table.to_json(date_format="iso") + table.to_json(orient="table"),
            "pickle": pickle.dumps(table),
            "vars": repr(vars(table)),
        }
    return found


def caught(places):
    """Return the names of the places that hold the key, in whatever form."""
    return sorted(name for name, seen in places.items() if hunt(KEY, seen))


@pytest.mark.parametrize("kind", ANSWERS)
def test_nothing_is_left(stored, service, *, capsys, log, tmp_path, kind):
    scripted(service, ANSWERS[kind])
    for line in TESTS:
        service.received.clear()
        assert caught(left_behind(stored, f"%pfconn {line}", capsys)) == [], line
        sent = b"".join(repr((r.headers, r.query)).encode() for r in service.received)
        assert bool(hunt(KEY, sent)) == ("explain" not in line), "the control: it was sent, except by --explain"
    stored.shell.history_manager.writeout_cache()
    assert hunt(KEY, log.getvalue()) == []
    assert hunt(KEY, tmp_path) == []


@pytest.mark.parametrize("xmode", ["Plain", "Context", "Verbose", "Minimal", "Docs"])
def test_a_failed_cell_shows_two_lines_in_every_mode(stored, service, capsys, xmode):
    scripted(service, echo(401))
    places = left_behind(stored, "%pfconn test --all --strict", capsys, xmode)
    assert caught(places) == []
    assert "CheckFailed: 4 of 4 failed" in places["stdout"] + places["stderr"]
    assert "Traceback" not in places["stdout"] + places["stderr"]


def test_a_ctrl_c_in_the_middle_shows_no_key(stored, service, capsys, monkeypatch):
    came = threading.Event()
    scripted(service, lambda handler: came.set() or Reply(200, {"data": []}, delay=2)(handler))

    def interrupt(*args):
        came.wait(5)
        raise KeyboardInterrupt

    monkeypatch.setattr(side_by_side, "_wait", interrupt)
    places = left_behind(stored, "%pfconn test --all", capsys)
    assert caught(places) == []
    assert "interrupted" in places["repr"]


# Twins of the product that leak in one way each: what the hunt above would see of them.
def test_a_twin_that_keeps_what_a_service_says_is_caught_in_every_form(stored, service, capsys, monkeypatch):
    monkeypatch.setattr(reading, "one_line", lambda text, secrets: text)
    scripted(service, echo(401))
    places = left_behind(stored, "%pfconn test aoai", capsys)
    assert caught(places) == ["csv", "html", "json", "pickle", "repr", "stdout"]


def test_a_twin_that_raises_is_caught_in_a_traceback(stored, service, capsys, monkeypatch):
    def check(connection, tokens, deployment=""):
        key = connection.api_key.reveal()
        raise ConnectionError(len(key))

    monkeypatch.setattr(runner, "_check", check)
    monkeypatch.setattr(side_by_side, "run", lambda values, listed, test, *more: [test(v) for v in values])
    assert caught(left_behind(stored, "%pfconn test aoai", capsys)) == ["stdout"]
    assert caught(left_behind(stored, "%pfconn test aoai", capsys, "Context")) == [], "only Verbose shows variables"


def test_a_twin_that_logs_is_caught(stored, service, capsys, log, monkeypatch):
    class Loud:
        def __enter__(self):
            return None

        def __exit__(self, *error):
            return None

    monkeypatch.setattr(sending, "requests_quiet", Loud())
    scripted(service, echo(401))
    assert caught(left_behind(stored, "%pfconn test serp", capsys)) == []
    assert hunt(KEY, log.getvalue()), "urllib3 writes the query"


def test_a_twin_that_keeps_the_answer_in_the_table_is_caught(stored, service, capsys, monkeypatch):
    scripted(service, echo(200))
    monkeypatch.setattr(reading, "request_id", lambda answer, secrets: answer.headers["x-request-id"])
    places = left_behind(stored, "%pfconn test aoai", capsys)
    assert caught(places) == ["csv", "html", "json", "pickle", "repr", "stdout"]
