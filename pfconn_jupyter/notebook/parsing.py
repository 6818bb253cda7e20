"""A magic's line to words, and words to arguments; every fault in words of our own."""

from __future__ import annotations

import argparse
import re
import shlex
from typing import TYPE_CHECKING, Any, NoReturn

from pfconn_jupyter.connections.names import did_you_mean, looks_like_key
from pfconn_jupyter.errors import SecretRefused, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_VARIABLE = re.compile(r"\{([A-Za-z_]\w*)\}")
_SECRET_WORD = re.compile(r"--?\w*(key|secret|token|password)\w*", re.IGNORECASE)


class CommandParser(argparse.ArgumentParser):
    """A parser that raises instead of leaving the kernel, and echoes no value."""

    def __init__(self, command: str, description: str) -> None:
        super().__init__(
            prog=f"%pfconn {command}",
            description=description,
            allow_abbrev=False,
            add_help=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.command = command

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print and exit with."""
        raise UsageProblem(f"%pfconn {self.command}: {_plain(message)}.", f"See %pfconn help {self.command}.")

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Return the arguments of a command.

        Raises
        ------
        SecretRefused
            A word that has no place here looks like a secret.
        UsageProblem
            The words do not fit the command.
        """
        arguments, extra = self.parse_known_args(words)
        if not extra:
            return arguments
        for word in extra:
            if looks_like_key(word) or _SECRET_WORD.fullmatch(word.partition("=")[0]):
                raise SecretRefused(
                    f"%pfconn {self.command} takes no secret on the line; take this one as known to others: rotate it.",
                    "Leave it out to be asked, or name a variable: --set api_key='${env:NAME}'.",
                )
        known = [option for action in self._actions for option in action.option_strings]
        nearest = did_you_mean(extra[0], known) if extra[0].startswith("-") else ""
        raise UsageProblem(
            f"%pfconn {self.command} does not know {extra[0]!r}.{nearest}", f"See %pfconn help {self.command}."
        )


def split(line: str) -> list[str]:
    r"""Return the words of a line as a shell would, but with ``\`` as any letter (Windows paths).

    A word that begins with ``#`` begins a comment.

    Raises
    ------
    UsageProblem
        A quotation mark is left open.
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.escape = lexer.commenters = ""
    try:
        words = list(lexer)
    except ValueError:
        raise UsageProblem(
            "A quotation mark or apostrophe is left open.", "Close it, or put the whole text in double quotes."
        ) from None
    comment = next((i for i, word in enumerate(words) if word.startswith("#")), len(words))
    return words[:comment]


def expand(words: list[str], namespace: Mapping[str, Any]) -> list[str]:
    """Return the words with ``{name}`` replaced by a variable's value, outside ``--set``.

    Raises
    ------
    UsageProblem
        There is no such variable, or it is not a text or number.
    """

    def value(match: re.Match[str]) -> str:
        found = namespace.get(match[1])
        if not isinstance(found, (str, int, float)):
            raise UsageProblem(
                f"There is no text variable {match[1]} for {{{match[1]}}}.", "Define it in an earlier cell."
            )
        return str(found)

    return [
        word if (i and words[i - 1] == "--set") or word.startswith("--set=") else _VARIABLE.sub(value, word)
        for i, word in enumerate(words)
    ]


def _plain(message: str) -> str:
    # "argument --type: expected one argument" and the like; a value may be a secret.
    return re.sub(r": '[^']*'", "", message.replace("argument ", "", 1) if message.startswith("argument ") else message)
