"""Keeps the plain text that a caller gave out of the frames of an error."""

from __future__ import annotations

from typing import Any

from pfconn_jupyter.errors import InvalidConnection


class NoPlainText:
    """Empties ``fields`` at the end, and drops the frames that held them from an error's traceback."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def __enter__(self) -> None:
        pass

    # Not a generator: contextlib would put the frames back.
    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self._fields.clear()
        if isinstance(error, InvalidConnection):
            error.__context__ = None
            raise error.with_traceback(None) from None
