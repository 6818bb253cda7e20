"""How long testing many connections of mixed types takes, beside the floor and beside one after the other.

    python benchmarks/check_all.py [CONNECTIONS] [--answer-ms 50] [--runs 5]

The services are one process of its own on loopback, which answers each request after
``--answer-ms``; the connections, of all types that have a test, lie in a local store, so
that reading and unsealing each is part of the time. The floor is
ceil(CONNECTIONS / threads) x the answer's time. The plain loop gets and tests one after
the other, on a part of the connections; its time for all is computed from that.
"""

from __future__ import annotations

import argparse
import http.server
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from math import ceil
from typing import TYPE_CHECKING, Any

import pfconn_jupyter as pfconn
from pfconn_jupyter.checks.runner import check
from pfconn_jupyter.checks.side_by_side import MOST
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import TYPES, connection_type
from pfconn_jupyter.stores.local import LocalStore

if TYPE_CHECKING:
    from multiprocessing.connection import Connection as Pipe

    from pfconn_jupyter.connections.connection import Connection

KEY = "sk-benchmark-0123456789"
LOOP_SAMPLE = 40
"""Connections that the plain loop tests."""


class Service(http.server.BaseHTTPRequestHandler):
    """What all connections lead to."""

    seconds = 0.0
    body = b"{}"

    def do_GET(self) -> None:
        """Answer a probe of any type."""
        time.sleep(self.seconds)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


class Server(http.server.ThreadingHTTPServer):
    """A thread for each request, and room for many that come at once."""

    daemon_threads = True
    request_queue_size = 128


def serve(seconds: float, body: bytes, pipe: Pipe) -> None:
    Service.seconds, Service.body = seconds, body
    with Server(("127.0.0.1", 0), Service) as server:
        pipe.send(server.server_port)
        server.serve_forever()


def connection(word: str, url: str) -> Connection:
    """Return a connection of the type whose service is at ``url``."""
    cls = connection_type(word)
    if word == "custom":
        return build(cls, {"configs": {"test_url": url, "test_header": "x-key"}, "secrets": {"key": KEY}})
    if not cls.ENDPOINT:
        cls.DEFAULT_ENDPOINT = url
    return build(cls, {"api_key": KEY, **({cls.ENDPOINT: url} if cls.ENDPOINT else {})})


def accepted_by_all() -> bytes:
    """Return an answer that each type takes for its service's."""
    probes = [next(connection(word, "http://127.0.0.1:9").probes()) for word in TYPES]
    return json.dumps({probe.expect_key or "any": 1 for probe in probes}).encode()


def fill(count: int, url: str) -> list[str]:
    store = LocalStore()
    names = [f"{word}-{n:04}" for n, word in zip(range(count), [*TYPES] * count, strict=False)]
    for name in names:
        store.put(name, connection(name.rpartition("-")[0], url), scope="private")
    return names


def side_by_side(count: int) -> float:
    start = time.perf_counter()
    outcomes = pfconn.connections().test()
    seconds = time.perf_counter() - start
    assert sum(o.status == "ok" for o in outcomes) == count
    return seconds


def one_by_one(names: list[str]) -> float:
    start = time.perf_counter()
    for name in names:
        assert check(pfconn.get(name)).status == "ok"
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("connections", type=int, nargs="?", default=200)
    parser.add_argument("--answer-ms", type=float, default=50)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    count, seconds = asked.connections, asked.answer_ms / 1000
    ours, theirs = multiprocessing.Pipe()
    services = multiprocessing.Process(target=serve, args=(seconds, accepted_by_all(), theirs), daemon=True)
    services.start()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"PFCONN_HOME": home, "PFCONN_KEYRING": "off", "NO_PROXY": "127.0.0.1"}
        os.environ.pop("PFCONN_STORE", None)
        names = fill(count, f"http://127.0.0.1:{ours.recv()}")
        first = side_by_side(count)
        times = [side_by_side(count) for _ in range(asked.runs)]
        sample = names[:LOOP_SAMPLE]
        loop = one_by_one(sample) / len(sample) * count
    services.terminate()
    floor, median = ceil(count / MOST) * seconds, statistics.median(times)
    print(f"{count} connections of {len(TYPES)} types, an answer after {asked.answer_ms:g} ms, {MOST} threads")
    for what, took in (
        ("the floor", floor),
        ("side by side, the first time", first),
        (f"side by side, median of {asked.runs}", median),
        (f"side by side, best of {asked.runs}", min(times)),
        (f"one after the other, from {len(sample)}", loop),
    ):
        print(f"  {what:<32} {took:>8.3f} s  {took / floor:>6.2f} x the floor", flush=True)


if __name__ == "__main__":
    main()
