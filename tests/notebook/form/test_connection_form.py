"""The form's kernel side, driven by messages sealed as a browser would."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

import pfconn_jupyter
from form_sealing import seal
from hunter import assert_clean
from pfconn_jupyter import api
from pfconn_jupyter.checks.outcome import Outcome
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import ConnectionNotFound, NotSupported
from pfconn_jupyter.notebook.form import ConnectionForm, close_forms, show_form
from pfconn_jupyter.notebook.form import show as show_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "Zq9distinctiveSecret7Lm4Xw2Vb6Nt8Rk1Pf3"
ENDPOINT = "https://contoso.openai.azure.com"
AZURE = {"api_base": ENDPOINT, "auth_mode": "key", "api_key": KEY, "api_version": "2024-10-21"}


class RecordingComm:
    """Keeps what the kernel sends to front ends."""

    opened: list[RecordingComm]

    def __init__(self, **options: Any) -> None:
        self.comm_id = f"comm-{id(self)}"
        self.sent: list[Any] = [options]
        self.closed = False

    def send(self, data: Any = None, metadata: Any = None, buffers: Any = None) -> None:
        self.sent.append(data)

    def close(self, *args: Any, **kwargs: Any) -> None:
        self.closed = True

    def on_msg(self, callback: Any) -> None:
        pass


class Place:
    """An output in the notebook."""

    def __init__(self, data: dict[str, str]) -> None:
        self.data = data

    def update(self, data: dict[str, str], *, raw: bool) -> None:
        self.data = data


class Desk:
    """A form, and the browser's side of it."""

    def __init__(self, form: ConnectionForm, places: list[Place]) -> None:
        self.form, self.places = form, places
        self.comm: Any = form.comm

    def press(self, action: str, press: str = "p1", **content: Any) -> str:
        message = seal(self.form._channel.terms, {"action": action, "type": "azure_openai", **content})
        self.form._handle_custom_msg({"kind": "sealed", "press": press, **message}, [])
        return press

    def messages(self, kind: str) -> list[dict[str, Any]]:
        told = [m["content"] for m in self.comm.sent if m and m.get("method") == "custom"]
        return [m for m in told if m["kind"] == kind]

    def answer(self, kind: str, n: int = 1) -> dict[str, Any]:
        wait_until(lambda: len(self.messages(kind)) >= n, lambda: str(self.comm.sent[1:]))
        return self.messages(kind)[n - 1]

    def line(self) -> str:
        wait_until(lambda: self.form.is_over and self.form.comm is None)
        return self.places[0].data["text/plain"]


def wait_until(holds: Callable[[], bool], tell: Callable[[], str] = lambda: "") -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until, tell()
        time.sleep(0.005)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> api.Connections:
    return pfconn_jupyter.connections("local:")


