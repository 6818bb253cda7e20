"""SerpAPI: what its test says of a key and of the searches left; nothing else of the answer is shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from connections.services.situations import KEY as OTHER_KEY
from connections.services.situations import Case
from connections.services.test_every_service import as_shown
from hunter import assert_clean, hunt
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.serp import SerpConnection
from pfconn_jupyter.errors import NotSupported
from requirements import require
from standins.serpapi import DELETED, EMAIL, KEY, SPENT, TOO_FAST, WRONG_KEY, SerpApiService
from standins.service import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pfconn_jupyter.connections.connection import Connection

    Make = Callable[..., Connection]

TYPE = "serp"
ACCOUNT = "/account.json"
RIGHT = {"api_key": KEY}


@pytest.fixture
def serpapi() -> Iterator[SerpApiService]:
    """Return a SerpAPI whose one account has 87 searches left."""
    with SerpApiService() as running:
        yield running


@pytest.mark.parametrize(
    "case",
    [
        Case("right key", None, "ok", "key accepted; 87 searches left", fields=RIGHT),
        Case("no searches left", 0, "throttled", "key accepted; 0 searches left", "serpapi.com/dashboard", RIGHT),
        Case("overdrawn", -3, "throttled", "-3 searches left", "buy searches", RIGHT),
        Case("wrong key", None, "denied", "Invalid API key", "serpapi.com/manage-api-key again"),
        Case("wrong key, as documented", WRONG_KEY, "denied", "Invalid API key", "manage-api-key"),
        Case("deleted account", DELETED, "denied", "doesn't have permission", "may be deleted"),
        Case("out of searches", SPENT, "throttled", "run out of searches", "plan renews"),
        Case("too many in this hour", TOO_FAST, "throttled", "hourly throughput", "in the next hour"),
        Case("down", Reply(503), "server_error", "503", "status page"),
        Case(
            "a number that is none",
            Reply(200, {"total_searches_left": "many", "account_email": EMAIL}),
            "ok",
            "key accepted",
        ),
    ],
    ids=str,
)
def test_the_account(serpapi: SerpApiService, connect: Make, case: Case) -> None:
    if isinstance(case.reply, int):
        serpapi.left = case.reply
    elif case.reply:
        serpapi.on(ACCOUNT, case.reply)
    outcome = check(connect(TYPE, serpapi.url, **case.fields))
    case.holds(outcome)
    assert_clean(EMAIL, *as_shown(outcome))
    assert_clean(KEY, *as_shown(outcome))


def test_the_key_is_sent_in_the_query_and_logged_nowhere(
    serpapi: SerpApiService, connect: Make, debug_log: list[str]
) -> None:
    check(connect(TYPE, serpapi.url, **RIGHT))
    (request,) = serpapi.received
    assert (request.method, request.path, request.query) == ("GET", ACCOUNT, {"api_key": [KEY]})
    assert_clean(KEY, "\n".join(debug_log), dict(request.headers))


def test_urllib3_alone_would_log_it(serpapi: SerpApiService, debug_log: list[str]) -> None:
    import requests

    requests.get(serpapi.url + ACCOUNT, params={"api_key": KEY}, timeout=5)
    assert hunt(KEY, "\n".join(debug_log)), "the control"


def test_it_costs_no_search(serpapi: SerpApiService, connect: Make) -> None:
    for _ in range(3):
        assert check(connect(TYPE, serpapi.url, **RIGHT)).status == "ok"
    assert serpapi.left == 87


def test_its_address_is_its_own() -> None:
    connection = build(SerpConnection, RIGHT)
    assert connection.endpoint_url == "https://serpapi.com"
    assert [p.url for p in connection.probes()] == ["https://serpapi.com/account.json"]


def test_there_is_no_client_and_why() -> None:
    with pytest.raises(NotSupported, match="overwrite each other") as caught:
        build(SerpConnection, RIGHT).client()
    assert "conn.api_key.reveal()" in caught.value.hint


def test_the_stand_in_satisfies_the_vendors_package(
    serpapi: SerpApiService, connect: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("serpapi")
    package = sys.modules.get("serpapi") or __import__("serpapi")

    monkeypatch.setattr(package.Client, "BASE_DOMAIN", serpapi.url)
    client = package.Client(api_key=connect(TYPE, serpapi.url, **RIGHT).api_key.reveal())
    assert client.account()["total_searches_left"] == 87
    assert len(client.search(engine="google", q="tent", num=3)["organic_results"]) == 3
    assert len(client.search(engine="bing", q="tent", count=4)["organic_results"]) == 4
    assert client.account()["total_searches_left"] == 85
    with pytest.raises(package.HTTPError):
        package.Client(api_key=OTHER_KEY).account()
