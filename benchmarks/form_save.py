"""From a click on Save to the stored connection, in real JupyterLab.

    python benchmarks/form_save.py [RUNS]

Needs the extra ``test`` and a Chromium. The page notes the click, the kernel notes when
the store has returned; both read this machine's clock.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from browser.front_end import browsing, notebook, serving

TARGET_MS = 100
LOAD = """%load_ext pfconn_jupyter
import time
from pfconn_jupyter.stores.local import LocalStore
put, stored = LocalStore.put, []
def noting(*args, **kwargs):
    record = put(*args, **kwargs)
    stored.append(time.time() * 1000)
    return record
LocalStore.put = noting"""
NOTE_CLICK = """button => button.addEventListener('click', () => { window.clickedAt = Date.now(); }, true)"""


def main(runs: int) -> None:
    """Print the table."""
    to_store, to_line = [], []
    with tempfile.TemporaryDirectory() as home, serving(Path(home) / "jupyter") as server, browsing() as browser:
        forms = [f"%pfconn create openai run_{n}" for n in range(runs)]
        with notebook(server, browser, LOAD, *forms, "print('AT', stored[-1])") as book:
            book.run(0)
            for n in range(runs):
                book.run(n + 1)
                book.form.get_by_role("textbox", name="API key").fill("k3y-of-the-benchmark")
                save = book.form.get_by_role("button", name="Save", exact=True)
                save.evaluate(NOTE_CLICK)
                save.click()
                book.output(n + 1).get_by_text(f"run_{n} saved in").wait_for()
                shown, clicked = book.page.evaluate("[Date.now(), window.clickedAt]")
                book.run(runs + 1)
                book.output(runs + 1).get_by_text("AT").wait_for()
                book.page.wait_for_timeout(200)
                to_store.append(float(book.output(runs + 1).inner_text().split()[-1]) - clicked)
                to_line.append(shown - clicked)
    print(f"{'from click on Save':<28} {'median ms':>10} {'min':>6} {'max':>6}")
    for name, times in (("to stored (local)", to_store), ("to the line in the page", to_line)):
        print(f"{name:<28} {statistics.median(times):>10.0f} {min(times):>6.0f} {max(times):>6.0f}")
    print(f"target for the first: {TARGET_MS} ms or less")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 6)
