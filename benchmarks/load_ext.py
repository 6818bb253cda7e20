"""How long ``%load_ext pfconn_jupyter`` takes in a running IPython.

    python benchmarks/load_ext.py [RUNS]

Prints the median and minimum of fresh processes, beside two peers if they are installed
(ipywidgets' import, which most notebooks pay, and anywidget's own extension).
"""

from __future__ import annotations

import statistics
import subprocess
import sys

TARGET_MS = 60
SHELL = "from IPython.core.interactiveshell import InteractiveShell; shell = InteractiveShell.instance()"
STEPS = {
    "%load_ext pfconn_jupyter": "shell.run_line_magic('load_ext', 'pfconn_jupyter')",
    "%load_ext anywidget": "shell.run_line_magic('load_ext', 'anywidget')",
    "import ipywidgets": "import ipywidgets",
    "import pandas": "import pandas",
}


def milliseconds(step: str) -> float | None:
    """Return how long ``step`` takes in a fresh IPython, or None if it cannot run."""
    timed = f"import time; {SHELL}; t = time.perf_counter(); {step}; print('MS', (time.perf_counter() - t) * 1000)"
    done = subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=False)
    found = [line for line in done.stdout.splitlines() if line.startswith("MS ")]
    return float(found[-1][3:]) if found else None


def main(runs: int) -> None:
    """Print the table."""
    ours = 0.0
    print(f"{'step':<28} {'median ms':>10} {'min ms':>8} {'ratio':>7}")
    for name, step in STEPS.items():
        times = [t for t in (milliseconds(step) for _ in range(runs)) if t is not None]
        if not times:
            print(f"{name:<28} {'not installed':>10}")
            continue
        median = statistics.median(times)
        ours = ours or median
        print(f"{name:<28} {median:>10.1f} {min(times):>8.1f} {median / ours:>7.1f}")
    print(f"target for the first: {TARGET_MS} ms or less")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
