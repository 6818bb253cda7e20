"""Which front end this is, how it can ask, and whether it has what the form needs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pfconn_jupyter.checks.doctor.requirements import version_of
from pfconn_jupyter.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pfconn_jupyter.notebook.context import Asks

# Variables that front ends set for their kernels, the telling ones first; True where the form was tried.
_FRONT_ENDS = (
    ("COLAB_RELEASE_TAG", "Colab", False),
    ("VSCODE_PID", "VS Code", False),
    ("VSCODE_CWD", "VS Code", False),
    ("JPY_SESSION_NAME", "a Jupyter server", True),
)
_SHOWN = ("jupyterlab", "notebook", "nbclassic", "ipykernel", "ipywidgets", "anywidget")
_ASKED = {
    "form": "in a form, which needs a page of https or localhost; below this table it says whether it is one",
    "prompt": "at a prompt",
    "nobody": "nobody can be asked here: a batch run",
}


def look(asks: Asks, in_kernel: bool) -> Iterator[Finding]:
    """Yield findings on the front end and on how it can ask."""
    name, tried = next(((n, t) for variable, n, t in _FRONT_ENDS if os.environ.get(variable)), ("a kernel", True))
    if not in_kernel:
        name, tried = "IPython without a kernel", True
    packages = ", ".join(f"{package} {found}" for package in _SHOWN if (found := version_of(package)))
    hint = "" if tried else "The form was not tried there: if it does not appear, use %pfconn create TYPE --prompt."
    yield Finding("front end", "ok" if tried else "warn", f"{name}; here: {packages}", hint)
    hint = "Give every field: --from-env, --file, or --set with '${env:NAME}'." if asks == "nobody" else ""
    yield Finding("questions", "ok", _ASKED[asks], hint)
