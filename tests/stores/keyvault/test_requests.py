"""What an operation costs, and that it costs no more."""

from __future__ import annotations

import pytest

from pfconn_jupyter.api import Connections
from pfconn_jupyter.stores.store import ANY
from pfconn_jupyter.testing.samples import NEXT_KEY, openai


def asked(emulator, ask):
    """Return what ``ask`` costs, by operation, without the first challenge of a client."""
    emulator.requests.reset()
    ask()
    return {name: count for name, count in emulator.requests.counts.items() if name not in ("challenge", "token")}


@pytest.mark.parametrize(("secrets", "pages"), [(0, 1), (1, 1), (25, 1), (26, 2), (100, 4)])
def test_a_list_costs_one_request_for_each_25_secrets(emulator, store, secrets, pages):
    for number in range(secrets):
        emulator.written_by_others(f"foreign-{number}", "x")
    assert asked(emulator, store.list) == {"list": pages}
    assert asked(emulator, store.listing) == {"list": pages}


def test_a_client_is_challenged_once(emulator, store):
    store.list()
    store.list()
    assert emulator.requests.counts == {"challenge": 1, "list": 2}


@pytest.mark.parametrize("scope", ["shared", "private"])
def test_each_operation(emulator, store, scope):
    store.put("first", openai(), scope=scope)  # the first private one looks whether there is a key
    written = []
    cost = {
        "create": asked(emulator, lambda: written.append(store.put("a", openai(), scope=scope))),
        "get": asked(emulator, lambda: store.get("a", scope)),
        "update": asked(emulator, lambda: store.put("a", openai(NEXT_KEY), scope=scope, expect=written[0].rev)),
        "history": asked(emulator, lambda: store.history("a", scope)),
        "rollback": asked(emulator, lambda: store.rollback("a", scope, written[0].rev)),
        "delete": asked(emulator, lambda: store.delete("a", scope)),
        "deleted": asked(emulator, store.deleted),
        "restore": asked(emulator, lambda: store.restore("a", scope)),
    }
    store.delete("a", scope)
    cost["purge"] = asked(emulator, lambda: store.purge("a", scope))
    assert cost == {
        # A look before, lest a name be overwritten; a look after, lest two creators both believe it is theirs.
        "create": {"versions": 2, "set": 1},
        "get": {"get": 1},
        "update": {"versions": 2, "set": 1},
        "history": {"versions": 1},
        "rollback": {"versions": 2, "get": 1, "set": 1},
        "delete": {"delete": 1},
        "deleted": {"list_deleted": 1},
        "restore": {"recover": 1, "versions": 1},
        "purge": {"purge": 1},
    }


def test_get_by_name_looks_in_both_scopes(emulator, store):
    store.put("a", openai(), scope="shared")
    connections = Connections(store)
    assert asked(emulator, lambda: connections.get("a")) == {"get": 2}
    assert asked(emulator, lambda: connections.get("a", scope="shared")) == {"get": 1}


def test_a_new_process_that_begins_with_a_private_one_asks_once_more(emulator, store, open_as):
    store.put("a", openai(), scope="private")
    fresh = open_as("alice")
    assert asked(emulator, lambda: fresh.get("a", "private")) == {"versions": 1, "get": 1}
    assert asked(emulator, lambda: fresh.get("a", "private")) == {"get": 1}


def test_a_value_rotated_outside_costs_one_more(emulator, store):
    store.put("a", openai(), scope="shared")
    emulator.written_by_others("pfconn-s-a", NEXT_KEY)
    cost = asked(emulator, lambda: store.get("a", "shared"))
    # Within one second only the service knows which version is current; it takes a third then.
    assert cost["versions"] == 1
    assert cost["get"] in (1, 2)


def test_any_number_of_versions(emulator, store):
    for number in range(60):
        store.put("a", openai(model=f"m{number}"), scope="shared", expect=ANY)
    history = store.history("a", "shared")
    assert [v.configs["model"] for v in history] == [f"m{n}" for n in reversed(range(60))]
    assert asked(emulator, lambda: store.history("a", "shared")) == {"versions": 3}
