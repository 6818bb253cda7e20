"""A vault in real JupyterLab: sign in by a code, choose who can use a connection, save; the key is there only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.front_end import notebook, serving
from browser.observer import Observer
from hunter import assert_clean, hunt
from pfconn_jupyter.testing.keyvault import KeyVaultEmulator
from requirements import require

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from browser.front_end import Notebook, Server

pytestmark = pytest.mark.browser

LOGIN = "%load_ext pfconn_jupyter\n%pfconn login"
CREATE = "%pfconn create openai {}"
SHARED_KEY = "shar3d-Vt5Hq8Zc2Ny7Kd4Ls9Pw3Xe6Rb1Gm"
PRIVATE_KEY = "pr1vate-Jf3Tx9Wn5Qb7Yk2Dc8Hv4Zp6Lr1Ms"


@pytest.fixture(scope="module")
def vault() -> Iterator[KeyVaultEmulator]:
    with KeyVaultEmulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def server(vault: KeyVaultEmulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a notebook server where nobody is signed in, and the vault is the store."""
    require("jupyterlab")
    environment = {**vault.person_environment(), "PFCONN_STORE": "keyvault:contoso", "PFCONN_KEYRING": "off"}
    with serving(tmp_path_factory.mktemp("jupyter"), save_state=True, **environment) as found:
        yield found


def sign_in(book: Notebook, vault: KeyVaultEmulator) -> str:
    """Use the code that the notebook shows, as a person does elsewhere; return it."""
    book.run(0)
    code = book.output(0).locator("b").first
    code.wait_for()
    shown = code.inner_text()
    vault.use_code(shown, "alice")
    book.output(0).get_by_text("Signed in as alice@contoso.com (person)").wait_for()
    return shown


def save(book: Notebook, cell: int, choice: str, key: str) -> str:
    """Choose who can use the connection, type its key, save; return the line in the form's place."""
    book.run(cell)
    book.form.wait_for()
    book.form.get_by_role("radio", name=choice).check()
    book.form.locator(".pfc-masked").first.fill(key)
    book.form.get_by_role("button", name="Save", exact=True).click()
    line = book.output(cell).get_by_text("saved in contoso")
    line.wait_for()
    return line.inner_text()


def test_a_person_signs_in_by_a_code_and_keeps_keys_in_a_vault(
    vault: KeyVaultEmulator, server: Server, browser: Browser
) -> None:
    cells = (LOGIN, CREATE.format("team_key"), CREATE.format("my_key"), "%pfconn list", "%pfconn get my_key")
    with notebook(server, browser, *cells) as book, Observer(server.runtime) as observer:
        code = sign_in(book, vault)
        assert code not in book.output(0).inner_text()
        assert "team_key saved in contoso, shared" in save(book, 1, "Everyone who can read contoso", SHARED_KEY)
        assert "my_key saved in contoso, private" in save(book, 2, "Only me", PRIVATE_KEY)
        book.run(3)
        for name, scope in (("team_key", "shared"), ("my_key", "private")):
            assert scope in book.output(3).get_by_role("row").filter(has_text=name).inner_text()
        book.run(4)
        book.output(4).get_by_text("api_key=••••••").wait_for()
        observer.ask_for_states()
        book.save()
    secret = vault.vault.get("pfconn-s-team-key")[1]
    assert secret.value == SHARED_KEY
    (private,) = [each.name for each in vault.vault._secrets.values() if each.name.startswith("pfconn-u-")]
    sealed = vault.vault.get(private)[1].value
    assert "my-key" in private
    assert_clean(PRIVATE_KEY, sealed)
    everywhere = (b"\n".join(book.sent), b"\n".join(book.received), b"\n".join(observer.seen), server.home)
    for key in (SHARED_KEY, PRIVATE_KEY):
        assert_clean(key, *everywhere)
    assert hunt(code, b"\n".join(observer.seen)), "the control: what a notebook shows is broadcast"
    assert_clean(code, book.file)


def test_a_code_that_is_declined_says_so_in_its_place(
    vault: KeyVaultEmulator, server: Server, browser: Browser
) -> None:
    with notebook(server, browser, LOGIN) as book:
        book.run(0)
        code = book.output(0).locator("b").first
        code.wait_for()
        link = book.output(0).get_by_role("link")
        assert link.get_attribute("href") == "https://microsoft.com/devicelogin"
        vault.use_code(code.inner_text(), decline=True)
        book.output(0).get_by_text("The sign-in failed: The sign-in was declined").wait_for()
        assert code.count() == 0
