"""A second client of a kernel: what it sees, any extension, proxy or colleague may see."""

from __future__ import annotations

import json
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

import zmq
from jupyter_client.session import Session

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self


class Observer:
    """Keeps every message the newest kernel broadcasts from the moment this is entered.

    On bare sockets: jupyter_client's own clients leave event loops open.
    """

    def __init__(self, runtime: Path) -> None:
        newest = max(runtime.glob("kernel-*.json"), key=lambda f: f.stat().st_mtime)
        self._where = json.loads(newest.read_text())
        self._session = Session(key=self._where["key"].encode(), username="observer")
        self._ends = threading.Event()
        self.seen: list[bytes] = []

    def __enter__(self) -> Self:
        self._context = zmq.Context()
        self._shell = self._connect(zmq.DEALER, "shell_port")
        self._iopub = self._connect(zmq.SUB, "iopub_port")
        self._iopub.setsockopt(zmq.SUBSCRIBE, b"")
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self._until(b'"kernel_info_request"', lambda: self._session.send(self._shell, "kernel_info_request"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.set()
        self._thread.join(5)
        self._context.destroy(linger=0)

    def ask_for_states(self) -> None:
        """Ask the kernel for the state of all widgets, as a second tab does when it opens."""
        comm = uuid.uuid4().hex
        opening = {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
        self._session.send(self._shell, "comm_open", opening, metadata={"version": "1.0.0"})
        request = {"comm_id": comm, "data": {"method": "request_states"}}
        self._until(b'"update_states"', lambda: self._session.send(self._shell, "comm_msg", request))

    def _connect(self, kind: int, port: str) -> Any:
        socket = self._context.socket(kind)
        socket.connect(f"tcp://{self._where['ip']}:{self._where[port]}")
        return socket

    def _listen(self) -> None:
        while not self._ends.is_set():
            if self._iopub.poll(100):
                self.seen.append(b"\n".join(self._iopub.recv_multipart()))

    def _until(self, words: bytes, ask: Any) -> None:
        """Ask until a new message has ``words``: a fresh subscription may miss the first."""
        before, end = len(self.seen), time.monotonic() + 10
        while not any(words in m for m in self.seen[before:]):
            assert time.monotonic() < end, f"the kernel did not say {words!r}"
            ask()
            time.sleep(0.2)
