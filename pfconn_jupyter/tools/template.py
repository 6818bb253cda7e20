"""Jinja templates that can only write text: no Python objects, no functions, no files, no huge loops.

Two walls: what goes in is plain data (`plain`), and `sandbox` gives a template nothing to
reach anything else with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pfconn_jupyter.errors import MissingPackage, TemplateProblem
from pfconn_jupyter.tools.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pfconn_jupyter.tools.sandbox import Sandbox

_HINT = "A prompt template reads variables, lists and dicts; prepare anything else in Python before."


def render(source: str, variables: Mapping[str, object], what: str = "The template") -> str:
    """Return the text that ``source`` makes of ``variables``.

    Parameters
    ----------
    variables
        Name to value; only those that the template names are looked at.
    what
        What the template is called in a refusal.

    Raises
    ------
    TemplateProblem
        It cannot be read, names a variable that is not there or is no plain data (a secret,
        a connection), or reaches for more than text.
    MissingPackage
        Jinja is not installed.
    """
    given = {name: plain(variables[name], f"{{{{ {name} }}}}") for name in names(source, what) if name in variables}
    try:
        return _environment().rendered(source, given)
    except Exception as error:  # noqa: BLE001  a template can raise anything that its operations raise
        problem = _said(error, what)
    # Outside the handler: the frames below hold the variables.
    raise TemplateProblem(*problem)


def names(source: str, what: str = "The template") -> frozenset[str]:
    """Return the names of the variables that a template reads.

    Raises
    ------
    TemplateProblem
        It cannot be read.
    """
    environment = _environment()
    from jinja2.meta import find_undeclared_variables

    try:
        found = find_undeclared_variables(environment.parse(source))
    except Exception as error:  # noqa: BLE001  the parser raises more than its own errors (RecursionError)
        problem = _said(error, what)
    else:
        return frozenset(found) - {"range"}
    raise TemplateProblem(*problem)


def _environment() -> Sandbox:
    """Return a new environment: its budgets are for one rendering."""
    try:
        from pfconn_jupyter.tools.sandbox import Sandbox
    except ModuleNotFoundError:
        raise MissingPackage("jinja2", "tools") from None
    return Sandbox()


def _said(error: Exception, what: str) -> tuple[str, str]:
    """Return the problem and hint; an error's own words are told only where they name no value."""
    from jinja2 import TemplateSyntaxError, UndefinedError
    from jinja2.exceptions import SecurityError

    if isinstance(error, (SecurityError, OverflowError)):
        return f"{what} reaches for more than text: {error}.", _HINT
    if isinstance(error, UndefinedError):
        return f"{what} has no value for a name: {error}.", "Define the variable in an earlier cell, or correct it."
    if isinstance(error, TemplateSyntaxError):
        hint = "Correct it; for text with {{ or {% in it, put {% raw %} and {% endraw %} around it, or add --raw."
        return f"{what} cannot be read (line {error.lineno}): {error.message}", hint
    if isinstance(error, (TypeError, ValueError, ZeroDivisionError, RecursionError, AttributeError, MemoryError)):
        return f"{what} fails when it is rendered ({type(error).__name__}).", _HINT
    return f"{what} asks for something it does not get ({type(error).__name__}).", _HINT
