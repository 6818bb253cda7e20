"""SerpAPI, from serpapi.com/account-api, /search-api and /api-status-and-error-codes; satisfied by its package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standins.rest import RestService
from standins.service import Reply

if TYPE_CHECKING:
    from standins.service import Received

KEY = "5e4d3c2b1a0f9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f5e4d"
EMAIL = "ana@contoso.example"
WRONG_KEY = Reply(401, {"error": "Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key"})
DELETED = Reply(403, {"error": "The account associated with this API key doesn't have permission."})
SPENT = Reply(429, {"error": "Your account has run out of searches."})
TOO_FAST = Reply(429, {"error": "You are exceeding the hourly throughput limit of your account."})
# The name of the number of results, by search engine (serpapi.com/search-api, /bing-search-api).
COUNTS = {"google": "num", "bing": "count"}


class SerpApiService(RestService):
    """One account with ``left`` searches; a search costs one."""

    def __init__(self, left: int = 87) -> None:
        super().__init__()
        self.left = left

    def answer(self, asked: Received) -> Reply:
        given = {name: values[0] for name, values in asked.query.items()}
        if given.get("api_key") != KEY:
            return WRONG_KEY
        if asked.path in ("/account", "/account.json"):
            return Reply(200, self._account())
        if asked.path in ("/search", "/search.json"):
            return self._search(given)
        return Reply(404, {"error": "Not found."})

    def _account(self) -> dict[str, object]:
        return {
            "account_id": "5ac54d6adefb2f1dba1663f5",
            "api_key": KEY,
            "account_email": EMAIL,
            "account_status": "Active",
            "plan_id": "free",
            "plan_name": "Free Plan",
            "searches_per_month": 100,
            "plan_searches_left": self.left,
            "extra_credits": 0,
            "total_searches_left": self.left,
            "this_month_usage": 100 - self.left,
            "this_hour_searches": 0,
            "last_hour_searches": 0,
            "account_rate_limit_per_hour": 50,
        }

    def _search(self, given: dict[str, str]) -> Reply:
        engine = given.get("engine", "google")
        if engine not in COUNTS:
            return Reply(400, {"error": f"Unsupported `{engine}` search engine."})
        if not given.get("q"):
            return Reply(400, {"error": "Missing query `q` parameter."})
        if self.left < 1:
            return SPENT
        self.left -= 1
        results = [
            {"position": n, "title": f"{given['q']} {n}", "link": f"https://example.com/{n}", "snippet": "…"}
            for n in range(1, int(given.get(COUNTS[engine], 10)) + 1)
        ]
        parameters = {name: value for name, value in given.items() if name != "api_key"}
        # The key stands in the addresses that an answer gives for fetching it again.
        again = f"{self.url}/searches/1.json?api_key={KEY}"
        return Reply(
            200,
            {
                "search_metadata": {"id": "1", "status": "Success", "json_endpoint": again},
                "search_parameters": {"engine": engine, **parameters},
                "organic_results": results,
            },
        )
