"""What only the browser knows: whether its page is one in which the form can seal a key."""

from __future__ import annotations

from pfconn_jupyter.notebook.tables import Table

_SECURE = "page: https or localhost, so the form can seal what you type."
_NOT_SECURE = (
    "page: neither https nor localhost, so the browser has no cryptography and the form refuses."
    " Open Jupyter by https or through a tunnel to localhost; or: %pfconn create TYPE --prompt."
)
_SILENT = "page: it did not say whether it is one of https or localhost, which the form needs."
# The script runs where the cell has just run, or in a notebook that is trusted; elsewhere the line stays as it is.
PAGE = f"""<p class="pfconn-page">{_SILENT}</p><script>
for (const line of document.querySelectorAll(".pfconn-page")) {{
  line.textContent = globalThis.crypto?.subtle ? "✓ {_SECURE}" : "✗ {_NOT_SECURE}";
}}
</script>"""


class WithPage(Table):
    """A table below which the page says what it is."""

    def _repr_html_(self) -> str:
        return super()._repr_html_().removesuffix("</div>") + PAGE + "</div>"
