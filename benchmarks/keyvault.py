"""How long listing a vault and reading all its values take, beside the floors and a plain loop over the SDK.

    python benchmarks/keyvault.py [CONNECTIONS] [--round-trips 0,20,50] [--runs 3] [--no-limits]

The vault is the emulator, in a process of its own; the client is the product unchanged. Floors:

- a list: requests x round trip; one request for each 25 secrets, each needs the one before
- all values: the largest of the list and the last value; ceil(N / threads) x round trip;
  N x the client's CPU time for one (measured here); 10 s for each full 4,000 requests (the service's limit)
- test --all: values and tests overlap, each with its own threads. The largest of the list and the last value and
  test; ceil(N / threads) x round trip and the last test; N x the CPU time of a plain loop's get_secret and
  requests.get (one Python computes on one core); the limit. The service answers after the same round trip

``--no-limits`` switches that limit off in the emulator, and leaves it out of the floor.
"""

from __future__ import annotations

import argparse
import http.server
import multiprocessing
import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, inf
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.api import Connections
from pfconn_jupyter.checks.side_by_side import MOST
from pfconn_jupyter.stores.keyvault.access import THREADS, connect
from pfconn_jupyter.stores.keyvault.layout import RAW
from pfconn_jupyter.stores.keyvault.store import KeyVaultStore
from pfconn_jupyter.stores.keyvault.tags import Metadata, written
from pfconn_jupyter.stores.keyvault.vault import vault_of
from pfconn_jupyter.testing.keyvault import KeyVaultEmulator
from pfconn_jupyter.testing.keyvault.credential import forget_challenges

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

PAGE, LIMIT, WINDOW = 25, 4_000, 10.0
SAMPLE = 200
"""Values that the plain loop reads; its time for all is computed from them."""

Ask = Callable[..., Any]


class Service(http.server.BaseHTTPRequestHandler):
    """What the connections lead to."""

    protocol_version = "HTTP/1.1"
    round_trip = 0.0

    def do_GET(self) -> None:
        """Answer a probe."""
        time.sleep(self.round_trip)
        body = b'{"object": "list", "data": []}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve(pipe: Connection, count: int, *, limits: bool) -> None:
    """Run a vault with ``count`` connections and do what is asked, until None is."""
    with KeyVaultEmulator() as emulator:
        service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
        threading.Thread(target=service.serve_forever, daemon=True).start()
        for number in range(count):
            configs = {"base_url": f"http://127.0.0.1:{service.server_port}/v1", "model": "gpt-4o-mini"}
            meta = Metadata(f"conn-{number:05}", "openai", "alice@contoso.com", secrets.token_hex(6), configs=configs)
            emulator.written_by_others(
                f"pfconn-s-conn-{number:05}", "sk-benchmark-0123456789", tags=written(meta), content_type=RAW
            )
        if not limits:
            emulator.throttle.limits["other"] = inf
        pipe.send(emulator.environment("alice"))
        while (round_trip := pipe.recv()) is not None:
            answer = emulator.requests.counts
            emulator.service.round_trip = Service.round_trip = round_trip
            emulator.requests.reset()
            emulator.throttle._windows.clear()  # noqa: SLF001  each run has its own ten seconds
            pipe.send(answer)


