"""A connection object of prompt flow, for flows and promptflow-tools until the last day."""

from __future__ import annotations

from pfconn_jupyter.interop.snippets._about import About, lines

TYPES = ()
NEEDS = "promptflow-core"


def code(about: About) -> str:
    """Return the conversion."""
    return lines(
        "import pfconn_jupyter as pfconn",
        "",
        f"conn = {about.get}",
        "connection = pfconn.interop.to_promptflow(conn)",
    )
