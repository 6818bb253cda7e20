"""The form's script: anywidget takes one ES module, and ours is written in several."""

from __future__ import annotations

import re
from pathlib import Path

_HERE = Path(__file__).parent
_PARTS = ("seal.js", "dom.js", "fields.js", "saying.js", "form.js")
_IMPORT = re.compile(r"^import .*$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def script() -> str:
    """Return the parts as one module, in the order in which they need each other."""
    parts = ((_HERE / name).read_text(encoding="utf-8") for name in _PARTS)
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", part)) for part in parts)