@contextmanager
def vault(count: int, *, limits: bool) -> Iterator[Ask]:
    """Run the vault elsewhere; yield what sets its round trip, and returns the requests since the last call."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, count), kwargs={"limits": limits}, daemon=True)
    process.start()
    os.environ.update(here.recv())

    def ask(round_trip: float) -> dict[str, int]:
        here.send(round_trip)
        return here.recv()

    try:
        yield ask
    finally:
        here.send(None)
        process.join()


@dataclass
class Timed:
    """Seconds, CPU seconds of this process, and requests of a run."""

    seconds: float
    cpu: float
    requests: dict[str, int]


def timed(work: Callable[[], object], ask: Ask, round_trip: float, runs: int = 1) -> Timed:
    """Return the median run."""
    found = []
    for _ in range(runs):
        ask(round_trip)
        start, cpu = time.perf_counter(), time.process_time()
        work()
        done, used = time.perf_counter() - start, time.process_time() - cpu
        found.append(Timed(done, used, ask(round_trip)))
    return sorted(found, key=lambda t: t.seconds)[runs // 2]


def open_store() -> KeyVaultStore:
    """Return the store with a client of its own, as a new process has it."""
    from azure.identity import DefaultAzureCredential

    return KeyVaultStore(connect(vault_of("contoso"), DefaultAzureCredential()))


def all_values(store: KeyVaultStore, count: int) -> None:
    """Read everything, as `test --all` needs it."""
    failed = [found for _, found in store.values() if isinstance(found, Exception)]
    assert not failed, (len(failed), failed[0])
    assert count


def show(what: str, seconds: float, floor: float, plain: float, note: str = "") -> None:
    ratio = f"{seconds / floor:6.2f}" if floor else f"{'-':>6}"
    print(f"  {what:<28} {seconds:8.3f} s {floor:8.3f} s {ratio} {plain:9.2f} s {plain / seconds:6.1f}  {note}")


def cpu_of_one(ask: Ask) -> float:
    """Return the CPU seconds that the SDK takes for one value, without waiting."""
    from azure.identity import DefaultAzureCredential
    from azure.keyvault.secrets import SecretClient

    with SecretClient("https://contoso.vault.azure.net", DefaultAzureCredential()) as client:
        work = lambda: [client.get_secret(f"pfconn-s-conn-{n:05}") for n in range(SAMPLE)]  # noqa: E731
        work()
        return timed(work, ask, 0.0, 3).cpu / SAMPLE


def cpu_of_one_get(store: KeyVaultStore, ask: Ask) -> float:
    """Return the CPU seconds that requests takes for one answer of the service, without waiting."""
    import requests

    url = store.get("conn-00000", "shared").configs["base_url"] + "/models"
    requests.get(url, timeout=9)
    return timed(lambda: [requests.get(url, timeout=9).json() for _ in range(SAMPLE)], ask, 0.0, 3).cpu / SAMPLE


def measure(count: int, round_trip: float, ask: Ask, args: argparse.Namespace) -> None:
    """Print the rows of one round trip."""
    from azure.identity import DefaultAzureCredential
    from azure.keyvault.secrets import SecretClient

    pages, runs = ceil(count / PAGE), args.runs
    cpu = cpu_of_one(ask)
    print(f"{count:,} connections, round trip {round_trip * 1000:.0f} ms")

    plain_client = SecretClient("https://contoso.vault.azure.net", DefaultAzureCredential())
    names = [p.name for p in plain_client.list_properties_of_secrets()]
    assert len(names) == count, len(names)
    plain_list = timed(lambda: list(plain_client.list_properties_of_secrets()), ask, round_trip, runs)
    sample = names[:SAMPLE]
    loop = timed(lambda: [plain_client.get_secret(name) for name in sample], ask, round_trip)
    plain_values = plain_list.seconds + loop.seconds / len(sample) * count

    first = timed(
        lambda: (forget_challenges(["https://contoso.vault.azure.net"]), open_store().list()), ask, round_trip
    )
    store = open_store()
    store.list()
    again = timed(store.list, ask, round_trip, runs)
    assert again.requests == {"list": pages}, again.requests
    show("list, a new client", first.seconds, (pages + 1) * round_trip, plain_list.seconds, str(first.requests))
    show("list, again", again.seconds, pages * round_trip, plain_list.seconds, str(again.requests))

    values = timed(lambda: all_values(store, count), ask, round_trip, runs)
    reasons = {
        "list": (pages + 1) * round_trip,
        f"{THREADS} threads": ceil(count / THREADS) * round_trip,
        "client CPU": count * cpu,
        "limit": WINDOW * ((pages + count - 1) // LIMIT) if not args.no_limits else 0.0,
    }
    floor = max(reasons, key=lambda r: reasons[r])
    note = f"floor: {floor}; {cpu * 1000:.2f} ms CPU a value for the SDK alone, {values.cpu / count * 1000:.2f} here; "
    show("all values", values.seconds, reasons[floor], plain_values, note + str(values.requests))
    plain_client.close()

    cpu_of_get = cpu_of_one_get(store, ask)
    tested = timed(lambda: Connections(store).test(), ask, round_trip, runs)
    reasons |= {
        "list": (pages + 2) * round_trip,
        f"{min(THREADS, MOST)} threads": (ceil(count / min(THREADS, MOST)) + 1) * round_trip,
        "client CPU": count * (cpu + cpu_of_get),
    }
    floor = max(reasons, key=lambda r: reasons[r])
    plain_tests = plain_values + count * (round_trip + cpu_of_get)
    used = f"{cpu_of_get * 1000:.2f} ms CPU for requests.get, {tested.cpu / count * 1000:.2f} for both here"
    show("test --all", tested.seconds, reasons[floor], plain_tests, f"floor: {floor}; {used}; {tested.requests}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("connections", nargs="?", type=int, default=1_000)
    parser.add_argument("--round-trips", default="0,20,50", help="milliseconds")
    parser.add_argument("--runs", type=int, default=3, help="of which the median is taken")
    parser.add_argument("--no-limits", action="store_true", help="without the service's 4,000 requests in 10 s")
    args = parser.parse_args()
    with vault(args.connections, limits=not args.no_limits) as ask:
        print(f"  {'':<28} {'measured':>10} {'floor':>10} {'ratio':>6} {'plain loop':>11} {'faster':>6}  requests")
        for round_trip in args.round_trips.split(","):
            measure(args.connections, float(round_trip) / 1000, ask, args)


if __name__ == "__main__":
    main()
