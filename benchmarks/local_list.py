"""How long listing local connections takes, in process and as a whole process.

    python benchmarks/local_list.py [PATH_TO_PF]

With the path of promptflow's ``pf`` executable, its ``connection list --all-results`` is
run side by side on as many connections; without it, medians measured earlier elsewhere
are quoted.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pfconn_jupyter.stores import local_database
from pfconn_jupyter.stores.local import LocalStore
from pfconn_jupyter.testing.samples import openai

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (10, 1_000, 10_000)
RUNS = 7
# promptflow-devkit 1.18.5, `pf connection list --all-results`: two batches, medians in seconds.
PF_EARLIER = {10: (3.79, 4.46), 1_000: (3.10, 2.87), 10_000: (7.03, 5.07)}
LIST = "import pfconn_jupyter as pfconn; assert len(pfconn.list()) == {count}"
PF_FILL = """
import sys
from promptflow.client import PFClient
from promptflow.entities import OpenAIConnection
client = PFClient()
for n in range(int(sys.argv[1])):
    client.connections.create_or_update(OpenAIConnection(name=f"conn-{n:05}", api_key="sk-benchmark-0123456789"))
"""


def fill(count: int) -> None:
    """Write ``count`` connections, as `put` does, but without waiting for the disk each time."""
    kept = local_database.PRAGMAS
    local_database.PRAGMAS = (*kept, "synchronous = OFF")
    try:
        store = LocalStore()
        for n in range(count):
            connection = openai(base_url=f"https://host-{n}.example/v1", model="gpt-4o-mini")
            store.put(f"conn-{n:05}", connection, scope="private")
    finally:
        local_database.PRAGMAS = kept


def median(work: Callable[[], object]) -> float:
    """Return the median of `RUNS` runs, in seconds."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def pf_median(pf: str, count: int, home: str) -> float:
    """Fill promptflow's own store, in a home of its own, and time its command."""
    environment = {**os.environ, "HOME": home, "PF_HOME_DIRECTORY": home, "PF_TELEMETRY_ENABLED": "false"}
    python = str(Path(pf).with_name("python"))
    subprocess.run([python, "-c", PF_FILL, str(count)], env=environment, check=True, capture_output=True)
    command = [pf, "connection", "list", "--all-results"]
    return median(lambda: subprocess.run(command, env=environment, check=True, capture_output=True))


def main() -> None:
    pf = sys.argv[1] if len(sys.argv) > 1 else ""
    theirs = "pf, side by side" if pf else "pf, measured earlier elsewhere"
    print(f"{'connections':>11}  {'in process':>10}  {'whole process':>13}  {theirs:>30}  {'times faster':>12}")
    for count in SIZES:
        with tempfile.TemporaryDirectory() as home:
            os.environ["PFCONN_HOME"] = home
            os.environ["PFCONN_KEYRING"] = "off"
            os.environ.pop("PFCONN_STORE", None)
            fill(count)
            inside = median(LocalStore().list)
            command = [sys.executable, "-c", LIST.format(count=count)]
            whole = median(lambda c=command: subprocess.run(c, check=True))
            if pf:
                with tempfile.TemporaryDirectory() as pf_home:
                    pf_times = (pf_median(pf, count, pf_home),)
            else:
                pf_times = PF_EARLIER[count]
        shown = " / ".join(f"{t:.2f} s" for t in pf_times)
        print(
            f"{count:>11,}  {inside * 1000:>7.1f} ms  {whole:>11.3f} s  {shown:>30}  {min(pf_times) / whole:>11.1f}×",
            flush=True,
        )


if __name__ == "__main__":
    main()
