"""Records and outcomes as DataFrames, each with a line that names the store."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any, get_args

import pandas as pd

from pfconn_jupyter.connections.probe import Status
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import MASK
from pfconn_jupyter.connections.type_words import joined
from pfconn_jupyter.errors import PfconnError
from pfconn_jupyter.notebook.text_table import text_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pfconn_jupyter.checks.explaining import Explained
    from pfconn_jupyter.checks.outcome import Outcome
    from pfconn_jupyter.connections.record import ConnectionRecord, Version

LIST = ("name", "type", "scope", "auth", "endpoint", "owner", "updated", "expires")
WIDE = (*LIST, "created", "deleted", "enabled", "configs", "rev", "store", "package", "problem")
TEST = ("name", "type", "status", "detail", "hint", "http", "latency_ms", "request_id", "checked")

EXPLAIN = ("name", "type", "sent", "request", "headers", "body", "secret_to", "proxy", "trust")


class Table(pd.DataFrame):
    """A DataFrame with a note below it; what is derived from it is a plain DataFrame.

    It shows whole sentences (pandas would cut a hint at 50 characters) and at most
    ``display.max_rows`` rows, saying how many more there are.
    """

    _metadata = ["note"]  # noqa: RUF012  # pandas' own protocol
    note: str

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def _cells(self) -> tuple[list[str], list[list[str]], str]:
        """Return the titles, the rows that are shown, and the note."""
        shown = pd.get_option("display.max_rows") or len(self)
        rows = [[_shown(value) for value in row] for row in self.head(shown).itertuples(index=False)]
        more = f" {len(self) - shown:,} more are not shown here: df = %pfconn …" if len(self) > shown else ""
        return [str(c) for c in self.columns], rows, self.note + more

    def _repr_html_(self) -> str:
        titles, rows, note = self._cells()
        head = "".join(f"<th>{escape(t)}</th>" for t in titles)
        cells = ("".join(_td(cell, title) for title, cell in zip(titles, row, strict=True)) for row in rows)
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        table = f"<table class='dataframe'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if rows else ""
        return f"<div class='pfconn-table'>{_STYLE}{table}<p>{escape(note)}</p></div>"

    def __repr__(self) -> str:
        titles, rows, note = self._cells()
        if not rows:
            return note
        return f"{text_table(titles, rows)}\n{note}"


# Sentences and addresses read from the left; JupyterLab aligns tables to the right.
_STYLE = (
    "<style>.pfconn-table td, .pfconn-table th {text-align: left !important; vertical-align: top}"
    " .pfconn-table p {color: var(--jp-ui-font-color2, #616161); white-space: pre-line}"
    " .pfconn-table .pfconn-bad {color: var(--jp-error-color1, #c62828); font-weight: 600}"
    " .pfconn-table .pfconn-warn {font-weight: 600}"
    " .pfconn-table .pfconn-long {overflow-wrap: anywhere; min-width: 13em}"
    " .pfconn-table .pfconn-date {white-space: nowrap}"
    " .pfconn-table .pfconn-id {overflow-wrap: anywhere; min-width: 6em}</style>"
)
_LONG = 40
_GOOD = ("ok", "not_checked")
_MARKS = dict.fromkeys((*get_args(Status), "fail", "failed"), "pfconn-bad") | {"warn": "pfconn-warn"}
"""What a cell of the column ``status`` says, to its class; what is good needs none."""


_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _td(cell: str, title: str) -> str:
    found = _MARKS.get(cell, "") if title == "status" and cell not in _GOOD else ""
    if title == "request_id":
        found = "pfconn-id"
    elif len(cell) > _LONG:
        # An address has no blank to break at, and would push what stands behind it out of sight.
        found = "pfconn-long"
    # A browser would break a date at its hyphens.
    shown = _DATE.sub(r"<span class='pfconn-date'>\g<0></span>", escape(cell)) if len(cell) <= _LONG else escape(cell)
    return f"<td class='{found}'>{shown}</td>" if found else f"<td>{shown}</td>"


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list, tuple)):
        return (
            ", ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else ", ".join(map(str, value))
        )
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, float):
        # Milliseconds are whole; a score is a small number.
        return f"{value:.0f}" if abs(value) >= 10 else f"{value:.3g}"
    return str(value)


def table(rows: Iterable[dict[str, Any]], columns: Sequence[str], note: str, kind: type[Table] = Table) -> Table:
    """Return a table of ``rows`` with exactly these columns."""
    frame: Table = kind([[row.get(c) for c in columns] for row in rows], columns=list(columns))
    frame.note = note
    return frame


def records(found: Sequence[ConnectionRecord], note: str, wide: bool = False) -> Table:
    """Return the connections, without secrets; ``problem`` is shown if there is one."""
    columns: tuple[str, ...] = WIDE if wide else LIST
    if not wide and any(r.problem for r in found):
        columns = (*LIST, "problem")
    if not wide and any(r.deleted for r in found):
        columns = (*columns[:6], "deleted", *columns[6:])
    frame = table(({**vars(r), "endpoint": endpoint(r)} for r in found), columns, note)
    for column in {"created", "updated", "expires", "deleted"} & set(columns):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return frame


def endpoint(record: ConnectionRecord) -> str:
    """Return the address of a record, or ``""``."""
    try:
        cls = connection_type(joined(record.type, record.package))
    except PfconnError:
        return ""
    return record.configs.get(cls.ENDPOINT, "") or cls.DEFAULT_ENDPOINT


def outcomes(found: Iterable[Outcome], note: str) -> Table:
    """Return test results, failures first."""
    ordered = sorted(found, key=lambda o: (o.status == "ok", o.status == "not_checked", o.name.lower()))
    return table((vars(o) for o in ordered), TEST, note)


def explained(found: Iterable[Explained], note: str) -> Table:
    """Return the requests that a test would send."""
    return table((vars(line) for line in found), EXPLAIN, note)


def connection(record: ConnectionRecord, note: str) -> Table:
    """Return one connection, field by field; secrets as a mask, without reading them."""
    cells: dict[str, Any] = {
        "name": record.name,
        "type": joined(record.type, record.package),
        "scope": record.scope,
        "owner": record.owner,
    }
    cells |= record.configs | dict.fromkeys(_secret_names(record), MASK)
    dates = {"created": record.created, "updated": record.updated, "expires": record.expires}
    cells |= {k: v for k, v in dates.items() if v} | {"rev": record.rev, "store": record.store}
    if record.problem:
        cells["problem"] = record.problem
    return table(({"field": k, "value": _shown(v)} for k, v in cells.items()), ("field", "value"), note)


def _secret_names(record: ConnectionRecord) -> tuple[str, ...]:
    if record.auth != "key":
        return ()
    try:
        return connection_type(joined(record.type, record.package)).secret_fields() or ("secrets",)
    except PfconnError:
        return ("secrets",)


def versions(found: Iterable[Version], note: str) -> Table:
    """Return the versions of a connection, newest first."""
    return table((vars(v) for v in found), ("rev", "created", "by", "type", "configs", "prev", "current"), note)