@pytest.fixture
def outcome(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the service answers; its ``wait`` holds the answer back, its ``seen`` is what was asked."""
    answer: dict[str, Any] = {"status": "ok", "detail": "key accepted", "hint": "", "wait": None, "seen": []}

    def check(connection: Any, deployment: str = "") -> Outcome:
        answer["seen"].append(connection)
        if answer["wait"]:
            answer["wait"].wait(10)
        if isinstance(answer["status"], BaseException):
            raise answer["status"]
        return Outcome(
            connection.name, connection.TYPE, answer["status"], answer["detail"], answer["hint"], latency_ms=184.0
        )

    monkeypatch.setattr("pfconn_jupyter.checks.runner.check", check)
    return answer


@pytest.fixture
def show(store: api.Connections, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Desk]]:
    places: list[Place] = []

    def display(data: dict[str, str], metadata: Any = None) -> Place:
        places.append(Place(data))
        return places[-1]

    monkeypatch.setattr("comm.create_comm", RecordingComm)
    monkeypatch.setattr(show_module, "_display", display)

    def open_form(type_word: str | None = "azure_openai", **options: Any) -> Desk:
        places.clear()
        cls = connection_type(type_word) if type_word else None
        form = show_form(store, cls, **options)
        return Desk(form, list(places))

    yield open_form
    close_forms()
    assert api.open_forms == []


def test_save_stores_and_leaves_one_line(show, store) -> None:
    desk = show()
    desk.press("save", name="my_aoai", fields=AZURE)
    assert desk.line() == "● my_aoai saved in the local store, private, not tested yet: %pfconn test my_aoai."
    assert store.get("my_aoai").secrets["api_key"].reveal() == KEY
    assert desk.places[1].data == {"text/plain": ""}
    assert desk.comm.closed


def test_a_tested_connection_says_so(show, outcome) -> None:
    desk = show()
    desk.press("test", name="my_aoai", fields=AZURE)
    told = desk.answer("outcome")
    assert (told["tone"], told["word"], told["text"], told["ms"]) == ("ok", "OK", "Key accepted.", 184.0)
    desk.press("save", "p2", name="my_aoai", fields=AZURE)
    assert desk.line() == "● my_aoai saved in the local store, private, tested just now."


def test_a_test_of_other_answers_is_not_said_of_these(show, outcome) -> None:
    desk = show()
    desk.press("test", name="my_aoai", fields=AZURE)
    desk.answer("outcome")
    desk.press("save", "p2", name="my_aoai", fields={**AZURE, "api_key": KEY[::-1]})
    assert "not tested yet" in desk.line()


def test_a_failed_test_is_not_hidden(show, outcome) -> None:
    outcome.update(status="denied", detail="the service does not accept this key", hint="Copy KEY 1")
    desk = show()
    desk.press("test", name="my_aoai", fields=AZURE)
    told = desk.answer("outcome")
    assert (told["tone"], told["word"], told["hint"]) == ("no", "Denied", "Copy KEY 1.")
    desk.press("save", "p2", name="my_aoai", fields=AZURE)
    assert desk.line() == "▲ my_aoai saved in the local store, private, but its test just now said: denied."


def test_nothing_typed_is_in_what_clients_see(show, outcome) -> None:
    desk = show()
    desk.press("test", name="my_aoai", fields=AZURE)
    desk.answer("outcome")
    state = desk.form.get_state()
    desk.press("save", "p2", name="my_aoai", fields=AZURE)
    desk.line()
    assert_clean(KEY, repr(state), repr(desk.comm.sent), repr([p.data for p in desk.places]), repr(vars(desk.form)))


def test_problems_stand_beside_their_fields_and_the_form_stays(show) -> None:
    desk = show()
    desk.press("save", name="my_aoai", fields={**AZURE, "api_base": ENDPOINT + "/openai/deployments/gpt-4o"})
    problem = desk.answer("problems")["problems"][0]
    assert problem["field"] == "api_base"
    assert problem["suggestion"] == ENDPOINT
    assert not desk.form.is_over
    desk.press("save", "p2", name="my aoai", fields=AZURE)
    problem = desk.answer("problems", 2)["problems"][0]
    assert (problem["field"], problem["suggestion"]) == ("name", "my_aoai")
    desk.press("save", "p3", name="", fields={**AZURE, "api_key": ""})
    assert [p["field"] for p in desk.answer("problems", 3)["problems"]] == ["name", "api_key"]


def test_words_of_the_command_line_stay_out_of_the_form(show) -> None:
    desk = show()
    desk.press("save", name="x", fields={})
    told = desk.answer("problems")["problems"]
    assert {"field": "api_base", "text": "Endpoint is missing.", "hint": "", "suggestion": ""} in told
    desk.press("save", "p2", name="x", fields={**AZURE, "api_key": ""})
    assert (
        desk.answer("problems", 2)["problems"][0]["hint"]
        == "Give the key, or sign in without one: choose Microsoft Entra ID."
    )
    assert "--set" not in repr(desk.messages("problems"))


def test_a_taken_name_is_told_beside_the_name(show, store) -> None:
    store.create("azure_openai", "my-aoai", api_base=ENDPOINT, api_key=KEY)
    desk = show()
    desk.press("save", name="my_aoai", fields=AZURE)
    problem = desk.answer("problems")["problems"][0]
    assert problem["field"] == "name"
    assert "my-aoai" in problem["text"]


def test_a_key_pasted_as_the_name_is_refused_and_not_repeated(show) -> None:
    desk = show()
    desk.press("save", name="sk-proj-9f8e7d6c5b4a39281706", fields=AZURE)
    assert desk.answer("problems")["problems"][0]["field"] == "name"
    assert_clean("sk-proj-9f8e7d6c5b4a39281706", repr(desk.comm.sent))


def test_cancel_saves_nothing(show, store) -> None:
    desk = show()
    desk.form._handle_custom_msg({"kind": "cancel"}, [])
    assert desk.line() == "○ Cancelled: nothing was saved."
    assert store.list() == []


def test_cancel_gets_through_while_a_test_runs(show, outcome, store) -> None:
    outcome["wait"] = threading.Event()
    desk = show()
    desk.press("test", name="my_aoai", fields=AZURE)
    desk.answer("working")
    desk.form._handle_custom_msg({"kind": "cancel"}, [])
    assert "Cancelled" in desk.line()
    outcome["wait"].set()


def test_cancel_while_a_new_key_is_tested_keeps_the_old_one(show, outcome, store) -> None:
    store.create("azure_openai", "my_aoai", api_base=ENDPOINT, api_key="old-key-123456")
    outcome["wait"] = threading.Event()
    desk = show(None, current=store.get("my_aoai"), only_secrets=True)
    desk.press("save", fields={"api_key": KEY})
    desk.answer("working")
    desk.form._handle_custom_msg({"kind": "cancel"}, [])
    outcome["wait"].set()
    assert "Cancelled" in desk.line()
    assert store.get("my_aoai").secrets["api_key"].reveal() == "old-key-123456"


def test_one_step_at_a_time(show, outcome) -> None:
    outcome["wait"] = threading.Event()
    desk = show()
    desk.press("test", name="x", fields=AZURE)
    desk.press("test", "p2", name="x", fields=AZURE)
    assert desk.answer("failed")["press"] == "p2"
    outcome["wait"].set()
    desk.answer("outcome")


@pytest.mark.parametrize("failure", [ValueError(KEY), KeyboardInterrupt(KEY), SystemExit(KEY)])
def test_whatever_breaks_is_told_without_contents(show, outcome, failure, capfd) -> None:
    outcome["status"] = failure
    desk = show()
    desk.press("test", name="x", fields=AZURE)
    told = desk.answer("failed")
    assert type(failure).__name__ in told["text"]
    assert "%pfconn create azure_openai --prompt" in told["hint"]
    outcome["status"] = "ok"
    desk.press("test", "p2", name="x", fields=AZURE)
    desk.answer("outcome")
    assert_clean(KEY, repr(desk.comm.sent), *capfd.readouterr())


def test_a_secret_in_an_errors_text_is_masked(show, outcome) -> None:
    outcome["status"] = NotSupported(f"cannot use {KEY}", "no")
    desk = show()
    desk.press("test", name="x", fields=AZURE)
    assert desk.answer("failed")["text"] == "cannot use ••••••"


def test_a_repeated_message_is_refused_and_a_new_key_offered(show) -> None:
    desk = show()
    message = {"kind": "sealed", "press": "p", **seal(desk.form._channel.terms, {"action": "test", "fields": {}})}
    desk.form._handle_custom_msg(message, [])
    desk.answer("problems")
    desk.form._handle_custom_msg(message, [])
    again = desk.answer("again")
    assert again["terms"] == vars(desk.form._channel.terms)
    assert desk.form.public_key == again["terms"]["public_key"]


@pytest.mark.parametrize(
    "content", [None, [], "x", {"kind": "sealed"}, {"kind": ["sealed"]}, {"kind": "sealed", "iv": 1}]
)
def test_nonsense_does_no_harm(show, content) -> None:
    desk = show()
    desk.form._handle_custom_msg(content, [])
    desk.press("save", name="my_aoai", fields=AZURE)
    assert "saved" in desk.line()


def test_a_client_cannot_change_a_trait(show) -> None:
    desk = show()
    before, sent = desk.form.public_key, len(desk.comm.sent)
    desk.form._handle_msg(
        {"content": {"data": {"method": "update", "state": {"public_key": "mine"}, "buffer_paths": []}}, "buffers": []}
    )
    assert desk.form.public_key == before
    assert len(desk.comm.sent) == sent


def test_ready_is_fresh_once(show) -> None:
    desk = show()
    for _ in range(2):
        desk.form._handle_custom_msg({"kind": "ready"}, [])
    assert [m["fresh"] for m in desk.messages("welcome")] == [True, False]


def test_given_secrets_are_used_and_never_shown(show, store) -> None:
    desk = show(name="my_aoai", given={"endpoint": ENDPOINT, "api_key": Secret(KEY)})
    about = desk.form.about
    asked = {q["field"]: q for q in about["types"][0]["questions"]}
    assert asked["api_base"]["value"] == ENDPOINT
    assert asked["api_key"]["given"]
    assert_clean(KEY, repr(desk.comm.sent), repr(about))
    desk.press("save", name="my_aoai", fields={**AZURE, "api_key": ""})
    assert "saved" in desk.line()
    assert store.get("my_aoai").secrets["api_key"].reveal() == KEY


def test_a_plain_text_given_for_a_secret_is_never_shown(show) -> None:
    desk = show(given={"api_key": KEY})
    assert_clean(KEY, repr(desk.comm.sent), repr(desk.places))


def test_update_keeps_a_stored_key_and_its_expiry(show, store) -> None:
    day = datetime(2099, 5, 4, 12, tzinfo=timezone.utc)
    store.create("azure_openai", "my_aoai", api_base=ENDPOINT, api_key=KEY, expires=day)
    desk = show(None, current=store.get("my_aoai"))
    assert desk.form.about["expires"] == "2099-05-04"
    assert_clean(KEY, repr(desk.form.about))
    desk.press("save", fields={**AZURE, "api_key": "", "deployment": "gpt-4o"}, expires="2099-05-04")
    assert "changed in the local store" in desk.line()
    after = store.get("my_aoai")
    assert after.configs["deployment"] == "gpt-4o"
    assert after.secrets["api_key"].reveal() == KEY
    assert after.record.expires == day


def test_update_never_sends_a_kept_key_to_another_address(show, store, outcome) -> None:
    store.create("azure_openai", "my_aoai", api_base=ENDPOINT, api_key=KEY)
    for action in ("test", "save"):
        desk = show(None, current=store.get("my_aoai"))
        desk.press(action, fields={**AZURE, "api_base": "https://other.openai.azure.com", "api_key": ""})
        problem = desk.answer("problems")["problems"][0]
        assert problem["field"] == "api_key"
        assert "given again" in problem["text"]
    assert outcome["seen"] == []


def test_update_notices_that_somebody_else_wrote(show, store) -> None:
    store.create("azure_openai", "my_aoai", api_base=ENDPOINT, api_key=KEY)
    desk = show(None, current=store.get("my_aoai"))
    store.update("my_aoai", deployment="theirs")
    desk.press("save", fields={**AZURE, "api_key": "", "deployment": "mine"})
    assert desk.answer("failed")["text"]
    assert store.get("my_aoai").configs["deployment"] == "theirs"


def test_rotate_tests_first_and_says_that_the_old_key_lives(show, store, outcome) -> None:
    store.create("azure_openai", "my_aoai", api_base=ENDPOINT, api_key="old-key-123456")
    desk = show(None, current=store.get("my_aoai"), only_secrets=True)
    assert [q["field"] for q in desk.form.about["types"][0]["questions"]] == ["api_key"]
    outcome["status"] = "denied"
    desk.press("save", fields={"api_key": KEY})
    assert desk.answer("outcome")["word"] == "Denied"
    assert store.get("my_aoai").secrets["api_key"].reveal() == "old-key-123456"
    outcome["status"] = "ok"
    desk.press("save", "p2", fields={"api_key": KEY + "x"})
    assert "The old key still works at the service until it is revoked there." in desk.line()
    assert store.get("my_aoai").secrets["api_key"].reveal() == KEY + "x"


def test_rotate_wants_a_key(show, store, outcome) -> None:
    store.create("azure_openai", "my_aoai", api_base=ENDPOINT, api_key=KEY)
    desk = show(None, current=store.get("my_aoai"), only_secrets=True)
    desk.press("save", fields={"api_key": ""})
    assert desk.answer("problems")["problems"][0]["text"] == "API key is missing."


def test_without_a_secret_there_is_nothing_to_rotate(show, store) -> None:
    store.create("azure_openai", "my_aoai", api_base=ENDPOINT, auth_mode="meid_token")
    with pytest.raises(NotSupported, match="Entra"):
        show(None, current=store.get("my_aoai"), only_secrets=True)


def test_switching_to_entra_drops_the_key(show, store) -> None:
    store.create("azure_openai", "my_aoai", api_base=ENDPOINT, api_key=KEY)
    desk = show(None, current=store.get("my_aoai"))
    desk.press("save", fields={"api_base": ENDPOINT, "auth_mode": "meid_token"})
    desk.line()
    assert store.get("my_aoai").secrets == {}


def rows(*rows: tuple[str, str, bool]) -> dict[str, Any]:
    return {"type": "custom", "rows": [{"key": k, "value": v, "secret": s} for k, v, s in rows]}


def test_custom_rows_become_configs_and_secrets(show, store) -> None:
    desk = show("custom")
    desk.press("save", name="mine", **rows(("host", "db.example", False), ("password", KEY, True), ("", "", True)))
    desk.line()
    found = store.get("mine")
    assert found.configs == {"host": "db.example"}
    assert found.secrets["password"].reveal() == KEY


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (rows(("a", "1", False), ("a", KEY, True)), "a"),
        (rows(("", KEY, True)), "values"),
        (rows(("a", "1", False)), "values"),
        (rows(("a", "", True)), "a"),
    ],
)
def test_custom_rows_that_will_not_do(show, given, field) -> None:
    desk = show("custom")
    desk.press("save", name="mine", **given)
    problem = desk.answer("problems")["problems"][0]
    assert problem["field"] in (field, "")
    assert_clean(KEY, repr(desk.comm.sent))


def test_custom_update_keeps_the_secrets_left_empty(show, store) -> None:
    store.create("custom", "mine", configs={"host": "a"}, secrets={"password": KEY})
    desk = show(None, current=store.get("mine"))
    assert_clean(KEY, repr(desk.form.about))
    desk.press("save", **rows(("host", "b", False), ("password", "", True), ("token", "new-token-99", True)))
    desk.line()
    found = store.get("mine")
    assert found.configs == {"host": "b"}
    assert {k: v.reveal() for k, v in found.secrets.items()} == {"password": KEY, "token": "new-token-99"}


def test_custom_rotate(show, store, outcome) -> None:
    outcome["status"] = "not_checked"
    store.create("custom", "mine", configs={"host": "a"}, secrets={"password": "old-one-12345"})
    desk = show(None, current=store.get("mine"), only_secrets=True)
    desk.press("save", **rows(("password", KEY, True)))
    assert "new key" in desk.line()
    assert store.get("mine").secrets["password"].reveal() == KEY


def test_without_a_type_the_message_says_it(show, store) -> None:
    desk = show(None)
    assert len(desk.form.about["types"]) > 2
    desk.press("save", name="mine", **{**rows(("a", KEY, True)), "type": "custom"})
    desk.line()
    assert store.get("mine").TYPE == "custom"


def test_expiry(show, store) -> None:
    desk = show()
    for n, (text, told) in enumerate([("2001-01-01", "past"), ("soon", "date")], 1):
        desk.press("save", f"p{n}", name="x", fields=AZURE, expires=text)
        problem = desk.answer("problems", n)["problems"][0]
        assert problem["field"] == "expires"
        assert told in problem["text"]
    desk.press("save", "p9", name="x", fields=AZURE, expires="2099-01-31")
    desk.line()
    assert store.get("x").record.expires == datetime(2099, 1, 31, 23, 59, 59, tzinfo=timezone.utc)


def test_notes_are_told(show, outcome) -> None:
    desk = show()
    fields = {**AZURE, "api_base": "https://proxy.example.org", "api_key": f" {KEY} "}
    desk.press("test", name="x", fields=fields)
    notes = " ".join(desk.answer("outcome")["notes"])
    assert "not a known Azure OpenAI host" in notes
    assert "removed" in notes
    desk.press("save", "p2", name="x", fields=fields)
    assert "not a known Azure OpenAI host" in desk.line()


def test_an_early_get_says_that_the_form_is_open(show, store) -> None:
    desk = show(name="my_aoai")
    with pytest.raises(ConnectionNotFound, match="form is still open"):
        store.get("my_aoai")
    desk.form._handle_custom_msg({"kind": "cancel"}, [])
    assert api.open_forms == []


def test_a_second_form_for_the_same_takes_the_place_of_the_first(show) -> None:
    first = show(name="x")
    second = show(name="x")
    assert "newer form" in first.line()
    assert not second.form.is_over


def test_forms_without_a_name_stand_side_by_side(show) -> None:
    first = show()
    show("custom")
    assert not first.form.is_over


def test_a_cell_that_runs_again_has_one_form(show, monkeypatch) -> None:
    monkeypatch.setattr(show_module, "_cell", lambda: "cell-1")
    first = show()
    show()
    assert first.form.is_over
    assert api.open_forms == [""]


def test_the_first_line_is_for_front_ends_without_the_widget(show) -> None:
    desk = show(name="<b>")
    assert (
        desk.places[0].data["text/plain"]
        == "No form? Run the cell again, or use %pfconn create azure_openai <b> --prompt"
    )
    assert "<b>" not in desk.places[0].data["text/html"]


def test_html_is_escaped(show, store) -> None:
    store.store.title = "the <i>store</i>"
    desk = show()
    desk.press("save", name="my_aoai", fields=AZURE)
    desk.line()
    assert "<i>" not in desk.places[0].data["text/html"]


def test_an_error_on_the_way_out_shows_no_frame(show, monkeypatch) -> None:
    desk = show()
    monkeypatch.setattr("pfconn_jupyter.notebook.form.connection_form.threading.Thread", None)
    desk.press("save", name="x", fields=AZURE)  # does not raise
    assert_clean(KEY, repr(desk.comm.sent))
    assert desk.messages("failed")
