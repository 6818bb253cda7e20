"""Arguments and answers that several commands share."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.names import looks_like_key
from pfconn_jupyter.errors import CannotAsk, SecretRefused, UsageProblem

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.connections.record import Scope
    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser


def add_scope(parser: CommandParser) -> None:
    """Add ``--private``, ``--shared`` and ``--restricted``."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--private", dest="scope", action="store_const", const="private", help="only you can use it")
    group.add_argument(
        "--shared", dest="scope", action="store_const", const="shared", help="everyone who can read the store"
    )
    group.add_argument(
        "--restricted",
        dest="scope",
        action="store_const",
        const="restricted",
        help="of Azure ML: not shared with all of the workspace",
    )


def add_fields(parser: CommandParser) -> None:
    """Add the ways to give fields without being asked."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="a field; a secret only as '${env:NAME}'; custom: configs.KEY=… secrets.KEY=…",
    )
    parser.add_argument("--file", metavar="FILE", help="a YAML file, ours or prompt flow's")
    parser.add_argument("--from-env", action="store_true", help="read the variables that the SDKs read")


def add_expires(parser: CommandParser) -> None:
    """Add ``--expires``."""
    parser.add_argument("--expires", metavar="DATE", type=str, help="2027-01-31, or 90d from now")


def add_prompt(parser: CommandParser) -> None:
    """Add ``--prompt``."""
    parser.add_argument("--prompt", action="store_true", help="ask at a prompt instead of a form")


def checked_name(name: str) -> str:
    """Return a word given as NAME, unless it is a pasted key."""
    if looks_like_key(name):
        raise SecretRefused(
            "This NAME looks like a key; treat it as known to others and rotate it.",
            "Give a name such as my_aoai; the key is asked for in the form.",
        )
    return name


def expiry(text: str | None) -> datetime | None:
    """Return the time that ``--expires`` means, UTC; None if it was not given.

    Raises
    ------
    UsageProblem
        It is no date, or in the past.
    """
    if not text:
        return None
    now = datetime.now(timezone.utc).replace(microsecond=0)
    try:
        if text.endswith("d") and text[:-1].isdigit():
            return now + timedelta(days=int(text[:-1]))
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise UsageProblem("--expires takes a date.", "For example --expires 2027-01-31, or --expires 90d.") from None
    found = found if found.tzinfo else found.replace(tzinfo=timezone.utc)
    if found <= now:
        raise UsageProblem(f"--expires {text} is in the past.", "Give a later date.")
    return found


def confirm(question: str, args: Namespace, context: Context) -> bool:
    """Ask a yes or no question, unless ``--yes`` was given.

    Raises
    ------
    CannotAsk
        Nobody is there to answer.
    """
    if args.yes:
        return True
    if context.asks == "nobody":
        raise CannotAsk(f"{question} Nobody can answer in a batch run.", "Add --yes.")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def where(context: Context, scope: Scope | None = None) -> str:
    """Return the store in words: ``the local store (local:)``."""
    store = context.connections.store
    return f"{store.title} ({store.address}){f', {scope}' if scope else ''}"


def is_custom(cls: Any) -> bool:
    """Tell whether a type takes any keys and values."""
    return "values" in cls.model_fields
