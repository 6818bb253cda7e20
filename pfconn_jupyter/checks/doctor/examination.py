"""Looks at all axes side by side, each within its time; whatever breaks becomes a finding."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import PfconnError
from pfconn_jupyter.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pfconn_jupyter.finding import Axis

# A longer wait in one piece could not be interrupted on Windows.
_SLICE = 0.2


def examine(axes: Sequence[Axis]) -> list[Finding]:
    """Return what the axes find, in their order; raises for nothing that an axis does.

    An axis that takes longer than its time says what it has found until then, and is left
    behind in a daemon thread; so are those that a Ctrl-C does not wait for.
    """
    started = time.monotonic()
    looks = [_Look(axis) for axis in axes]
    found, stopped = [], False
    for look in looks:
        try:
            look.wait(0.0 if stopped else started + look.axis.seconds)
        except KeyboardInterrupt:
            stopped = True
        found += look.found(stopped=stopped)
    return found


class _Look:
    def __init__(self, axis: Axis) -> None:
        self.axis = axis
        self._found: list[Finding] = []
        self._done = threading.Event()
        threading.Thread(target=self._run, name="pfconn-doctor", daemon=True).start()

    def wait(self, deadline: float) -> None:
        while (left := deadline - time.monotonic()) > 0 and not self._done.wait(min(left, _SLICE)):
            pass

    def found(self, *, stopped: bool) -> list[Finding]:
        if self._done.is_set():
            return self._found
        if stopped:
            last = Finding(self.axis.name, "warn", "interrupted", "Run %pfconn doctor again.")
        else:
            late = f"no answer in {self.axis.seconds:.0f} s"
            last = Finding(self.axis.name, "fail", late, "Compare the network and VPN, HTTPS_PROXY and NO_PROXY.")
        return [*self._found, last]

    def _run(self) -> None:
        try:
            for finding in self.axis.look():
                self._found.append(finding)
        except PfconnError as error:
            self._found.append(Finding(self.axis.name, "fail", error.problem, error.hint))
        except BaseException as error:  # noqa: BLE001  a thread has nobody to raise to; the text may hold anything
            what = f"could not be looked at ({type(error).__name__})"
            self._found.append(Finding(self.axis.name, "fail", what, "Report this."))
        finally:
            self._done.set()
