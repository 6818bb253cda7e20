"""Makes the pictures of the form again, each state in both themes, from the product in a real JupyterLab.

Run it from the ``tests`` folder: ``python -m browser.pictures FOLDER [--docs]``. With
``--docs`` only the few that the documentation shows are written.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from browser.front_end import Notebook, browsing, notebook, serving
from pfconn_jupyter.connections.registry import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Locator

SETUP = """
import time
from types import SimpleNamespace
from pfconn_jupyter import connections
from pfconn_jupyter.checks import runner
from pfconn_jupyter.checks.outcome import Outcome
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.notebook.form import show_form

local = connections("local:")
team = connections("local:")
team.store.title, team.store.address = "contoso-kv", "keyvault:contoso-kv"
team.store.scopes = {"private": "Only me", "shared": "Everyone who can read contoso-kv"}

def check(connection, deployment=""):  # the service's part is played, the form's is not
    key = next((s.reveal() for s in connection.secrets.values()), "")
    if "slow" in key:
        time.sleep(8)
    if "wrong" in key:
        return Outcome("", connection.TYPE, "denied", "the service does not accept this key",
            "Copy KEY 1 or KEY 2 from the resource's Keys and Endpoint page; "
            "a key of another resource or region is refused.",
            http=401, latency_ms=184.0)
    return Outcome("", connection.TYPE, "ok", "key accepted; no deployment was called", http=200, latency_ms=212.0)

runner.check = check
azure = connection_type("azure_openai")
base = "https://contoso.openai.azure.com"
local.create("azure_openai", "team_aoai", api_base=base, api_key="old-key-0123456789", deployment="gpt-4o-mini")
local.create("custom", "my_db", configs={"host": "db.contoso.example", "user": "reader"}, secrets={"password": "0123"})
"""
KEY = "0123456789abcdef0123456789abcdef"
BASE = "https://contoso.openai.azure.com"
WIDE, NARROW = 1100, 560


def fill(form: Locator, name: str = "my_aoai", endpoint: str = BASE, key: str = KEY) -> None:
    """Fill in the everyday fields."""
    form.get_by_label("Name").fill(name)
    form.get_by_label("Endpoint").fill(endpoint)
    form.locator(".pfc-masked").first.fill(key)


def errors(form: Locator) -> None:
    """Press Save on answers that will not do."""
    fill(form, "my aoai", BASE + "/openai/deployments/gpt-4o", "<your-key>")
    form.get_by_role("button", name="Save").click()
    form.get_by_text("Use that").first.wait_for()


def entra(form: Locator) -> None:
    """Sign in without a key."""
    fill(form)
    form.get_by_role("radio", name="Microsoft Entra ID").check()


def tested(form: Locator, key: str, words: str) -> None:
    """Press Test and wait for its outcome."""
    fill(form, key=key)
    form.get_by_role("button", name="Test", exact=True).click()
    form.get_by_role("status").get_by_text(words, exact=True).wait_for()


def testing(form: Locator) -> None:
    """Press Test on a service that takes its time."""
    fill(form, key="slow" + KEY)
    form.get_by_role("button", name="Test", exact=True).click()
    form.page.wait_for_timeout(700)


def rows(form: Locator) -> None:
    """Fill in a custom connection's rows by keyboard."""
    form.get_by_label("Name").fill("my_db")
    keys = form.page.keyboard
    form.get_by_label("Key 1").fill("password")
    keys.press("Enter")
    keys.type("correct horse")
    keys.press("Enter")
    keys.type("host")
    keys.press("Enter")
    keys.type("db.contoso.example")
    form.get_by_label("Value 2 is secret").uncheck()


def picked(form: Locator) -> None:
    """Choose a service."""
    form.get_by_role("button", name="OpenAI OpenAI, or").click()
    form.get_by_label("Name").fill("mine")


def advanced(form: Locator) -> None:
    """Open what is folded away."""
    form.locator("summary").click()


