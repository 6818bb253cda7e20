"""``%pfconn``: reads the line, finds the command, returns what it returns."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand
from traitlets import Unicode, observe

from pfconn_jupyter import identity, settings
from pfconn_jupyter.causes import bare
from pfconn_jupyter.errors import PfconnError, SecretRefused, UsageProblem
from pfconn_jupyter.notebook.notice import Notice
from pfconn_jupyter.stores.waiting import told_to

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from pfconn_jupyter.notebook.context import Context


@magics_class
class PfconnMagics(Magics):
    """Connections of AI services; ``%pfconn help`` says more."""

    store = Unicode("", help="Address of the store in use; PFCONN_STORE goes before it.").tag(config=True)

    @observe("store")
    def _store_chosen(self, change: dict[str, Any]) -> None:
        settings.chosen.config = change["new"]

    @no_var_expand
    @line_cell_magic
    def pfconn(self, line: str, cell: str | None = None) -> Any:
        """Create, list, test and use connections of AI services. See %pfconn help."""
        from pfconn_jupyter.notebook.context import Context

        shell = self.shell
        if shell is None:
            raise UsageProblem("%pfconn needs an IPython shell.", "In a script: import pfconn_jupyter as pfconn.")
        try:
            return run(Context(shell, line, cell))
        except PfconnError as error:
            # The frames below held what was typed; the message never does.
            raise bare(error) from None


def run(context: Context) -> Any:
    """Run one call of the magic; a secret in its text is scrubbed and refused first."""
    from pfconn_jupyter.notebook import commands, literals, parsing
    from pfconn_jupyter.notebook.redaction import scrub

    _refuse_literals(context)
    words = parsing.split(context.line)
    if words and words[0] in ("-h", "--help"):
        words[0] = "help"
    name, module = commands.command(words[0] if words else "status")
    if context.cell is not None and not getattr(module, "TAKES_CELL", False):
        raise UsageProblem(f"%%pfconn {name} takes no cell.", f"Write %pfconn {name} on a line of its own.")
    if {"-h", "--help"} & set(words[1:]):
        # Of a command in parts, the help of the part.
        part = words[1:2] if hasattr(module, "parser_of") and not words[1].startswith("-") else []
        name, module, words = "help", commands.command("help")[1], ["help", name, *part]
    args = commands.parser(name).parse(parsing.expand(words[1:], context.shell.user_ns))
    try:
        with told_to(_aside):
            return _with_notes(module.run(args, context), context)
    except SecretRefused:
        # A field that only its type knows to be secret.
        is_yaml = context.cell is not None and not hasattr(module, "secrets_in")
        in_cell = literals.cell_values(context.cell or "") if is_yaml else []
        scrub(context.shell, [*literals.set_values(context.line), *in_cell])
        raise


def _with_notes(result: Any, context: Context) -> Any:
    """Return ``result``; what was noted and is not part of it goes to stderr, so that nothing is lost."""
    if not isinstance(result, Notice):
        for note in context.notes:
            _aside(note)
    return result


def _aside(note: str) -> None:
    print(f"! {note}", file=sys.stderr)  # noqa: T201  # beside the answer


def _refuse_literals(context: Context) -> None:
    from pfconn_jupyter.notebook import commands, literals
    from pfconn_jupyter.notebook.redaction import scrub

    # A command whose cell is text, not YAML, reads it in its own way.
    word = context.line.split(maxsplit=1)[0] if context.line.strip() else ""
    reads = getattr(commands.command(word)[1], "secrets_in", None) if word in commands.names() else None
    found = (reads or literals.found_in)(context.line, context.cell)
    if not found:
        return
    scrub(context.shell, found.values())
    context.line, context.cell = "", None
    what = ", ".join(found)
    hint = "Name a variable instead: --set api_key='${env:NAME}', or leave it out to be asked."
    if "NAME" in found:
        what, hint = "a word that looks like a key", "Give a name such as my_aoai; the key is asked for in the form."
    raise SecretRefused(f"A secret does not belong in a cell ({what}). Treat it as known to others: rotate it.", hint)


def load(shell: InteractiveShell) -> None:
    """Register the magic and its completion."""
    from pfconn_jupyter.notebook.commands._overview import overview
    from pfconn_jupyter.notebook.completion import matcher

    # register_magics adds a second entry to shell.configurables if it is called twice.
    unload(shell)
    PfconnMagics.pfconn.__doc__ = overview()
    shell.register_magics(PfconnMagics)
    if shell.Completer is not None:
        shell.Completer.custom_matchers.append(matcher())


def unload(shell: InteractiveShell) -> None:
    """Take back everything `load` registered."""
    registry = shell.magics_manager.magics
    for kind in ("line", "cell"):
        registry[kind].pop("pfconn", None)
    shell.magics_manager.registry.pop("PfconnMagics", None)
    shell.configurables[:] = [c for c in shell.configurables if type(c).__name__ != "PfconnMagics"]
    if shell.Completer is not None:
        matchers = shell.Completer.custom_matchers
        matchers[:] = [m for m in matchers if getattr(m, "matcher_identifier", "") != "pfconn"]
    if forms := sys.modules.get("pfconn_jupyter.notebook.form.show"):
        forms.close_forms()
    if sdk_variables := sys.modules.get("pfconn_jupyter.interop.sdk_variables"):
        sdk_variables.release()
    identity.sign_out()
    settings.chosen.config = settings.chosen.session = ""
