"""Call a function of your own with a connection: prompt flow's Python tool."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import UsageProblem
from pfconn_jupyter.tools._connection import connection_for
from pfconn_jupyter.tools.arguments import Argument
from pfconn_jupyter.tools.tool import is_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pfconn_jupyter.connections.connection import Connection

LABEL = "Python"
CELL = "code"
ARGUMENTS = (Argument("function", "the @tool function, defined in the cell or before; not needed if the cell has one"),)


def python(
    connection: Connection | str, function: Callable[..., Any], *, variables: Mapping[str, object] | None = None
) -> Any:
    """Return what a `tool` function returns for a connection.

    Parameters
    ----------
    connection
        Goes into the function's connection parameter.
    function
        Made with ``@tool``.
    variables
        The values of its other parameters, by name; those with a default may be missing.

    Raises
    ------
    UsageProblem
        It is no tool, has no connection parameter or several, is async, or lacks a value.
    WrongConnectionType
        The connection is not of the type that the parameter wants.
    """
    if not is_tool(function):
        raise UsageProblem("The function is no tool.", "Put @pfconn.tool above its def.")
    injection = function.__pfconn_tool__  # type: ignore[attr-defined]
    name = getattr(function, "__name__", "the tool")
    wanted = [p for p in injection.signature.parameters if p in injection.wanted]
    if len(wanted) != 1:
        many = f"several connections ({', '.join(wanted)})" if wanted else "no connection"
        raise UsageProblem(
            f"{name} takes {many}, and this calls it with one.", f"Call it yourself: {name}(…); names are enough."
        )
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise UsageProblem(f"{name} is async.", f"Await it in a cell: await {name}(…); names are enough.")
    given: dict[str, object] = {wanted[0]: connection_for(LABEL, connection)}
    for parameter in injection.signature.parameters.values():
        if parameter.name in given or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if variables is not None and parameter.name in variables:
            given[parameter.name] = variables[parameter.name]
        elif parameter.default is parameter.empty:
            raise UsageProblem(
                f"{name} needs a value for {parameter.name}.", f"Define the variable {parameter.name} before."
            )
    found = function(**given)
    return list(found) if inspect.isgenerator(found) else found
