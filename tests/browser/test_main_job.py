"""The main job in real JupyterLab: type a key, test, save, list, use it, restart, use it again."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

from browser.front_end import notebook
from browser.observer import Observer
from hunter import assert_clean

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from browser.front_end import Notebook, Server
    from standins.aimock import Aimock

pytestmark = pytest.mark.browser

CREATE = "%load_ext pfconn_jupyter\n%pfconn create azure_openai my_aoai"
CHAT = """import pfconn_jupyter as pfconn
client = pfconn.get("my_aoai").client()
answer = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "hi"}])
print("the model says", answer.choices[0].message.content)"""
# Each would lead a client that reads the environment to another host, or to another key.
STRAY = {
    "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    "AZURE_OPENAI_ENDPOINT": "http://127.0.0.1:9",
    "AZURE_OPENAI_AD_TOKEN": "stray-token",
    "OPENAI_API_KEY": "stray-key",
    "OPENAI_ORG_ID": "stray-org",
    "OPENAI_API_VERSION": "1999-01-01",
}


def fill_by_keyboard(book: Notebook, aimock: Aimock, wrong: str) -> None:
    """Fill the form without a mouse, test a wrong key, then the right one, and save."""
    keys, page = book.page.keyboard, book.page
    page.wait_for_function("document.activeElement?.closest('.pfc-form')")
    status = book.form.get_by_role("status")
    keys.type(aimock.url)
    keys.press("Tab")
    keys.press("Tab")
    keys.type(wrong)
    page.get_by_role("button", name="Test", exact=True).press("Enter")
    status.get_by_text("Denied").wait_for()
    assert "KEY 1" in status.inner_text()
    key = book.form.get_by_label("API key", exact=True).and_(page.get_by_role("textbox"))
    key.focus()
    keys.press("Control+A")
    keys.type(aimock.key)
    page.get_by_role("button", name="Test", exact=True).press("Enter")
    status.get_by_text("OK").wait_for()
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    book.output(0).get_by_text("saved in the local store, private, tested").wait_for()


def test_a_connection_is_created_tested_listed_used_and_outlives_the_kernel(
    server: Server, browser: Browser, aimock: Aimock
) -> None:
    wrong = "Wr8-not-the-key-of-this-service-52"
    cells = (CREATE, "%pfconn list", "%pfconn test --all", CHAT, f"%load_ext pfconn_jupyter\n%pfconn list\n{CHAT}")
    with notebook(server, browser, *cells) as book, Observer(server.runtime) as observer:
        book.run(0)
        fill_by_keyboard(book, aimock, wrong)
        book.run(1)
        row = book.output(1).get_by_role("row").filter(has_text="my_aoai")
        assert aimock.url in row.inner_text()
        book.run(2)
        row = book.output(2).get_by_role("row").filter(has_text="my_aoai")
        row.wait_for()
        assert "ok" in row.inner_text()
        assert "no deployment was called" in row.inner_text()
        book.run(3)
        book.output(3).get_by_text("the model says pong").wait_for()
        observer.ask_for_states()
        restart(book)
        book.run(4)
        book.output(4).get_by_text("the model says pong").wait_for()
        book.save()
        places = (b"\n".join(book.sent), b"\n".join(observer.seen), book.file, server.home)
    for secret in (wrong, aimock.key):
        assert_clean(secret, *places)
    assert the_same_in_a_script(server) == "the model says pong"


def restart(book: Notebook) -> None:
    url = f"{book.server.url}/api/kernels/{book.kernel()['id']}/restart"
    urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()
    book._wait_for_kernel()


def the_same_in_a_script(server: Server) -> str:
    """Run the chat in a plain Python, with an environment that would lead others astray."""
    env = {**os.environ, **STRAY, "PFCONN_HOME": str(server.home / "pfconn")}
    done = subprocess.run([sys.executable, "-W", "error", "-c", CHAT], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
