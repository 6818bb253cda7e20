"""A device code on the screen, and what became of it in its place."""

from __future__ import annotations

from datetime import datetime, timezone
from html import escape
from typing import TYPE_CHECKING, Any

from IPython.display import display

if TYPE_CHECKING:
    from pfconn_jupyter.identity.device_code import DeviceCode
    from pfconn_jupyter.notebook.notice import Notice

CARE = "Go on only if you started this sign-in yourself."
_CODE = (
    "font-family: var(--jp-code-font-family, monospace); font-size: 2em; letter-spacing: 0.08em; "
    "user-select: all; margin: 0.2em 0"
)


class CodeView:
    """One output of a cell, first with the code, then with the outcome.

    Parameters
    ----------
    plain
        No link and no HTML: for a person who signs in on another device.
    """

    def __init__(self, *, plain: bool = False) -> None:
        self._plain = plain
        self._handle: Any = None

    def show(self, code: DeviceCode) -> None:
        """Show the code."""
        self._put(_text(code), "" if self._plain else _html(code))

    def end(self, notice: Notice) -> None:
        """Say what became of it; the code is gone."""
        self._put(repr(notice), notice._repr_html_())

    def _put(self, text: str, html: str) -> None:
        bundle = {"text/plain": text} | ({"text/html": html} if html else {})
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(bundle, raw=True)


def _text(code: DeviceCode) -> str:
    return f"To sign in, open {code.link} and enter the code\n\n    {code.code}\n\n{_valid(code)} {CARE}"


def _html(code: DeviceCode) -> str:
    link = escape(code.link)
    # Of the answer of a server: only what is a page becomes a link.
    if code.link.startswith("https://"):
        link = f'<a href="{link}" target="_blank" rel="noopener noreferrer">{link}</a>'
    return (
        f"<div><div>To sign in, open {link} and enter the code</div>"
        f'<div style="{_CODE}"><b>{escape(code.code)}</b></div>'
        f'<div style="color: var(--jp-ui-font-color2, #616161)">{escape(_valid(code))} {CARE}</div></div>'
    )


def _valid(code: DeviceCode) -> str:
    minutes = max(1, round((code.expires - datetime.now(timezone.utc)).total_seconds() / 60))
    span = f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"It is valid for {span}, until {code.expires:%H:%M} UTC; interrupt the cell to cancel."
