"""Opens a form in a cell, and knows which are open."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython
from IPython.display import DisplayHandle

from pfconn_jupyter import api
from pfconn_jupyter.errors import NotSupported
from pfconn_jupyter.notebook.form.connection_form import ConnectionForm
from pfconn_jupyter.notebook.form.purpose import Purpose
from pfconn_jupyter.notebook.form.words import line_bundle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pfconn_jupyter.api import Connections
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.connections.record import Scope

_open: dict[ConnectionForm, str] = {}
"""The open forms, each with the id of the cell it is in, if the front end tells that."""


def show_form(
    connections: Connections,
    cls: type[Connection] | None = None,
    *,
    name: str = "",
    current: Connection | None = None,
    given: Mapping[str, Any] | None = None,
    scope: Scope | None = None,
    expires: datetime | None = None,
    only_secrets: bool = False,
) -> ConnectionForm:
    """Display a form in the cell and return it at once; it saves when its button is pressed.

    Parameters
    ----------
    connections
        Where it saves.
    cls
        The type to create; None lets the form ask. Not needed with ``current``.
    name
        What the new connection shall be called, if that is known.
    current
        The stored connection that is changed.
    given
        Fields that are known already; secrets among them are used and never shown.
    scope, expires
        As said on the line; the store's default, and never, otherwise.
    only_secrets
        Ask only for the secrets of ``current``, test them and replace.

    Raises
    ------
    NotSupported
        ``current`` is not stored, or has no secret to replace.
    """
    purpose = Purpose(connections, cls, name=name, given=given or {}, scope=scope, expires=expires)
    if current is not None:
        purpose = _change(purpose, current, only_secrets)
    cell = _cell()
    for older in [form for form in _open if _is_replaced(form, purpose, cell)]:
        older.end(line_bundle("open", "", "Closed: a newer form took its place."))
    places: list[DisplayHandle] = []

    def on_end(rest: dict[str, str]) -> None:
        del _open[form]
        if purpose.name in api.open_forms:
            api.open_forms.remove(purpose.name)
        places[0].update(rest, raw=True)  # type: ignore[no-untyped-call]
        places[1].update({"text/plain": ""}, raw=True)  # type: ignore[no-untyped-call]

    form = ConnectionForm(purpose, on_end)
    data, metadata = form._repr_mimebundle_()  # type: ignore[misc]
    places += [_display(_no_form(purpose, form.line_class)), _display({**data, "text/plain": ""}, metadata)]
    _open[form] = cell
    api.open_forms.append(purpose.name)
    return form


def close_forms() -> None:
    """End every open form, as if Cancel had been pressed."""
    for form in list(_open):
        form.end(line_bundle("open", "", "Closed: nothing was saved."))


def _is_replaced(form: ConnectionForm, purpose: Purpose, cell: str) -> bool:
    """Tell whether a new form makes ``form`` pointless: its cell ran again, or it is about the same name."""
    same_name = bool(purpose.name) and (form.purpose.verb, form.purpose.name) == (purpose.verb, purpose.name)
    return same_name or (bool(cell) and _open[form] == cell)


def _cell() -> str:
    """Return the id of the cell that runs now, or ``""``; JupyterLab and Notebook 7 send it along."""
    get_parent = getattr(get_ipython(), "get_parent", None)
    parent = get_parent() if get_parent else {}
    return str(parent.get("metadata", {}).get("cellId", ""))


def _change(purpose: Purpose, current: Connection, only_secrets: bool) -> Purpose:
    record = current.record
    if record is None:
        raise NotSupported("This connection did not come from a store.", "Fetch it with pfconn.get(name).")
    if only_secrets and not current.secrets:
        raise NotSupported(
            f"{record.name} signs in with Microsoft Entra ID: there is no key to rotate.",
            f"Change how it signs in with: %pfconn update {record.name}",
        )
    return Purpose(
        purpose.connections,
        current.kind,
        "rotate" if only_secrets else "update",
        record.name,
        current,
        purpose.given,
        record.scope,
        purpose.expires or record.expires,
    )


def _display(data: dict[str, str], metadata: dict[str, Any] | None = None) -> DisplayHandle:
    handle = DisplayHandle()  # type: ignore[no-untyped-call]
    handle.display(data, metadata=metadata or {}, raw=True)  # type: ignore[no-untyped-call]
    return handle


def _no_form(purpose: Purpose, line_class: str) -> dict[str, str]:
    """Return the line for front ends without the widget; `form.js` hides it by its class."""
    text = "No form? Run the cell again, or use"
    # Where the form cannot be shown, JupyterLab says "model not found" below: the line says it better.
    hide = (
        f"<style>.jp-OutputArea-child:has(.{line_class}) + .jp-OutputArea-child:not(:has(.pfc))"
        ":has(.jupyter-widgets){display:none}</style>"
    )
    html = f'<div class="{line_class}">{text} <code>{escape(purpose.command)}</code></div>{hide}'
    return {"text/plain": f"{text} {purpose.command}", "text/html": html}
