"""One run of a tool: its arguments from the line, the cell and the notebook's variables; its result to show."""

from __future__ import annotations

import builtins
import json
import keyword
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.notebook import answers

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.tools.registry import Tool

_OF_IPYTHON = {"In", "Out", "get_ipython", "exit", "quit"}


@dataclass(frozen=True)
class Call:
    """A tool and what it is called with; ``into`` is where the result goes."""

    tool: Tool
    given: dict[str, Any]
    into: str


def check_target(name: str) -> None:
    """Refuse a name that a result cannot have without hiding something else.

    Raises
    ------
    UsageProblem
    """
    reason = ""
    if not name.isidentifier() or keyword.iskeyword(name):
        reason = "is no name of a variable"
    elif hasattr(builtins, name) or name in _OF_IPYTHON:
        reason = "is a name of Python's or IPython's own"
    elif name.startswith("_"):
        reason = "begins with _, as IPython's own variables do"
    if reason:
        raise UsageProblem(f"--into {name[:40]!r} {reason}.", "Give a name such as answer.")


def prepare(tool: Tool, own: Namespace, context: Context) -> Call:
    """Return the call that a line, its cell and the notebook's variables make; sends nothing.

    Raises
    ------
    UsageProblem, TemplateProblem
    """
    values = {a.name: getattr(own, a.name) for a in tool.arguments if getattr(own, a.name) is not None}
    for argument in tool.arguments:
        if argument.kind == "data" and values.get(argument.name) not in (None, *argument.choices):
            values[argument.name] = _data(values[argument.name], argument.option, context.shell.user_ns)
    if tool.module.CELL == "code":
        return Call(tool, _function(values, context), own.into)
    content = _content(tool, own, values, context)
    if tool.module.CELL == "prompt":
        values |= {"variables": context.shell.user_ns, "raw": own.raw, "stream": _streams(own, values, context)}
    elif isinstance(content, str) and not own.raw:
        content = _rendered(content, tool, context)
    if content is not None:
        values[tool.module.CELL] = content
    return Call(tool, values, own.into)


def run(call: Call, connection: Connection, context: Context) -> Any:
    """Call the tool and return what the cell shows; a result is kept under ``into``.

    Raises
    ------
    ToolFailed
        As the tool; what had come of a stream is kept, as after Ctrl-C.
    """
    namespace = context.shell.user_ns
    found = call.tool.function(connection, **call.given)
    if call.given.get("stream"):
        shown = answers.show_stream(found, context)
        if call.into and (shown.whole or shown.text):
            namespace[call.into] = answers.Answer(shown.text)
        if shown.ended_by is not None:
            if call.into and shown.text:
                context.note(f"{call.into} holds the {len(shown.text)} characters that had come.")
            answers.tell_notes(context)
            raise shown.ended_by
        result: Any = answers.Streamed(shown.text, context.shell.execution_count)
    else:
        result = answers.shaped(call.tool, found, call.given)
    if call.into:
        namespace[call.into] = result
    return result


def _content(tool: Tool, own: Namespace, values: dict[str, Any], context: Context) -> Any:
    """Return the cell, or what the line says instead."""
    name = tool.module.CELL
    said = values.pop(name, None) if name in values else getattr(own, name, None)
    cell = context.cell if context.cell and context.cell.strip() else None
    if cell is not None and said is not None:
        raise UsageProblem(f"The {name} is given twice: in the cell and by --{name}.", "Leave one of them out.")
    if cell is None and said is None and not any(n in values for n in getattr(tool.module, "INSTEAD", ())):
        raise UsageProblem(
            f"There is no {name}.", f"Write it below %%pfconn run {tool.word} NAME, or give --{name} 'TEXT'."
        )
    return cell.strip() if cell is not None else said


def _rendered(content: str, tool: Tool, context: Context) -> str:
    from pfconn_jupyter.tools.template import render

    return render(content, context.shell.user_ns, f"The {tool.module.CELL}")


def _streams(own: Namespace, values: Mapping[str, Any], context: Context) -> bool:
    # In a batch run nobody watches, and a saved notebook should hold one output.
    return not own.no_stream and not values.get("tools") and context.asks != "nobody"


def _data(word: str, option: str, namespace: Mapping[str, Any]) -> Any:
    """Return a variable's value as plain data, what JSON says, or the text."""
    from pfconn_jupyter.tools.plain import plain

    if word.isidentifier() and word in namespace:
        return plain(namespace[word], f"{option} {word}")
    try:
        return json.loads(word)
    except ValueError:
        if word[:1] in ("{", "["):
            raise UsageProblem(
                f"{option} is no JSON.", "Put it into a variable and give the variable's name."
            ) from None
        return word


def _transformed(context: Context) -> str:
    shell: Any = context.shell
    return str(shell.transform_cell(context.cell))


def _function(values: dict[str, Any], context: Context) -> dict[str, Any]:
    """Run the cell's code and return the @tool function that it defines, or that the line names."""
    from pfconn_jupyter.tools.tool import is_tool

    namespace = context.shell.user_ns
    before = {name: value for name, value in namespace.items() if is_tool(value)}
    if context.cell:
        code = compile(_transformed(context), "<%%pfconn run python>", "exec")
        exec(code, namespace)  # noqa: S102  the person's own cell
    tools = {name: value for name, value in namespace.items() if is_tool(value) and not name.startswith("_")}
    made = [name for name, value in tools.items() if before.get(name) is not value]
    wanted = values.get("function") or (made[0] if len(made) == 1 else "")
    if wanted not in tools:
        what = f"There is no @tool function {wanted[:40]!r}." if wanted else "It is not said which @tool function."
        known = f"Give --function; there are: {', '.join(tools)}."
        raise UsageProblem(what, known if tools else "Define one: @pfconn.tool above its def.")
    return {"function": tools[wanted], "variables": namespace}
