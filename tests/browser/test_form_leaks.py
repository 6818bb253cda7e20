"""A typed key leaves no trace; and the same hunt catches a form that is made the usual way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser.front_end import Notebook, notebook
from browser.observer import Observer
from hunter import assert_clean, hunt

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from browser.front_end import Server
    from standins.aimock import Aimock

pytestmark = pytest.mark.browser

WRONG = "wr0ng-Vt5Hq8Zc2Ny7Kd4Ls9Pw3Xe6Rb1Gm"
UNSAVED = "uns4ved-Jf3Tx9Wn5Qb7Yk2Dc8Hv4Zp6Lr1Ms"
OPEN_FORM = """from pfconn_jupyter import connections
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.notebook.form import show_form
f = show_form(connections("local:"), connection_type("azure_openai"))"""
# As most notebooks ask for a key: a widget whose value is a synced trait.
LEAKY_FORM = """import ipywidgets
from IPython.display import display
key = ipywidgets.Password(description="API key")
display(key)"""
# The form's twin, but for one thing: what is typed goes into a trait instead of a sealed message.
LEAKY_TWIN = """import anywidget, traitlets
class Twin(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
      const input = document.createElement("input");
      input.type = "password";
      input.oninput = () => { model.set("key", input.value); model.save_changes(); };
      el.append(input);
    } };'''
    key = traitlets.Unicode("").tag(sync=True)
key = Twin()
key"""


def traces(book: Notebook, observer: Observer) -> dict[str, Any]:
    """Return every place a key may have leaked to, by what it is called."""
    observer.ask_for_states()
    book.save()
    home = book.server.home
    assert (book.server.root / ".ipynb_checkpoints").exists()
    assert list(home.rglob("history.sqlite"))
    return {
        "frames": b"\n".join(book.sent),
        "broadcast": b"\n".join(observer.seen),
        "notebook": book.file,
        "home": home,
    }


def caught(secret: str, places: dict[str, Any]) -> list[str]:
    return [name for name, place in places.items() if hunt(secret, place)]


def test_a_typed_key_leaves_no_trace(server: Server, browser: Browser, aimock: Aimock) -> None:
    with notebook(server, browser, OPEN_FORM, OPEN_FORM) as book, Observer(server.runtime) as observer:
        book.run()
        book.form.get_by_label("Name").wait_for()
        keys, page = book.page.keyboard, book.page
        page.wait_for_function("document.activeElement?.closest('.pfc-form')")
        # By keyboard alone, a wrong key first.
        keys.type("my_aoai")
        keys.press("Tab")
        keys.type(aimock.url)
        for _ in range(2):
            keys.press("Tab")
        keys.type(WRONG)
        page.get_by_role("button", name="Test", exact=True).press("Enter")
        status = book.form.get_by_role("status")
        status.get_by_text("Denied").wait_for()
        assert "KEY 1" in status.inner_text()
        key = book.form.get_by_label("API key", exact=True).and_(page.get_by_role("textbox"))
        key.focus()
        keys.press("Control+A")
        keys.type(aimock.key)
        page.get_by_role("button", name="Test", exact=True).press("Space")
        status.get_by_text("OK").wait_for()
        key.focus()
        keys.press("Control+Enter")
        book.output().get_by_text("saved in the local store, private, tested").wait_for()
        assert book.page.locator(".jp-CodeCell").count() == 2  # no shortcut fired
        # And one that is typed, shown, and never saved.
        book.run(1)
        key = book.form.get_by_label("API key", exact=True).and_(page.get_by_role("textbox"))
        key.fill(UNSAVED)
        page.get_by_role("button", name="Show").click()
        page.wait_for_timeout(300)
        places = traces(book, observer)
    for secret in (WRONG, aimock.key, UNSAVED):
        assert_clean(secret, *places.values())
    assert b"my_aoai" not in places["frames"]  # not even the name


@pytest.mark.parametrize("leaky", [LEAKY_FORM, LEAKY_TWIN], ids=["Password", "twin"])
def test_the_same_hunt_catches_a_form_that_leaks(server: Server, browser: Browser, leaky: str) -> None:
    secret = UNSAVED[::-1] + str(len(leaky))
    with notebook(server, browser, leaky) as book, Observer(server.runtime) as observer:
        book.run()
        book.output().locator("input[type=password]").press_sequentially(secret)
        book.page.wait_for_timeout(500)
        places = traces(book, observer)
    assert caught(secret, places) == ["frames", "broadcast", "notebook", "home"]
    # The server's home is hunted again by the tests after this one.
    for file in (book.server.root).rglob(f"{Path(book.name).stem}*"):
        file.unlink()
