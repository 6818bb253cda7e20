"""The form in real front ends: it renders, takes what is typed, saves, and tells the truth when it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from browser.front_end import Notebook, notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from browser.front_end import Server

pytestmark = pytest.mark.browser

WIDGET = "application/vnd.jupyter.widget-view+json"

IMPORTS = """from pfconn_jupyter import connections
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.notebook.form import show_form
c = connections("local:")"""
OPEN = IMPORTS + '\nf = show_form(c, connection_type("azure_openai"))'
READ = "print(c.get({!r}).secrets['api_key'].reveal()[::-1])"
KEY = "0aA'\"\\<&>~{}$%1234567890-key"
NO_FORM = "No form? Run the cell again, or use %pfconn create azure_openai --prompt"
# WCAG's contrast of an element's text on the ground that shines through.
CONTRAST = """element => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const linear = v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const luminance = colours => {
    context.clearRect(0, 0, 1, 1);
    for (const colour of ["#fff", ...colours]) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1); }
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map(v => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const grounds = [];
  for (let e = element; e; e = e.parentElement) grounds.unshift(getComputedStyle(e).backgroundColor);
  const [a, b] = [luminance(grounds), luminance([...grounds, getComputedStyle(element).color])];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


def fill(book: Notebook, name: str, key: str = KEY) -> None:
    book.form.get_by_label("Name").fill(name)
    book.form.get_by_label("Endpoint").fill("https://contoso.openai.azure.com")
    book.form.locator(".pfc-masked").first.fill(key)


def press(book: Notebook, button: str) -> None:
    book.form.get_by_role("button", name=button, exact=True).click()


def run_form(book: Notebook, cell: int = 0) -> None:
    book.run(cell)
    book.form.wait_for()


def read_back(book: Notebook, cell: int = 1) -> str:
    book.run(cell)
    book.output(cell).get_by_text(KEY[-8::-1][:6]).wait_for()
    return book.output(cell).inner_text().strip()


@pytest.fixture
def lab(server: Server, browser: Browser) -> Iterator[Notebook]:
    with notebook(server, browser, OPEN, READ.format("saved")) as book:
        yield book


@pytest.mark.parametrize("face", ["lab", "notebook", "nbclassic"])
def test_what_is_typed_is_stored_to_the_letter(server: Server, browser: Browser, face: str) -> None:
    name = f"in_{face}"
    with notebook(server, browser, OPEN, READ.format(name), face=face) as book:
        run_form(book)
        fill(book, "")
        # Keys that are shortcuts in command mode: none may reach the notebook.
        book.form.get_by_label("Name").press_sequentially(name)
        for keys in ("d", "d", "a", "b", "x", "Escape", "Shift+Enter", "Control+s"):
            book.form.get_by_label("Endpoint").press(keys)
        book.form.get_by_label("Endpoint").fill("https://contoso.openai.azure.com")
        book.form.locator(".pfc-masked").first.press("Control+Enter")
        book.output().get_by_text("saved in the local store, private").wait_for()
        assert book.form.count() == 0
        assert NO_FORM not in book.output().inner_text()
        cells = ".code_cell" if face == "nbclassic" else ".jp-CodeCell"
        assert book.page.locator(cells).count() == 2
        assert read_back(book) == KEY[::-1]
        outputs = book.save()["cells"][0]["outputs"]
        line, place = (o["data"] for o in outputs)
        # The classic notebook gets the updates (the page showed them above) and, now and then, its file
        # keeps what was there before: the line that says "No form?", and the closed widget's entry.
        said = "".join(line["text/plain"])
        assert f"{name} saved in" in said or (face == "nbclassic" and NO_FORM in said)
        assert set(place) - {WIDGET if face == "nbclassic" else ""} == {"text/plain"}


def test_the_first_line_is_gone_while_the_form_is_there(lab: Notebook) -> None:
    run_form(lab)
    assert "No form?" not in lab.output().inner_text()
    lab.page.wait_for_function("document.activeElement?.id.endsWith('-name')")


def test_problems_are_beside_their_fields_and_nothing_typed_is_lost(lab: Notebook) -> None:
    run_form(lab)
    fill(lab, "my aoai")
    lab.form.get_by_label("Endpoint").fill("https://contoso.openai.azure.com/openai/deployments/x")
    press(lab, "Save")
    endpoint = lab.form.locator("[data-field=api_base]")
    endpoint.get_by_role("button", name="Use that").click()
    assert lab.form.get_by_label("Endpoint").input_value() == "https://contoso.openai.azure.com"
    name = lab.form.get_by_label("Name")
    assert name.get_attribute("aria-invalid") == "true"
    assert (
        "not a legal name"
        in lab.page.locator(f"[id='{name.get_attribute('aria-describedby').split()[0]}']").inner_text()
    )
    assert lab.form.locator(".pfc-masked").first.input_value() == KEY
    name.fill("mended")
    press(lab, "Save")
    lab.output().get_by_text("mended saved in").wait_for()


def test_the_key_is_hidden_until_it_is_shown_and_no_password_manager_sees_it(lab: Notebook) -> None:
    run_form(lab)
    fill(lab, "x")
    key = lab.form.get_by_role("textbox", name="API key")
    hidden = "e => getComputedStyle(e).webkitTextSecurity"
    assert key.evaluate(hidden) == "disc"
    assert key.get_attribute("type") == "text"
    assert key.get_attribute("autocomplete") == "off"
    press(lab, "Show API key")
    assert key.evaluate(hidden) == "none"
    press(lab, "Show API key")
    assert key.evaluate(hidden) == "disc"


def test_signing_in_without_a_key_hides_its_field(lab: Notebook) -> None:
    run_form(lab)
    lab.form.get_by_role("radio", name="API key").focus()
    lab.page.keyboard.press("ArrowRight")
    assert lab.form.get_by_role("textbox", name="API key").count() == 0
    lab.page.keyboard.press("ArrowLeft")
    assert lab.form.get_by_role("textbox", name="API key").is_visible()


def test_every_control_has_a_name(server: Server, browser: Browser) -> None:
    with notebook(server, browser, IMPORTS + "\nf = show_form(c)") as book:
        run_form(book)
        book.form.get_by_role("button", name="Custom").click()
        tree = book.form.aria_snapshot()
        assert 'textbox "Key 1"' in tree
        assert 'textbox "Value 1"' in tree
        assert 'checkbox "Value 1 is secret"' in tree
        for unnamed in ("- textbox\n", "- textbox:", "- button\n", "- button:", "- checkbox\n", "- radio\n"):
            assert unnamed not in tree
        # Enter walks through the rows and adds one at the end.
        keys = book.page.keyboard
        book.form.get_by_label("Key 1").fill("password")
        keys.press("Enter")
        keys.type(KEY)
        keys.press("Enter")
        keys.type("user")
        assert book.form.get_by_label("Key 2").input_value() == "user"


def test_cancel_leaves_one_line(lab: Notebook) -> None:
    run_form(lab)
    fill(lab, "never")
    press(lab, "Cancel")
    lab.output().get_by_text("Cancelled: nothing was saved.").wait_for()
    assert lab.form.count() == 0


def test_a_busy_kernel_is_told_and_saves_when_it_is_free(server: Server, browser: Browser) -> None:
    # The classic notebook knows no subshells: its messages wait for the cell.
    with notebook(server, browser, OPEN, "import time; time.sleep(6)", face="nbclassic") as book:
        run_form(book)
        fill(book, "patient")
        book.run(1)
        book.page.wait_for_timeout(300)
        press(book, "Save")
        book.form.get_by_text("The kernel is busy").wait_for()
        book.output().get_by_text("patient saved in").wait_for()


def test_a_kernel_that_is_gone_is_told(lab: Notebook) -> None:
    run_form(lab)
    fill(lab, "lost")
    lab.page.locator("[data-jp-item-name=restart] jp-button").first.click()
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    lab.page.wait_for_timeout(1500)
    press(lab, "Save")
    lab.form.get_by_text("The kernel is gone").wait_for()
    assert lab.form.locator(".pfc-masked").first.input_value() == KEY


def test_a_reloaded_page_has_the_form_and_sees_how_it_ends(lab: Notebook) -> None:
    run_form(lab)
    lab.save()
    lab.page.reload()
    lab.form.wait_for()
    assert "No form?" not in lab.output().inner_text()
    fill(lab, "saved")
    press(lab, "Save")
    lab.output().get_by_text("saved saved in the local store").wait_for()
    assert "No form?" not in lab.output().inner_text()
    assert read_back(lab) == KEY[::-1]


def test_a_notebook_opened_without_its_kernel_says_what_to_do(server: Server, browser: Browser) -> None:
    server.settings(saveState=False)
    try:
        with notebook(server, browser, OPEN) as book:
            run_form(book)
            reopen(book)
            book.output().get_by_text("No form?").wait_for()
            book.page.wait_for_timeout(2500)  # as long as the front end looks for the widget
            assert book.output().inner_text().strip() == NO_FORM
    finally:
        server.settings(saveState=True)


def test_a_form_restored_without_its_kernel_says_so(lab: Notebook) -> None:
    run_form(lab)
    reopen(lab)
    lab.form.get_by_text("run the cell again").wait_for()


def reopen(book: Notebook) -> None:
    book.save()
    book.stop_kernel()
    book.page.goto("about:blank")
    book.open()


def test_without_the_widgets_front_end_the_line_stays(server: Server, browser: Browser) -> None:
    with notebook(server, browser, OPEN, blocked="**/extensions/anywidget/**") as book:
        book.run()
        book.output().get_by_text("No form?").wait_for()
        book.page.wait_for_timeout(1500)
        assert NO_FORM in book.output().inner_text()


def test_without_a_secure_context_nothing_is_asked(server: Server, browser: Browser) -> None:
    gone = "Object.defineProperty(Crypto.prototype, 'subtle', { get() { return undefined } })"
    with notebook(server, browser, OPEN, script=gone) as book:
        run_form(book)
        said = book.form.inner_text()
        assert "did not come over https" in said
        assert "%pfconn create azure_openai --prompt" in said
        assert "can then read the key" in said
        assert book.form.locator("input").count() == 0


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_text_can_be_read_in_both_themes(server: Server, browser: Browser, theme: str) -> None:
    server.settings(theme=theme)
    try:
        with notebook(server, browser, OPEN) as book:
            run_form(book)
            fill(book, "my aoai", "<your-key>")
            press(book, "Save")
            book.form.get_by_text("Not yet.").wait_for()
            book.page.wait_for_timeout(300)
            words = "title chip badge label help error box button eye promise input static link segments"
            texts = ", ".join([f".pfc-{word}" for word in words.split()] + [".pfc a", ".pfc-segments span", "summary"])
            measured: dict[str, Any] = {}
            for element in book.form.locator(texts).all():
                if element.is_visible():
                    measured[element.get_attribute("class") or element.inner_text()[:20]] = element.evaluate(CONTRAST)
            assert len(measured) > 10
            assert {k: v for k, v in measured.items() if v < 4.5} == {}
    finally:
        server.settings(theme="JupyterLab Light")
