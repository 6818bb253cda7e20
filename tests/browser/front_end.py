"""A real notebook server and a real browser: run cells, type, and record all that could leak."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page, WebSocket

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
_BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATHS = {"lab": "/lab/tree/{}?reset", "notebook": "/notebooks/{}", "nbclassic": "/nbclassic/notebooks/{}"}
_MANAGER = "@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings"
_THEMES = "@jupyterlab/apputils-extension/themes.jupyterlab-settings"


@dataclass
class Server:
    """A running notebook server; everything it and its kernels write is below ``home``."""

    home: Path
    url: str
    process: subprocess.Popen[bytes]

    @property
    def root(self) -> Path:
        """Where notebooks are."""
        return self.home / "work"

    @property
    def runtime(self) -> Path:
        """Where kernel connection files are."""
        return self.home / "runtime"

    def settings(self, *, theme: str = "", **manager: Any) -> None:
        """Change the front end's settings for pages that are opened from now on."""
        if theme:
            _set(self.home, _THEMES, {"theme": theme})
        if manager:
            _set(self.home, _MANAGER, manager)

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook with these code cells and return its name."""
        made = [
            {
                "cell_type": "code",
                "id": f"cell-{n}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": c,
            }
            for n, c in enumerate(cells)
        ]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        book = {"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (self.root / name).write_text(json.dumps(book))
        return name


@contextlib.contextmanager
def serving(home: Path, *, dark: bool = False, save_state: bool = False, **env: str) -> Iterator[Server]:
    """Run a notebook server with a home of its own."""
    for folder in ("work", "runtime"):
        (home / folder).mkdir(parents=True)
    _set(home, _MANAGER, {"saveState": save_state})
    _set(home, _THEMES, {"theme": "JupyterLab Dark" if dark else "JupyterLab Light"})
    _set(
        home,
        "@jupyterlab/apputils-extension/notification.jupyterlab-settings",
        {"fetchNews": "false", "checkForUpdates": False},
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--ServerApp.port={port}"]
    command += [
        "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={home / 'work'}",
    ]
    log = (home / "server.log").open("wb")
    process = subprocess.Popen(command, env=_environment(home, env), stdout=log, stderr=log, cwd=home)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url + "/api/status", process)
        yield Server(home, url, process)
    finally:
        process.terminate()  # the server ends its kernels
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
        process.kill()
        process.wait()
        log.close()


def _environment(home: Path, more: dict[str, str]) -> dict[str, str]:
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "PYTHON_KEYRING_BACKEND")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    own = {
        "HOME": home,
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "PFCONN_HOME": home / "pfconn",
    }
    return {**env, **{k: str(v) for k, v in own.items()}, "PYDEVD_DISABLE_FILE_VALIDATION": "1", **more}


def _set(home: Path, name: str, values: dict[str, Any]) -> None:
    file = home / "settings" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values))


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the server did not answer in 30 s")


@contextlib.contextmanager
def browsing() -> Iterator[Browser]:
    """Run a headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_BROWSER_ARGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Notebook:
    """A notebook open in a page.

    Attributes
    ----------
    sent, received
        Payloads of all websocket frames of the page.
    """

    server: Server
    page: Page
    name: str
    face: str = "lab"
    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """The notebook on disk."""
        return self.server.root / self.name

    @property
    def form(self) -> Locator:
        """The form that is shown."""
        return self.page.locator(".pfc-form")

    def open(self) -> None:
        """Go to the notebook and wait until its kernel is idle."""
        self.page.goto(self.server.url + _PATHS[self.face].format(self.name))
        if self.face == "nbclassic":
            self.page.locator(".code_cell").first.wait_for()
            ready = "(kernel => kernel?.is_connected() && kernel.widget_manager)(window.Jupyter?.notebook?.kernel)"
            self.page.wait_for_function(ready)
            self._wait_for_kernel()
            return
        self.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=20_000)
        self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for(timeout=20_000)
        self._wait_for_kernel()

    def _wait_for_kernel(self) -> None:
        # The page says idle a moment before its websocket is there; a cell run in between is lost.
        until = time.monotonic() + 15
        while time.monotonic() < until:
            kernel = self.kernel()
            if kernel.get("connections") and kernel["execution_state"] == "idle":
                return
            self.page.wait_for_timeout(100)
        raise RuntimeError("the kernel did not become idle")

    def kernel(self) -> dict[str, Any]:
        """Return what the server says of this notebook's kernel, empty if it has none yet."""
        with (
            contextlib.suppress(urllib.error.HTTPError),
            urllib.request.urlopen(self.server.url + "/api/sessions") as got,
        ):
            return next((dict(s["kernel"]) for s in json.load(got) if s["path"] == self.name), {})
        return {}

    def stop_kernel(self) -> None:
        """End the kernel, as another page would."""
        if kernel := self.kernel():
            request = urllib.request.Request(f"{self.server.url}/api/kernels/{kernel['id']}", method="DELETE")
            urllib.request.urlopen(request).close()

    def run(self, cell: int = 0) -> None:
        """Run a cell as a person does: click into it, Shift+Enter."""
        if self.face == "nbclassic":
            self.page.locator(".code_cell .CodeMirror").nth(cell).click()
        else:
            self.page.locator(".jp-CodeCell .cm-content").nth(cell).click()
        self.page.keyboard.press("Shift+Enter")

    def output(self, cell: int = 0) -> Locator:
        """Return a cell's output area."""
        if self.face == "nbclassic":
            return self.page.locator(".code_cell").nth(cell).locator(".output_wrapper")
        return self.page.locator(".jp-CodeCell").nth(cell).locator(".jp-OutputArea").first

    def save(self) -> dict[str, Any]:
        """Save the notebook and return what was written."""
        before = self.file.stat().st_mtime_ns
        if self.face == "nbclassic":
            self.page.evaluate("Jupyter.notebook.save_checkpoint()")
        else:
            self.page.locator("[data-jp-item-name=save] jp-button").first.click()
        until = time.monotonic() + 10
        while self.file.stat().st_mtime_ns == before and time.monotonic() < until:
            self.page.wait_for_timeout(50)
        self.page.wait_for_timeout(300)
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self.sent.append(_bytes(payload)))
        socket.on("framereceived", lambda payload: self.received.append(_bytes(payload)))


def _bytes(payload: str | bytes) -> bytes:
    return payload.encode() if isinstance(payload, str) else payload


@contextlib.contextmanager
def notebook(
    server: Server,
    browser: Browser,
    *cells: str,
    face: str = "lab",
    blocked: str = "",
    script: str = "",
    **context: Any,
) -> Iterator[Notebook]:
    """Write a notebook, open it in a new page and record the page's websockets.

    Parameters
    ----------
    face
        ``lab``, ``notebook`` (7) or ``nbclassic``.
    blocked
        A glob of addresses that the page shall not get.
    script
        Runs before the page's own.
    """
    name = server.write(f"nb{time.monotonic_ns()}.ipynb", *cells)
    options = {"viewport": {"width": 1280, "height": 900}, **context}
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(15_000)
    opened = Notebook(server, page, name, face)
    page.on("websocket", opened._listen)
    if blocked:
        page.route(blocked, lambda route: route.abort())
    if script:
        page.add_init_script(script)
    try:
        opened.open()
        yield opened
    except PlaywrightError:
        page.screenshot(path=server.home / "failed.png")
        raise
    finally:
        page.context.close()
        opened.stop_kernel()
