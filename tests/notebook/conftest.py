"""A real IPython with the extension loaded, its history in a file, one per test."""

from __future__ import annotations

import atexit
import gc
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


class Notebook:
    """Runs cells as a person would, and tells what came of them."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell

    def __call__(self, cell: str) -> Any:
        """Run a cell that must succeed; return its value."""
        result = self.shell.run_cell(cell, store_history=True)
        result.raise_error()
        return result.result

    def fails(self, cell: str) -> Any:
        """Run a cell that must fail; return the error, whose display is exactly two lines."""
        result = self.shell.run_cell(cell, store_history=True)
        error = result.error_in_exec
        assert error is not None, f"{cell} did not fail: {result.result!r}"
        shown = error._render_traceback_()
        assert len(shown) == 2, shown
        assert all("\n" not in line and 5 < len(line) < 300 for line in shown), shown
        return error


@pytest.fixture
def shell(tmp_path, monkeypatch) -> Iterator[Any]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config({"HistoryManager": {"hist_file": str(tmp_path / "history.sqlite")}})
    shell = InteractiveShell.instance(config=config)
    yield shell
    manager = shell.history_manager
    atexit.unregister(shell.atexit_operations)
    # IPython collects garbage when it ends; without pandas and the rest to walk, that is quick.
    gc.freeze()
    shell.atexit_operations()
    if getattr(manager, "save_thread", None) is not None:
        manager.save_thread.stop()
    manager.db.close()
    InteractiveShell.clear_instance()


@pytest.fixture
def notebook(shell, monkeypatch) -> Notebook:
    monkeypatch.setenv("PFCONN_STORE", "local:")
    shell.run_line_magic("load_ext", "pfconn_jupyter")
    return Notebook(shell)