def opened(form: Locator) -> None:
    """Open what is folded away, if anything is."""
    if form.locator("summary").count():
        advanced(form)


def saved(form: Locator) -> None:
    """Test, save, and see the line."""
    tested(form, KEY, "OK")
    form.get_by_role("button", name="Save").click()
    form.page.get_by_text("saved in").wait_for()


STATES: dict[str, tuple[str, Callable[[Locator], None] | None]] = {
    "empty": ("show_form(local, azure)", None),
    "picker": ("show_form(local)", None),
    "picked": ("show_form(local)", picked),
    "errors": ("show_form(team, azure)", errors),
    "entra": ("show_form(team, azure)", entra),
    "denied": ("show_form(team, azure)", lambda form: tested(form, "wrong" + KEY, "Denied")),
    "ok": ("show_form(team, azure)", lambda form: tested(form, KEY, "OK")),
    "testing": ("show_form(team, azure)", testing),
    "custom": ("show_form(local, connection_type('custom'))", rows),
    "custom-update": ("show_form(local, current=local.get('my_db'))", None),
    "custom-rotate": ("show_form(local, current=local.get('my_db'), only_secrets=True)", None),
    "rotate": ("show_form(local, current=local.get('team_aoai'), only_secrets=True)", None),
    "update": ("show_form(local, current=local.get('team_aoai'))", None),
    "given": ("show_form(local, azure, name='x', given={'api_base': base, 'api_key': Secret('0123')})", None),
    "advanced": ("show_form(team, azure)", advanced),
    "saved": ("show_form(local, azure)", saved),
    "picker-team": ("show_form(team)", None),
    **{f"type-{name}": (f"show_form(team, connection_type('{name}'))", None) for name in TYPES},
    **{f"type-{name}-open": (f"show_form(team, connection_type('{name}'))", opened) for name in TYPES},
}
DOCS = ("empty", "denied", "custom")


# JupyterLab draws a long notebook in parts: a cell far down is not there to be run.
_BATCH = 8


def take(book: Notebook, state: str, cell: int, file: Path) -> None:
    """Run the state's cell, bring the form there and take its picture."""
    book.run(cell)
    form = book.output(cell).locator(".pfc-form")
    form.wait_for()
    book.page.wait_for_timeout(300)
    if act := STATES[state][1]:
        act(form)
    book.page.mouse.move(0, 0)
    book.page.wait_for_timeout(250)
    shown = form if form.count() else book.output(cell)
    shown.screenshot(path=file, animations="disabled")


def take_all(browser: Browser, folder: Path, *, dark: bool, states: list[str]) -> None:
    """Take all pictures of one theme."""
    theme = "dark" if dark else "light"
    narrow = [s for s in states if s in ("denied", "custom", "picker", "picker-team")]
    todo = [(s, theme, WIDE) for s in states] + [(s, f"narrow-{theme}", NARROW) for s in narrow]
    for start in range(0, len(todo), _BATCH):
        batch = todo[start : start + _BATCH]
        cells = [f"f = {STATES[state][0]}" for state, _, _ in batch]
        with (
            tempfile.TemporaryDirectory() as home,
            serving(Path(home), dark=dark) as server,
            notebook(server, browser, SETUP, *cells, viewport={"width": WIDE, "height": 1000}) as book,
        ):
            book.page.keyboard.press("Control+B")  # the file browser makes way
            book.run()
            for cell, (state, suffix, width) in enumerate(batch, 1):
                book.page.set_viewport_size({"width": width, "height": 1000})
                take(book, state, cell, folder / f"form-{state}-{suffix}.png")


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--theme", choices=("light", "dark"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    states = options.only or list(DOCS if options.docs else STATES)
    with browsing() as browser:
        for dark in (False, True):
            if options.theme in (None, "dark" if dark else "light"):
                take_all(browser, options.folder, dark=dark, states=states)


if __name__ == "__main__":
    main()
