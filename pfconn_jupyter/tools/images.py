"""What stands in ``![image](…)``: an address, data, or a picture's file."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from pfconn_jupyter.errors import TemplateProblem

LARGEST = 20 * 1024 * 1024
"""Bytes of a picture's file, as OpenAI takes them."""
# By their first bytes, so that no other file of the machine can be sent under a picture's name.
_KINDS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"))
_DATA = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
_HINT = "Give an https:// address, a data:image/… text, or the path of a PNG, JPEG, GIF or WebP file."


def image_url(source: str) -> str:
    """Return the address that stands for an image in a message; a file becomes data.

    Raises
    ------
    TemplateProblem
        It is no address, no file, or not a picture.
    """
    if source.lower().startswith(("https://", "http://")):
        return source
    if source.lower().startswith("data:"):
        if not _DATA.fullmatch(source):
            raise TemplateProblem("The data of an image is not a picture in base64.", _HINT)
        return "".join(source.split())
    path = Path(source).expanduser()
    shown = source if len(source) <= 80 else f"{source[:80]}…"
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise TemplateProblem(f"The image {shown} has {size / 2**20:.0f} MB.", "Make it smaller: 20 MB at most.")
        content = path.read_bytes()
    except (OSError, ValueError):
        raise TemplateProblem(f"There is no image {shown or '(empty)'}.", _HINT) from None
    return f"data:image/{_kind(content, shown)};base64,{base64.b64encode(content).decode()}"


def _kind(content: bytes, shown: str) -> str:
    for beginning, kind in _KINDS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    raise TemplateProblem(f"{shown} is not a picture.", _HINT)
