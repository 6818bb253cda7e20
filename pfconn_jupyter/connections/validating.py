"""Checks a connection's parts by the rules of its type, and says each broken rule in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pfconn_jupyter.connections.endpoint import MISSING
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import FieldProblem

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection

_NUMBERS = {
    "int_": ("is not a whole number.", "For example 3."),
    "float_": ("is not a number.", "For example 0.5."),
    "bool_": ("is neither yes nor no.", "Write True or False."),
}


def validated(cls: type[Connection], parts: dict[str, Any]) -> tuple[Connection | None, list[FieldProblem]]:
    """Return the connection, or what is wrong; returns, since the frames of an error would hold the parts."""
    try:
        return cls.model_validate(parts), []
    except ValidationError as error:
        # include_input=False: pydantic would print the whole input, keys and all.
        found = [_problem(cls, e) for e in error.errors(include_input=False, include_url=False)]
        return None, [_without(problem, parts) for problem in found]
    except Exception as error:  # noqa: BLE001  # an author's own rule may raise anything
        problem = f"The type {cls.TYPE} failed to check it ({type(error).__name__})."
        return None, [FieldProblem("", problem, "Tell the author of the type: a rule raises ValueError.")]


def _without(problem: FieldProblem, parts: dict[str, Any]) -> FieldProblem:
    """Return ``problem``, or one without its author's words if these quote a secret."""
    plain = [v.reveal() for v in parts.values() if isinstance(v, Secret)]
    if any(text and text in problem.problem for text in plain):
        return FieldProblem(problem.field, "is refused by its type.", problem.hint)
    return problem


def _of_a_plugin(cls: type[Connection], name: str, error: Any) -> FieldProblem | None:
    """Return a rule that only types of notebooks and packages have: numbers, and their authors' own."""
    kind = str(error["type"])
    for word, (problem, hint) in _NUMBERS.items():
        if kind.startswith(word):
            return FieldProblem(name, problem, hint)
    if kind == "string_type":
        return None
    text = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ").rstrip(".")
    # An author's message may quote what it refuses.
    said = "." if name in cls.secret_fields() else f": {text}."
    return FieldProblem(name, f"is refused by its type{said}", f"See %pfconn types {cls.TYPE}.")


def _problem(cls: type[Connection], error: Any) -> FieldProblem:
    name = str(error["loc"][0]) if error["loc"] else ""
    context = error.get("ctx", {})
    if error["type"] == "rule":
        field = context["field"] or ("" if name == "values" else name)
        return FieldProblem(field, context["problem"], context["hint"], context["suggestion"])
    if error["type"] == "missing":
        return FieldProblem(name, MISSING, f"Add it: --set {name}=… ({cls.asks()[name].title}).")
    if error["type"] == "literal_error":
        return FieldProblem(name, "is none of the possible values.", f"Use {context['expected']}.")
    if name != "values" and (found := _of_a_plugin(cls, name, error)):
        return found
    return FieldProblem(name, "is not a text.", "Write it as a text, in quotes.")
