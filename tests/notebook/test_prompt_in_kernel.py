"""``--prompt`` in a notebook: a real kernel that asks through its front end's stdin channel."""

from __future__ import annotations

import hashlib
import os

import pytest

from hunter import assert_clean

KEY = "Zp4-typed-at-a-notebook-prompt-17"
HOST = "https://contoso.openai.azure.com"


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    from jupyter_client.manager import KernelManager

    for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env=dict(os.environ), cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield Kernel(client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


class Kernel:
    """Runs cells, answers what they ask, and keeps every broadcast message."""

    def __init__(self, client):
        self.client = client
        self.broadcast = []

    def __call__(self, cell, **answers):
        asked, said = [], []

        def answer(message):
            content = message["content"]
            asked.append((content["prompt"], content["password"]))
            found = next(a for prompt, a in answers.items() if content["prompt"].startswith(prompt.replace("_", " ")))
            self.client.input(found.pop(0) if isinstance(found, list) else found)

        def output(message):
            self.broadcast.append(repr(message))
            content = message["content"]
            said.append(content.get("text") or content.get("data", {}).get("text/plain") or content.get("evalue") or "")

        self.client.execute_interactive(cell, allow_stdin=True, stdin_hook=answer, output_hook=output, timeout=60)
        return "".join(said), asked


def test_the_key_is_asked_for_masked_and_is_in_no_broadcast(kernel, tmp_path):
    kernel("%load_ext pfconn_jupyter")
    said, asked = kernel(
        "%pfconn create azure_openai my_aoai --prompt",
        Endpoint=[f"{HOST}/openai/deployments/x", HOST],
        Sign="",
        API_key=["", KEY],
        Test="n",
    )
    assert "my_aoai saved in the local store, private." in said
    assert f"Keep {HOST}." in said
    assert [masked for prompt, masked in asked if prompt.startswith("API key")] == [True, True]
    assert not any(masked for prompt, masked in asked if not prompt.startswith("API key"))
    digest, _ = kernel(
        "import hashlib, pfconn_jupyter as pfconn\n"
        "print(hashlib.sha256(pfconn.get('my_aoai').api_key.reveal().encode()).hexdigest())"
    )
    assert digest.strip() == hashlib.sha256(KEY.encode()).hexdigest()
    assert_clean(KEY, tmp_path, *kernel.broadcast)


def test_prompts_can_be_the_default(kernel):
    kernel("%load_ext pfconn_jupyter")
    said, _ = kernel("import os; os.environ['PFCONN_INPUT'] = 'prompt'\n%pfconn create openai x", API_key=KEY, Test="n")
    assert "x saved in the local store" in said


def test_a_secret_on_the_line_is_broadcast_by_jupyter_itself_so_the_answer_says_rotate(kernel):
    kernel("%load_ext pfconn_jupyter")
    said, _ = kernel(f"%pfconn create openai x --set api_key={KEY}")
    assert "rotate it" in said
    assert KEY not in said
    # The input itself went to every client before the command could see it.
    assert KEY in "".join(kernel.broadcast)
