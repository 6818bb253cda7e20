"""What an operation costs; and that values are asked for only when one is needed."""

from __future__ import annotations

import pytest

from pfconn_jupyter.api import Connections
from pfconn_jupyter.testing.samples import NEXT_KEY, openai
from standins.workspace_samples import SAMPLES


def asked(workspace, ask):
    workspace.counts.clear()
    ask()
    return dict(workspace.counts)


@pytest.mark.parametrize(("number", "pages"), [(0, 1), (1, 1), (10, 1), (11, 2), (35, 4)])
@pytest.mark.parametrize("links", ["absolute", "relative"])
def test_a_list_costs_its_pages_and_reads_no_value(workspace, store, number, pages, links):
    workspace.page, workspace.links = 10, links
    for each in range(number):
        workspace.put(f"conn-{each:02}", SAMPLES["openai-key"].properties)
    assert asked(workspace, store.list) == {"list": pages}
    assert len(store.list()) == number
    assert asked(workspace, store.listing) == {"list": pages}
    assert asked(workspace, Connections(store).list) == {"list": pages}


def test_each_operation(workspace, store):
    written = []
    connections = Connections(store)
    cost = {
        "create": asked(workspace, lambda: written.append(store.put("one", openai(), scope="shared"))),
        "get": asked(workspace, lambda: store.get("one", "shared")),
        "get by name": asked(workspace, lambda: connections.get("one")),
        "get in other letters": asked(workspace, lambda: connections.get("ONE")),
        "get spelled otherwise": asked(workspace, lambda: store.put("my_conn", openai(), scope="shared"))
        and asked(workspace, lambda: connections.get("my.conn")),
        "put": asked(workspace, lambda: store.put("one", openai(NEXT_KEY), scope="shared", expect=written[0].rev)),
        "update": asked(workspace, lambda: connections.update("one", model="m")),
        "show": asked(workspace, lambda: connections.record("one")),
        "delete": asked(workspace, lambda: store.delete("one", "shared")),
    }
    assert cost == {
        "create": {"list": 1, "put": 1},
        "get": {"listsecrets": 1},
        "get by name": {"listsecrets": 1},
        "get in other letters": {"listsecrets": 1},
        "get spelled otherwise": {"list": 1, "listsecrets": 1},
        "put": {"get": 1, "put": 1},
        "update": {"listsecrets": 1, "get": 1, "put": 1},
        "show": {"list": 1},
        "delete": {"get": 1, "delete": 1},
    }


def test_all_values_cost_one_each(workspace, store):
    for each in range(30):
        workspace.put(f"conn-{each:02}", SAMPLES["openai-key"].properties)
    assert asked(workspace, lambda: [found for _, found in store.values()]) == {"list": 1, "listsecrets": 30}
    assert {type(found).__name__ for _, found in store.values()} == {"OpenAIConnection"}


def test_every_request_names_a_version_and_carries_a_token(workspace, store):
    store.put("one", openai(), scope="shared")
    store.get("one", "shared")
    store.delete("one", "shared")
    assert len(workspace.requests) == 5
    for request in workspace.requests:
        assert request.query["api-version"] == "2025-12-01"
        assert request.headers["authorization"].startswith("Bearer ")
