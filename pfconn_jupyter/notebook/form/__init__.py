"""The connection form: one anywidget with a sealed channel.

`show_form` opens it. ``purpose`` says what for, ``view`` what the browser shows,
``channel`` opens what it sealed, ``answers`` reads that, ``actions`` does it, ``words``
says how it went, ``connection_form`` is the widget around them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pfconn_jupyter.notebook.form.connection_form import ConnectionForm
    from pfconn_jupyter.notebook.form.show import close_forms, show_form

__all__ = ["ConnectionForm", "close_forms", "show_form"]


def __getattr__(name: str) -> Any:
    # Loaded on first use: anywidget and ipywidgets take longer than all of ours.
    if name == "ConnectionForm":
        from pfconn_jupyter.notebook.form.connection_form import ConnectionForm

        return ConnectionForm
    if name in __all__:
        from pfconn_jupyter.notebook.form import show

        return getattr(show, name)
    raise AttributeError(name)
