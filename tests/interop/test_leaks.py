"""A Ctrl-C in the middle of an import shows frames of ours that hold no secret, whatever the source."""

from __future__ import annotations

import sys
import traceback
from types import SimpleNamespace

import pytest

from hunter import assert_clean, hunt
from pfconn_jupyter import interop
from pfconn_jupyter.connections.build import build
from pfconn_jupyter.connections.registry import connection_type
from pfconn_jupyter.errors import NotSupported
from pfconn_jupyter.interop import found
from pfconn_jupyter.interop.sources import Request, read
from refusals import refusal

KEY = "Lk3-w9Qz2xT4vN8bM6rP"


def interrupted(request):
    """Return the frames of ours, from the reading of the source to the Ctrl-C, with their variables."""
    with pytest.raises(KeyboardInterrupt) as caught:
        list(read(request))
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [f for f in shown.stack if "pfconn_jupyter/" in f.filename.replace("\\", "/")]
    assert any("sources" in f.filename for f in ours)
    return repr([(f.filename, f.locals) for f in ours])


@pytest.fixture
def ctrl_c(monkeypatch):
    def press(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(found, "build", press)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one.yml", f"name: a\ntype: serp\napi_key: {KEY}\n"),
        ("many.yml", f"name: a\ntype: serp\napi_key: {KEY}\n---\nname: b\ntype: open_ai\napi_key: {KEY}\n"),
        ("custom.yml", f"name: a\ntype: custom\nsecrets:\n  pw: {KEY}\n"),
        (".env", f"OPENAI_API_KEY={KEY}\nOTHER={KEY}\n"),
    ],
)
def test_files(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    for word in (tmp_path / name, tmp_path) if name.endswith("yml") else (tmp_path / name,):
        assert_clean(KEY, interrupted(Request(str(word), print)))


@pytest.mark.usefixtures("ctrl_c")
def test_the_process_s_variables(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert_clean(KEY, interrupted(Request("environ", print)))


@pytest.mark.parametrize(("type_", "fields"), [("serp", {"api_key": KEY}), ("custom", {"secrets": {"pw": KEY}})])
def test_what_prompt_flow_s_own_classes_raise_is_not_shown(monkeypatch, type_, fields):
    class Raises:
        def __init__(self, **given):
            raise TypeError(str(given))

    module = SimpleNamespace(SerpConnection=Raises, CustomConnection=Raises)
    monkeypatch.setitem(sys.modules, "promptflow", SimpleNamespace(__path__=[]))
    monkeypatch.setitem(sys.modules, "promptflow.connections", module)
    connection = build(connection_type(type_), fields)
    assert_clean(KEY, refusal(NotSupported, lambda: interop.to_promptflow(connection), match="TypeError"))


def test_the_hunt_would_see_one(tmp_path, monkeypatch):
    def press(cls, fields, notify):
        plain = fields["api_key"].reveal()
        raise KeyboardInterrupt(len(plain))

    monkeypatch.setattr(found, "build", press)
    (tmp_path / "one.yml").write_text(f"name: a\ntype: serp\napi_key: {KEY}\n")
    with pytest.raises(KeyboardInterrupt) as caught:
        list(read(Request(str(tmp_path / "one.yml"), print)))
    assert hunt(KEY, caught.value)
