"""Ctrl-C in the middle of a stream, in a real kernel with a person in front of it."""

from __future__ import annotations

import os
import time

import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from standins.service import Service
from tools.conftest import CHAT, KEY, Stream, chunk, wait_for


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    from jupyter_client.manager import KernelManager

    for name in ("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env=dict(os.environ), cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client, cell, on_output=lambda message: None):
    """Run a cell as a front end does; return its messages."""
    seen = []

    def output(message):
        seen.append(message)
        on_output(message)

    client.execute_interactive(cell, allow_stdin=True, output_hook=output, timeout=60)
    return seen


def test_what_has_come_stays_shown_and_kept_and_the_service_is_told(service: Service, aoai, kernel):
    endless = Stream([chunk("word ")], pause=0.02, repeat_last=3000)
    service.on(CHAT, endless)
    manager, client = kernel
    run(client, "%load_ext pfconn_jupyter\n%xmode Verbose")
    pressed = []

    def press_when_it_comes(message):
        text = message["content"].get("data", {}).get("text/markdown", "")
        if len(text) > 50 and not pressed:
            pressed.append(time.monotonic())
            manager.interrupt_kernel()

    seen = run(client, "%%pfconn run llm my_aoai --into said\nhi", press_when_it_comes)
    assert pressed
    assert time.monotonic() - pressed[0] < 5
    kinds = [m["msg_type"] for m in seen]
    assert kinds.count("display_data") == 1
    assert kinds.count("update_display_data") >= 1
    (error,) = [m["content"] for m in seen if m["msg_type"] == "error"]
    assert error["ename"] == "KeyboardInterrupt"
    shown = [m["content"]["data"]["text/markdown"] for m in seen if "data" in m["content"]]
    kept = run(client, "print(repr(str(said)))")
    assert repr(shown[-1]) in repr(kept).replace("\\\\", "\\").replace("\\'", "'").replace("\\n", "")
    assert any("said holds the" in m["content"].get("text", "") for m in seen)
    assert wait_for(lambda: endless.closed is not None), "the service was not told that nobody listens"
    assert_clean(KEY, repr(seen), repr(kept))


def test_a_stream_to_its_end_is_one_output_and_the_value_of_the_cell(service: Service, aoai, kernel):
    service.on(CHAT, Stream([chunk("one "), chunk("two"), chunk(finish="stop"), "data: [DONE]\n\n"], pause=0.15))
    _, client = kernel
    run(client, "%load_ext pfconn_jupyter")
    seen = run(client, "%%pfconn run llm my_aoai\nhi")
    shown = [m for m in seen if m["msg_type"] in ("display_data", "execute_result")]
    assert len(shown) == 1
    assert seen[-2]["content"].get("data", {}).get("text/markdown") == "one two" or any(
        m["content"].get("data", {}).get("text/markdown") == "one two" for m in seen
    )
    again = run(client, "_")
    assert any(m["content"].get("data", {}).get("text/markdown") == "one two" for m in again)
    assert pfconn.get(aoai).name == "my_aoai"
