"""An answer that comes in pieces, and ends cleanly wherever it is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pfconn_jupyter.causes import bare
from pfconn_jupyter.errors import ContentFiltered, PfconnError, ToolFailed
from pfconn_jupyter.stores.waiting import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Self

    from pfconn_jupyter.tools.retrying import Trouble

CUT = "The answer is cut: it reached max_tokens."


class TextStream:
    """The pieces of an answer, as they come; ``text`` is what has come.

    Iterate it once. `close` ends the connection to the service; so do the end of the
    answer, an error, Ctrl-C, and the end of a ``with``.
    """

    def __init__(
        self, chunks: Any, piece: Callable[[Any], tuple[str, str]], read: Callable[[Exception], Trouble], client: Any
    ) -> None:
        self._chunks, self._piece, self._read, self._client = chunks, piece, read, client
        self._iterator: Iterator[Any] = iter(chunks)
        self._closed = False
        self.text = ""
        self.finish_reason = ""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        while not self._closed:
            chunk, failed = self._next_chunk()
            if failed is not None:
                raise failed
            if chunk is None:
                self.close()
                finished(self.finish_reason, self.text)
                break
            piece, reason = self._piece(chunk)
            self.finish_reason = reason or self.finish_reason
            if piece:
                self.text += piece
                return piece
        raise StopIteration

    def close(self) -> None:
        """End the connection; what has come stays in ``text``."""
        if self._closed:
            return
        self._closed = True
        self._chunks.close()
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _next_chunk(self) -> tuple[Any, BaseException | None]:
        """Return the next chunk, or what ended the stream, free of the SDK's frames: they hold the key."""
        try:
            return next(self._iterator, None), None
        except KeyboardInterrupt:
            failed: BaseException = KeyboardInterrupt()
        except PfconnError as error:
            failed = bare(error)
        except Exception as error:  # noqa: BLE001  the SDK's, of every kind
            failed = _broken(self._read(error).error, len(self.text))
        self.close()
        return None, failed


def finished(reason: str, text: str) -> None:
    """Say why an answer ended, if it is not at its end.

    Raises
    ------
    ContentFiltered
        The service's filter stopped it.
    """
    if reason == "length":
        tell(CUT)
    if reason == "content_filter":
        error = ContentFiltered(
            "The service's content filter stopped the answer.", "Change the prompt, or the filter of the deployment."
        )
        error.partial = text
        raise error


def _broken(error: ToolFailed, length: int) -> ToolFailed:
    if length:
        error.problem += f" ({length} characters of the answer had come)"
    return error
