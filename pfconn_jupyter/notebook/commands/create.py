"""Create a connection: a form opens, or nothing is asked if everything is given.

For example:

  %pfconn create                                  choose a type
  %pfconn create azure_openai my_aoai             a form with a masked key
  %pfconn create openai my_openai --from-env      from OPENAI_API_KEY
  %pfconn create custom my_api --set configs.url=https://… --set secrets.key='${env:MY_KEY}'
  %%pfconn create custom my_api                   the cell is YAML, secrets as ${env:NAME}

A secret is never an argument: it would stay in the notebook and in the history.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.registry import connection_type, type_name
from pfconn_jupyter.errors import (
    CannotAsk,
    CheckFailed,
    InvalidConnection,
    SecretRefused,
    UsageProblem,
)
from pfconn_jupyter.identity import MANAGED, PRINCIPAL
from pfconn_jupyter.notebook.commands import _shared
from pfconn_jupyter.notebook.notice import saved

if TYPE_CHECKING:
    from argparse import Namespace

    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.spec import Spec
    from pfconn_jupyter.notebook.context import Context
    from pfconn_jupyter.notebook.parsing import CommandParser

GROUP = "Everyday"
TAKES_CELL = True
_NO_FORM = "Give them: --from-env, --file FILE, or --set api_key='${env:NAME}'."


def add_arguments(parser: CommandParser) -> None:
    """Declare the arguments."""
    parser.add_argument("words", nargs="*", metavar="TYPE NAME", help="a type of %%pfconn types, and a name")
    _shared.add_fields(parser)
    _shared.add_scope(parser)
    _shared.add_expires(parser)
    parser.add_argument("--yes", action="store_true", help="private even where you are not a person")
    parser.add_argument("--test", action="store_true", help="save only if the service accepts it")
    _shared.add_prompt(parser)


def run(args: Namespace, context: Context) -> Any:
    """Create it, or open the form."""
    named = next((w for w in args.words if type_name(w)), None)
    spec = written(args, context, connection_type(named) if named else None)
    word, name = type_and_name(args.words, spec)
    name = _shared.checked_name(name)
    if not word:
        return _ask(None, name, {}, args, context, lacking=["type"])
    cls = connection_type(word)
    _ask_if_no_person(args, context)
    fields = given_fields(cls, spec, args)
    if name:
        context.connections.check_free(name, scope=args.scope)
    lacking = [*([] if name else ["name"]), *_lacking(cls, fields)]
    if lacking:
        return _ask(cls, name, fields, args, context, lacking=lacking)
    if args.test:
        _test_first(cls, name, fields, context)
    record = context.connections.create(
        cls.full_type(), name, scope=args.scope, expires=_shared.expiry(args.expires), **fields
    )
    return saved(record, context, "saved, tested ok," if args.test else "saved")


def _ask_if_no_person(args: Namespace, context: Context) -> None:
    """Ask before something is private to an application: whoever runs as it is then its owner."""
    store = context.connections.store
    if args.scope != "private" or args.yes or len(store.scopes) == 1:
        return
    who = store.who()
    if who.kind not in (MANAGED, PRINCIPAL):
        return
    if not _shared.confirm(f"You are {who}: it would be private to whoever runs as that. Go on?", args, context):
        raise UsageProblem("Nothing was created.", "Share it with --shared, or sign in as a person: %pfconn login.")


def written(args: Namespace, context: Context, cls: type[Connection] | None = None) -> Spec:
    """Return what ``--file`` or the cell says, of a connection of ``cls`` if that is known."""
    from pfconn_jupyter.connections.spec import Spec, from_yaml

    secret = cls.secret_fields() if cls else ()
    if context.cell is not None:
        spec = from_yaml(context.cell, "The cell", secret_fields=secret)
        if spec.literal_secrets:
            raise SecretRefused(
                f"{spec.literal_secrets[0]}: a secret does not belong in a cell. Take it as known: rotate it.",
                f"Name a variable: {spec.literal_secrets[0]}: '${{env:NAME}}'.",
            )
        _tell(spec, context)
        return spec
    if not args.file:
        return Spec()
    try:
        text = Path(args.file).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a text file"
        raise UsageProblem(f"{args.file} cannot be read: {why}.", "Give the path of a YAML file.") from None
    spec = from_yaml(text, args.file, secret_fields=secret)
    if spec.literal_secrets:
        context.notes.append(f"{args.file} holds {', '.join(spec.literal_secrets)} in plain text: delete it there.")
    _tell(spec, context)
    return spec


def _tell(spec: Spec, context: Context) -> None:
    if spec.note:
        context.note(spec.note)


def type_and_name(words: list[str], spec: Spec) -> tuple[str, str]:
    """Return TYPE and NAME, in either order; the file may have said one or both."""
    if len(words) > 2:
        raise UsageProblem(
            "%pfconn create takes a type and a name.", "For example: %pfconn create azure_openai my_aoai"
        )
    if len(words) == 2:
        swapped = type_name(words[0]) is None and type_name(words[1]) is not None
        return (words[1], words[0]) if swapped else (words[0], words[1])
    if len(words) == 1:
        is_name = bool(spec.type) and type_name(words[0]) is None
        return (spec.type, words[0]) if is_name else (words[0], spec.name)
    return spec.type, spec.name


def given_fields(cls: type[Connection], spec: Spec, args: Namespace) -> dict[str, Any]:
    """Return the fields of file, environment and ``--set``; the later one wins."""
    from pfconn_jupyter.connections.environment import from_env
    from pfconn_jupyter.connections.set_items import parse_set

    fields = dict(spec.fields)
    said = parse_set(cls, args.set)
    if args.from_env:
        fields |= from_env(cls, given=said)
    for key, value in said.items():
        fields[key] = {**fields.get(key, {}), **value} if isinstance(value, dict) else value
    return fields


def _lacking(cls: type[Connection], fields: dict[str, Any]) -> list[str]:
    """Return the fields that are missing; a wrong one is an error now."""
    from pfconn_jupyter.connections.build import build
    from pfconn_jupyter.connections.endpoint import MISSING

    try:
        build(cls, fields)
    except InvalidConnection as error:
        missing = [p.field for p in error.problems if p.problem == MISSING]
        if fields and len(missing) < len(error.problems):
            raise InvalidConnection([p for p in error.problems if p.problem != MISSING]) from None
        return missing or ["secrets"]
    return []


def _test_first(cls: type[Connection], name: str, fields: dict[str, Any], context: Context) -> None:
    outcome = context.connections.check(context.connections.build(cls.full_type(), **fields))
    context.notes.clear()  # create says them again
    if outcome.status != "ok":
        raise CheckFailed(f"{name} was not saved: {outcome.status}, {outcome.detail}.", outcome.hint)


def _ask(
    cls: type[Connection] | None,
    name: str,
    fields: dict[str, Any],
    args: Namespace,
    context: Context,
    *,
    lacking: list[str],
) -> Any:
    how = "prompt" if args.prompt and context.asks != "nobody" else context.asks
    if how == "nobody":
        raise CannotAsk(f"Missing: {', '.join(lacking)}; and nobody can be asked in a batch run.", _NO_FORM)
    if how == "prompt":
        from pfconn_jupyter.notebook.prompts import create

        return create(
            context, cls, name, fields, scope=args.scope, expires=_shared.expiry(args.expires), test=args.test
        )
    from pfconn_jupyter.notebook.form import show_form

    show_form(context.connections, cls, name=name, given=fields, scope=args.scope, expires=_shared.expiry(args.expires))
    return None
