"""Each type from create to delete in a real IPython, and its key hunted in all that is left behind."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from checks.conftest import debug_log, no_proxy, service  # noqa: F401  fixtures
from hunter import assert_clean, hunt
from pfconn_jupyter.connections.registry import TYPES, connection_type
from standins.service import Reply, Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = "Zk7-q0W/e5R+t1Y2u9I4o8P3a6S"


def answers(word: str, url: str) -> str:
    """Return the options that create a connection of the type, with its service at ``url``."""
    if word == "custom":
        return f"--set configs.test_url={url}/x --set configs.test_header=x-key --set secrets.key='${{env:MY_KEY}}'"
    cls = connection_type(word)
    address = f"--set {cls.ENDPOINT}={url} " if cls.ENDPOINT else ""
    return f"{address}--set api_key='${{env:MY_KEY}}'"


def forms(frame: Any) -> list[object]:
    """Return all forms in which a table may leave a notebook."""
    return [repr(frame), frame._repr_html_(), frame.to_csv(), frame.to_json(date_format="iso"), pickle.dumps(frame)]


@pytest.fixture
def written(notebook: Any, debug_log: list[str], capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:  # noqa: F811
    """Return what was printed, logged and remembered of the cells so far."""
    return lambda: [*capsys.readouterr(), "\n".join(debug_log), repr(notebook.shell.user_ns["In"])]


@pytest.fixture(params=TYPES)
def word(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return each type in turn; ``MY_KEY`` is its key."""
    monkeypatch.setenv("MY_KEY", KEY)
    return str(request.param)


@pytest.fixture
def echoing(word: str, service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:  # noqa: F811
    """Return the type's service, which refuses the key and echoes it."""
    if not connection_type(word).ENDPOINT:
        monkeypatch.setattr(connection_type(word), "DEFAULT_ENDPOINT", service.url)
    body = {"error": {"message": f"{KEY} and {KEY[:10]} are refused"}}
    return service.on(Service.ANY, Reply(401, body, {"x-request-id": KEY}))


def test_from_create_to_delete(
    notebook: Any, word: str, echoing: Service, written: Callable[[], list[str]], tmp_path: Path
) -> None:
    notebook("%xmode Verbose")
    shown: list[object] = [notebook(f"%pfconn create {word} mine {answers(word, echoing.url)}")]
    for line in ("list", "list --wide", "show mine", "test mine", "history mine", f"types {word}"):
        shown += forms(notebook(f"%pfconn {line}"))
    connection = notebook("conn = %pfconn get mine\nconn")
    shown += [connection, str(connection), connection.configs, connection.secrets, vars(connection)]
    shown.append("\n".join(notebook.fails("%pfconn test mine --strict")._render_traceback_()))
    error = notebook.fails("%pfconn rotate mine --set api_key=${env:NOT_SET}")
    shown += ["\n".join(error._render_traceback_()), error]
    shown.append(notebook("%pfconn delete mine --yes"))
    assert echoing.received
    assert all(hunt(KEY, repr(request)) for request in echoing.received), "the control: it was sent"
    assert_clean(KEY, *shown, *written(), tmp_path)


@pytest.mark.parametrize(
    "leave", [pickle.dumps, json.dumps, lambda c: c.model_dump_json()], ids=["pickle", "json", "pydantic"]
)
def test_a_connection_goes_nowhere_by_itself(notebook: Any, word: str, leave: Callable[[Any], Any]) -> None:
    notebook(f"%pfconn create {word} mine {answers(word, 'http://127.0.0.1:9')}")
    connection = notebook("conn = %pfconn get mine\nconn")
    # pydantic wraps our TypeError into a ValueError of its own.
    with pytest.raises((TypeError, ValueError)) as caught:
        leave(connection)
    assert_clean(KEY, str(caught.value))


def test_a_leaky_type_would_be_caught(notebook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    notebook("%pfconn create openai mine --set api_key='${env:MY_KEY}'")
    cls = connection_type("openai")
    monkeypatch.setattr(cls, "__repr__", lambda self: f"key={self.api_key.reveal()}")
    assert hunt(KEY, notebook("conn = %pfconn get mine\nconn"))
