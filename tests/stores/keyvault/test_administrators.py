"""What docs/administrators.md says of roles, names and requests."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from pfconn_jupyter.api import Connections
from pfconn_jupyter.connections.secret import Secret
from pfconn_jupyter.errors import AccessDenied
from pfconn_jupyter.stores.keyvault.key_backup import CONTENT_TYPE
from pfconn_jupyter.stores.keyvault.layout import FORMATS, key_backup_name, owner_of, place_named, place_of
from pfconn_jupyter.testing.samples import KEY, openai

PAGE = (Path(__file__).parents[3] / "docs" / "administrators.md").read_text(encoding="utf-8")
PASSPHRASE = Secret("seven green herons over the bay")
READER, USER, OFFICER = "Key Vault Reader", "Key Vault Secrets User", "Key Vault Secrets Officer"


@pytest.fixture
def team(store):
    store.put("team", openai(model="m"), scope="shared")
    store.put("theirs", openai(), scope="private")
    return store


@pytest.fixture
def as_bob(open_as, team, monkeypatch, tmp_path):
    """Return a function that returns the connections as bob sees them, on a machine of his own."""
    monkeypatch.setenv("PFCONN_HOME", str(tmp_path / "bob"))
    return lambda: Connections(open_as("bob"), notify=[].append)


ASKS = {
    "list": (READER, lambda c: c.list(scope="all")),
    "show": (READER, lambda c: c.record("team")),
    "history": (READER, lambda c: c.history("team")),
    "list --deleted": (READER, lambda c: c.deleted()),
    "get": (USER, lambda c: c.get("team")),
    "compare": (USER, lambda c: c.compare("team", api_key=KEY)),
    "copy from": (USER, lambda c: c.store.get("team", "shared")),
    "create": (OFFICER, lambda c: c.create("openai", "new", scope="private", api_key=KEY)),
    "update": (OFFICER, lambda c: c.update("team", model="other")),
    "key backup": (
        OFFICER,
        lambda c: (c.create("openai", "a", scope="private", api_key=KEY), c.store.backup_key(PASSPHRASE)),
    ),
    "delete": (OFFICER, lambda c: c.delete("team")),
    "restore": (OFFICER, lambda c: (c.delete("team"), c.restore("team"))),
    "purge": (OFFICER, lambda c: (c.delete("team"), c.purge("team"))),
}


@pytest.mark.parametrize("what", ASKS)
def test_the_smallest_role_that_can(emulator, as_bob, what):
    smallest, ask = ASKS[what]
    roles = [READER, USER, OFFICER]
    for role in roles[: roles.index(smallest)]:
        emulator.identity("bob", (role,))
        with pytest.raises(AccessDenied):
            ask(as_bob())
    emulator.identity("bob", (smallest,))
    ask(as_bob())


@pytest.mark.parametrize("role", [READER, USER])
@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update("team", model="other"),
        lambda c: c.rotate("team", test=False, api_key=KEY),
        lambda c: c.create("openai", "new", scope="shared", api_key=KEY),
        lambda c: c.rollback("team", c.history("team")[0].rev),
        lambda c: c.delete("team"),
    ],
    ids=["update", "rotate", "create", "rollback", "delete"],
)
def test_whoever_wants_to_change_something_is_told_of_the_role_that_can(emulator, as_bob, role, change):
    emulator.identity("bob", (role,))
    with pytest.raises(AccessDenied) as refused:
        change(as_bob())
    assert f'"{OFFICER}"' in refused.value.hint
    assert USER not in refused.value.hint


def test_prefixes_give_what_the_conditions_are_for(emulator, as_bob):
    bob = emulator.identity("bob").revoke().grant("list").grant("get", name="pfconn-s-*")
    connections = as_bob()
    assert connections.get("team").name == "team"
    with pytest.raises(AccessDenied):
        connections.create("openai", "mine", scope="private", api_key=KEY)
    owner = owner_of(connections.store.who())
    for name in (f"pfconn-u-{owner}-*", f"pfconn-k-{owner}"):
        bob.grant("get", "set", "delete", "recover", "purge", name=name)
    connections.create("openai", "mine", scope="private", api_key=KEY)
    connections.update("mine", model="m")
    assert connections.get("mine").configs["model"] == "m"
    connections.store.backup_key(PASSPHRASE)
    connections.store.unlock_key(PASSPHRASE)
    connections.delete("mine")
    connections.restore("mine", scope="private")
    connections.delete("mine")
    connections.purge("mine", scope="private")
    for ask in (
        lambda: connections.create("openai", "other", scope="shared", api_key=KEY),
        lambda: connections.update("team", model="other"),
        lambda: connections.delete("team"),
    ):
        with pytest.raises(AccessDenied):
            ask()


def test_the_page_names_what_is_written(store):
    url = store.vault.url
    for name in set(re.findall(r"'(pfconn-[su]-[A-Z-]*)'", PAGE)):
        example = name.replace("OWNER", "0123456789ab") + "name"
        assert place_named(url, example), name
    assert place_of(url, "My_Conn.1", "").secret_name == "pfconn-s-my-conn-1"
    assert "`pfconn-k-OWNER`" in PAGE
    assert key_backup_name("OWNER") == "pfconn-k-OWNER"
    assert [each for each in (*FORMATS, CONTENT_TYPE) if f"`{each}`" not in PAGE] == []
    who = store.who()
    tenant_id, object_id = who.tenant, who.object_id
    code = re.search(r"```python\nimport hashlib\n\n(.+)\n```", PAGE)[1]
    assert eval(code, {"hashlib": hashlib, "tenant_id": tenant_id, "object_id": object_id}) == owner_of(who)


def test_the_requests_that_the_page_counts(emulator, store):
    def counted(ask):
        emulator.requests.reset()
        ask()
        return emulator.requests.total

    connections = Connections(store)
    store.list()
    assert counted(lambda: connections.create("openai", "a", scope="shared", api_key=KEY)) == 3
    assert counted(lambda: connections.get("a", scope="shared")) == 1
    assert counted(lambda: connections.get("a")) == 2
    assert counted(lambda: connections.update("a", scope="shared", model="m")) == 1 + 3
