"""Every error a person can meet. Each says what is wrong and what to do now.

::

    PfconnError
    ├── InvalidConnection          a field, a file or a value breaks a rule
    │   └── InvalidName            a connection name breaks a rule
    ├── UnknownType                no such connection type
    ├── InvalidType                a connection type breaks a rule, or cannot be loaded
    ├── SecretRefused              a secret came a way that leaves traces
    ├── UsageProblem               the command line cannot be read
    ├── CannotAsk                  a question, but nobody to answer it
    ├── MissingPackage             a vendor's SDK is not installed
    ├── ConnectionNotFound         no such connection in this store and scope
    ├── ConnectionExists           the name, or one that folds to it, is taken
    ├── ConnectionChanged          somebody else wrote first
    ├── AmbiguousName              shared and private connections share a name
    ├── ConnectionDisabled         somebody switched it off in the store
    ├── CheckFailed                a connection did not pass, and had to
    ├── NotSupported               this store cannot do that
    ├── WrongConnectionType        a tool was given a connection that it cannot use
    ├── TemplateProblem            a prompt template cannot be rendered, or reaches for too much
    ├── ToolFailed                 a service refused what a tool asked, or did not answer
    │   └── ContentFiltered        its content filter stopped the prompt or the answer
    └── StoreError                 the store cannot be used
        ├── StoreUnavailable       not reachable, busy, full or read-only
        │   └── StoreThrottled     it got too many requests, and takes more in a while
        ├── AccessDenied           there, but not for you: sign-in, role, firewall
        ├── StoreDamaged           its contents cannot be trusted
        └── SealingKeyError        the key of sealed values is missing or wrong
            └── KeyringUnavailable the system keyring holds it and does not answer

An error's text never holds a secret: whoever raises one names fields and rules,
never values.
"""

from __future__ import annotations

from dataclasses import dataclass


class PfconnError(Exception):
    """Base of all errors of this package.

    Parameters
    ----------
    problem
        One sentence: what is wrong. Never a secret value.
    hint
        One sentence: what to do now.
    """

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.problem}\n{self.hint}"

    def _render_traceback_(self) -> list[str]:
        """Two lines instead of a traceback: IPython's hook, which fails the cell."""
        return [f"{type(self).__name__}: {self.problem}", f"  → {self.hint}"]


@dataclass(frozen=True)
class FieldProblem:
    """One broken rule, to be shown beside its field.

    Attributes
    ----------
    field
        Name of the field, or ``""`` for the connection as a whole.
    problem, hint
        As in `PfconnError`.
    suggestion
        A value that would be accepted, if one can be derived (never a secret).
    """

    field: str
    problem: str
    hint: str
    suggestion: str | None = None


class InvalidConnection(PfconnError):
    """Fields break rules; `problems` has one entry for each."""

    def __init__(self, problems: list[FieldProblem]) -> None:
        first = problems[0]
        problem = f"{first.field}: {first.problem}" if first.field else first.problem
        if len(problems) > 1:
            others = ", ".join(p.field or "connection" for p in problems[1:])
            problem += f" (also: {others})"
        super().__init__(problem, first.hint)
        self.problems = problems


class InvalidName(InvalidConnection):
    """A connection name breaks a rule."""


class UnknownType(PfconnError):
    """No connection type has this name."""


class InvalidType(PfconnError):
    """A connection type of a notebook or a package breaks a rule, or cannot be loaded."""


class SecretRefused(PfconnError):
    """A secret came a way that leaves traces; what could be scrubbed was."""


class UsageProblem(PfconnError):
    """The command line cannot be read."""


class CannotAsk(PfconnError):
    """Something must be asked and nobody is there to answer."""


class MissingPackage(PfconnError):
    """A package that this step needs is not installed; ``install`` is what pip takes, if not our ``extra``."""

    def __init__(self, package: str, extra: str, install: str = "") -> None:
        super().__init__(
            f"The package {package} is not installed.",
            "Install it with: %pip install " + (install or f"'pfconn_jupyter[{extra}]'"),
        )


class ConnectionNotFound(PfconnError):
    """No such connection."""


class ConnectionExists(PfconnError):
    """The name, or one that folds to the same, is taken."""


class ConnectionChanged(PfconnError):
    """The connection was changed since it was read."""


class ConnectionDisabled(PfconnError):
    """The connection is there, and switched off in the store."""


class AmbiguousName(PfconnError):
    """A shared and a private connection have this name."""


class CheckFailed(PfconnError):
    """A connection did not pass its test where it had to."""


class NotSupported(PfconnError):
    """The store cannot do that."""


class WrongConnectionType(PfconnError):
    """A tool was given a connection that it cannot use."""


class TemplateProblem(PfconnError):
    """A prompt template cannot be rendered, or reaches for more than text."""


class ToolFailed(PfconnError):
    """A service refused what a tool asked, or did not answer; `http` is its status, None without an answer."""

    def __init__(self, problem: str, hint: str, http: int | None = None) -> None:
        super().__init__(problem, hint)
        self.http = http


class ContentFiltered(ToolFailed):
    """The service's content filter stopped the prompt or the answer; `partial` is what came before."""

    partial: str = ""


class StoreError(PfconnError):
    """The store cannot be used."""


class StoreUnavailable(StoreError):
    """The store is not reachable, busy, full or read-only."""


class StoreThrottled(StoreUnavailable):
    """The store got too many requests.

    Parameters
    ----------
    wait
        Seconds after which it takes more; None if it does not say.
    """

    def __init__(self, problem: str, hint: str, wait: float | None = None) -> None:
        super().__init__(problem, hint)
        self.wait = wait


class AccessDenied(StoreError):
    """The store is there and does not let this identity, or this machine, do that."""


class StoreDamaged(StoreError):
    """What the store holds cannot be trusted."""


class SealingKeyError(StoreError):
    """The key of sealed values is missing, wrong or readable by others."""


class KeyringUnavailable(SealingKeyError):
    """The system keyring holds the key and does not answer."""


class PfconnWarning(UserWarning):
    """Something was changed or looks odd; the operation went on."""
