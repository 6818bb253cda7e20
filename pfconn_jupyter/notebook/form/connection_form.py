"""The form as a widget. Its traits describe what is asked; what is typed comes sealed, in messages."""

from __future__ import annotations

import contextvars
import threading
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import anywidget
from traitlets import Dict, Unicode

from pfconn_jupyter.connections.record import ConnectionRecord
from pfconn_jupyter.connections.secret import MASK
from pfconn_jupyter.errors import ConnectionExists, FieldProblem, InvalidConnection, PfconnError
from pfconn_jupyter.notebook.form import words
from pfconn_jupyter.notebook.form.actions import Actions, Cancelled
from pfconn_jupyter.notebook.form.answers import Answers, read_answers
from pfconn_jupyter.notebook.form.channel import MessageRefused, SealedChannel
from pfconn_jupyter.notebook.form.script import script
from pfconn_jupyter.notebook.form.view import description

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pfconn_jupyter.notebook.form.purpose import Purpose

_HERE = Path(__file__).parent
_CANCELLED = words.line_bundle("open", "", "Cancelled: nothing was saved.")
_SHORTEST_MASKED = 6
"""A shorter secret is not searched for in an error's text: every "a" would be a mask."""


class ConnectionForm(anywidget.AnyWidget):
    """One open form.

    No trait holds what was typed: the traits below are all that front ends, saved
    notebooks and other clients can ever see. Everything typed comes as one sealed message
    per press of a button, is answered by messages, and the form ends as one line of text.

    Parameters
    ----------
    purpose
        What it is opened for.
    on_end
        Is called once with the line that remains (MIME type to text) when the form is over.
    """

    _esm = script()
    _css = _HERE / "form.css"
    about = Dict().tag(sync=True)
    public_key = Unicode("").tag(sync=True)
    nonce = Unicode("").tag(sync=True)
    aad = Unicode("").tag(sync=True)

    def __init__(self, purpose: Purpose, on_end: Callable[[dict[str, str]], None]) -> None:
        self.purpose = purpose
        self._on_end = on_end
        self._channel = SealedChannel()
        self._cancelled = threading.Event()
        self._actions = Actions(purpose, self._cancelled.is_set)
        self._lock = threading.RLock()
        self._working = ""
        self._times_shown = 0
        self.is_over = False
        self.line_class = f"pfconn-no-form-{token_hex(4)}"
        super().__init__(about=description(purpose, self.line_class), **vars(self._channel.terms))

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Ignore it: no client may change a trait, least of all the key that answers are sealed for."""

    def end(self, line: dict[str, str]) -> None:
        """Close the form for good and leave ``line`` in its place."""
        with self._lock:
            if self.is_over:
                return
            self.is_over = True
        was_reloaded = self._times_shown > 1
        text = line["text/plain"]
        self._tell("done", text=text if was_reloaded else "")
        self._on_end(line)
        if was_reloaded:
            # A reloaded page does not know the output that `on_end` replaces: there the
            # widget itself shows the line, and has to live on for that.
            self.about = {**self.about, "types": [], "ended": text}
        else:
            self.layout.close()
            self.close()

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:  # noqa: ARG002 - ipywidgets calls it
        # ipywidgets prints a traceback of whatever gets out of here, with the values of its
        # frames in %xmode Verbose: so nothing gets out, not even a KeyboardInterrupt.
        try:
            self._receive(content if isinstance(content, dict) else {})
        except BaseException as error:  # noqa: BLE001
            self._working = ""
            self._fail("", error)

    def _receive(self, content: dict[str, Any]) -> None:
        kind, press = content.get("kind"), str(content.get("press", ""))
        if kind == "ready":
            self._times_shown += 1
            self._tell("welcome", fresh=self._times_shown == 1)
        elif kind == "cancel":
            self._cancel()
        elif kind == "sealed":
            with self._lock:
                if self._working or self.is_over:
                    self._tell("failed", press, text="The last step still goes on.", hint="Wait for it, or cancel.")
                    return
                opened = self._open(content, press)
                if opened is None:
                    return
                self._working = "save" if opened.get("action") == "save" else "test"
            self._tell("working", press)
            # The context says which cell output belongs to; a thread does not inherit it.
            work = contextvars.copy_context().run
            threading.Thread(target=work, args=(self._work, press, opened), name="pfconn-form", daemon=True).start()

    def _open(self, content: dict[str, Any], press: str) -> dict[str, Any] | None:
        try:
            return self._channel.open(content)
        except MessageRefused as error:
            self._tell("again", press, text=error.problem, hint=error.hint)
            return None
        finally:
            with self.hold_sync():
                for name, value in vars(self._channel.terms).items():
                    setattr(self, name, value)

    def _cancel(self) -> None:
        self._cancelled.set()
        # A save ends by itself: cancelled if nothing was written yet, else saved.
        if self._working != "save":
            self.end(_CANCELLED)

    def _work(self, press: str, opened: dict[str, Any]) -> None:
        answers: Answers | None = None
        line = None
        saving = self._working == "save"
        try:
            answers = read_answers(self.purpose, opened)
            line = self._act(press, answers)
        except Cancelled:
            line = _CANCELLED
        except BaseException as error:  # noqa: BLE001 - see _handle_custom_msg
            self._fail(press, error, answers)
        finally:
            opened.clear()
        if line is None and saving and self._cancelled.is_set():
            line = _CANCELLED
        if line is not None:
            self.end(line)

    def _act(self, press: str, answers: Answers) -> dict[str, str] | None:
        """Do what the button says; returns the line that remains after a save."""
        actions = self._actions
        result = actions.save(answers) if answers.action == "save" else actions.test(answers)
        if not isinstance(result, ConnectionRecord):
            self._answer("outcome", press, **words.outcome_said(result), notes=actions.notes)
            return None
        outcome = actions.outcome_for(answers)
        tested = words.tested_said(outcome, actions.seconds_since_test(), result.name)
        rest, more = words.saved_said(self.purpose, result.scope, tested, actions.notes)
        status = outcome.status if outcome else "not_checked"
        mark = {"ok": "ok", "not_checked": "done"}.get(status, "no")
        return words.line_bundle(mark, result.name, rest, more)

    def _fail(self, press: str, error: BaseException, answers: Answers | None = None) -> None:
        """Show an error without any text that a secret could stand in."""
        typed = [secret.reveal() for secret in answers.secrets] if answers else []
        cls = answers.cls if answers else self.purpose.cls
        if isinstance(error, ConnectionExists):
            error = InvalidConnection([FieldProblem("name", error.problem, error.hint)])
        if isinstance(error, InvalidConnection):
            problems = [words.problem_said(cls, p) for p in error.problems]
            self._answer("problems", press, problems=_masked(problems, typed), notes=self._actions.notes)
        elif isinstance(error, PfconnError):
            self._answer("failed", press, **_masked({"text": error.problem, "hint": error.hint}, typed))
        else:
            # Of an error that is not ours only the type's name is known to hold no secret.
            text = f"This went wrong inside the form: {type(error).__name__}."
            self._answer("failed", press, text=text, hint=f"Look with %pfconn list, then try {self.purpose.command}")

    def _answer(self, kind: str, press: str, **content: Any) -> None:
        # Before it is told: the next press may come at once.
        self._working = ""
        self._tell(kind, press, **content)

    def _tell(self, kind: str, press: str = "", **content: Any) -> None:
        self.send({"kind": kind, "press": press, "terms": vars(self._channel.terms), **content})


def _masked(said: Any, typed: list[str]) -> Any:
    """Return ``said`` with every typed secret masked: a second lock, should an error's text hold one."""
    if isinstance(said, str):
        for secret in typed:
            if len(secret) >= _SHORTEST_MASKED:
                said = said.replace(secret, MASK)
        return said
    if isinstance(said, dict):
        return {k: _masked(v, typed) for k, v in said.items()}
    return [_masked(v, typed) for v in said] if isinstance(said, list) else said
