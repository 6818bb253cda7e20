"""``%pfconn run`` in a real IPython: the cell is the prompt, the result is kept, and refusals come first."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from pfconn_jupyter.errors import (
    ConnectionNotFound,
    TemplateProblem,
    UsageProblem,
    WrongConnectionType,
)
from pfconn_jupyter.notebook.answers import Answer
from pfconn_jupyter.notebook.completion import candidates
from requirements import require
from standins.service import Reply, Service
from tools.conftest import CHAT, KEY, Stream, answer, body_of, chunk, refusal


@pytest.fixture
def service():
    require("openai")
    require("jinja2")
    with Service() as running:
        running.on(CHAT, Reply(200, answer("It is **Helsinki**.")))
        yield running


@pytest.fixture
def run(notebook, service):
    pfconn.create("azure_openai", "my_aoai", api_base=service.url, api_key=KEY, deployment="gpt")
    return notebook


def test_the_cell_is_the_prompt_and_names_are_the_notebooks(run, service):
    run("country = 'Finland'\nrows = [{'k': 1}, {'k': 2}]")
    found = run(
        "%%pfconn run llm my_aoai --temperature 0.5\n# system:\nBe terse.\n# user:\n{{ country }}? {{ rows[1].k }}"
    )
    assert found == "It is **Helsinki**."
    assert isinstance(found, Answer)
    assert found._repr_markdown_() == "It is **Helsinki**."
    sent = body_of(service)
    assert sent["messages"] == [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "Finland? 2"}]
    assert sent["temperature"] == 0.5


def test_in_batch_it_is_not_streamed(run, service):
    run("%%pfconn run llm my_aoai\nhi")
    assert "stream" not in body_of(service)


def test_the_line_form_and_a_result_that_is_kept(run):
    run("%pfconn run llm my_aoai --prompt 'the capital of Finland' --into city")
    assert run.shell.user_ns["city"] == "It is **Helsinki**."
    assert isinstance(run("city"), str)


def test_braces_on_the_line_are_variables(run, service):
    run("dep = 'gpt'")
    run("%pfconn run llm my_aoai --deployment {dep} --prompt hi")
    assert service.received[-1].path == CHAT


def test_data_from_variables_and_from_json(run, service):
    service.on(
        CHAT,
        Reply(
            200,
            answer(
                None,
                finish="tool_calls",
                tool_calls=[{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            ),
        ),
    )
    run("my_tools = [{'type': 'function', 'function': {'name': 'f'}}]")
    message = run("%%pfconn run llm my_aoai --tools my_tools --tool-choice required\nhi")
    assert message["tool_calls"][0]["function"]["name"] == "f"
    assert (body_of(service)["tools"][0]["function"]["name"], body_of(service)["tool_choice"]) == ("f", "required")
    # A word of the service's own is no variable, even if there is one.
    run("required = auto = json_object = 'a variable'")
    run("%%pfconn run llm my_aoai --response-format json_object --tool-choice auto --tools my_tools\nhi")
    assert body_of(service)["response_format"] == {"type": "json_object"}
    assert body_of(service)["tool_choice"] == "auto"
    run('%%pfconn run llm my_aoai --response-format \'{"type": "json_object"}\'\nhi')
    assert body_of(service)["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize(
    ("cell", "kind", "words"),
    [
        ("%pfconn run", UsageProblem, "TOOL"),
        ("%pfconn run lmm my_aoai --prompt x", UsageProblem, "Did you mean llm"),
        ("%pfconn run llm", UsageProblem, "NAME"),
        ("%pfconn run llm my_aoai", UsageProblem, "There is no prompt"),
        ("%%pfconn run llm my_aoai --prompt x\ny", UsageProblem, "given twice"),
        ("%pfconn run llm my_aoai --prompt x --temprature 1", UsageProblem, "Did you mean --temperature"),
        ("%pfconn run llm my_aoai --prompt x --temperature warm", UsageProblem, "temperature"),
        ("%pfconn run llm my_aoai --prompt x --into class", UsageProblem, "no name of a variable"),
        ("%pfconn run llm my_aoai --prompt x --into list", UsageProblem, "Python's"),
        ("%pfconn run llm my_aoai --prompt x --into In", UsageProblem, "IPython's"),
        ("%pfconn run llm my_aoai --prompt x --into _x", UsageProblem, "begins with _"),
        ("%pfconn run llm my_aoai --prompt x --into 'a b'", UsageProblem, "no name"),
        ("%pfconn run llm my_aoai --prompt x --tools '[{'", UsageProblem, "no JSON"),
        ("%pfconn run llm my_aoai --prompt x --tools nowhere", UsageProblem, "list of functions"),
        ("%pfconn run llm no_such --prompt x", ConnectionNotFound, "no_such"),
        ("%%pfconn run llm my_aoai\n{{ nowhere }}", TemplateProblem, "'nowhere' is undefined"),
        ("%%pfconn run llm my_aoai\n{{ pfconn_is_a_module }}", TemplateProblem, "is a"),
        ("%%pfconn run llm my_aoai\n{{ conn.api_key.reveal() }}", TemplateProblem, "connection"),
        ("%%pfconn run llm my_aoai\n{{ In }}{{ key }}", TemplateProblem, "secret"),
        ("%%pfconn run llm my_aoai\n{{ get_ipython() }}", TemplateProblem, "get_ipython"),
        ("%pfconn run llm my_aoai --prompt x --tools conn", TemplateProblem, "connection"),
    ],
)
def test_refusals_come_before_anything_is_sent(run, service, cell, kind, words):
    run(
        "import json as pfconn_is_a_module\nimport pfconn_jupyter\n"
        "conn = pfconn_jupyter.get('my_aoai')\nkey = conn.api_key"
    )
    error = run.fails(cell)
    assert isinstance(error, kind)
    assert words in str(error)
    assert service.received == []
    assert_clean(KEY, error)


def test_a_wrong_type_says_which_fit(run):
    pfconn.create("custom", "mine", secrets={"k": "0123456789"})
    error = run.fails("%pfconn run llm mine --prompt hi")
    assert isinstance(error, WrongConnectionType)
    assert "These fit: my_aoai." in str(error)


def test_a_refusal_of_the_service_is_two_lines_without_the_key(run, service):
    service.on(CHAT, refusal(401, "401", f"Incorrect API key provided: {KEY}."))
    error = run.fails("%%pfconn run llm my_aoai\nhi")
    assert "my_aoai refused (401)" in str(error)
    assert_clean(KEY, error)


class TestInAKernel:
    """With a person there: answers are shown while they come."""

    @pytest.fixture
    def shown(self, run, monkeypatch):
        updates = []

        class Handle:
            def update(self, data, raw):
                updates.append(data["text/markdown"])

        def display(data, raw, display_id):
            updates.append(data["text/markdown"])
            return Handle()

        monkeypatch.setattr("pfconn_jupyter.notebook.answers.display", display)
        kernel = type("Kernel", (), {"_allow_stdin": True})()
        object.__setattr__(run.shell, "kernel", kernel)
        yield updates
        object.__delattr__(run.shell, "kernel")

    def test_a_stream_is_shown_live_and_kept(self, run, service, shown):
        service.on(CHAT, Stream([chunk("one "), chunk("two"), chunk(finish="stop"), "data: [DONE]\n\n"], pause=0.15))
        result = run("%%pfconn run llm my_aoai --into said\nhi")
        assert body_of(service)["stream"] is True
        assert shown[0] == "one "
        assert shown[-1] == result == run.shell.user_ns["said"] == "one two"

    def test_no_stream(self, run, service, shown):
        assert run("%%pfconn run llm my_aoai --no-stream\nhi") == "It is **Helsinki**."
        assert shown == []

    def test_an_error_in_the_middle_keeps_what_had_come(self, run, service, shown, capsys):
        event = 'data: {"error": {"code": "server_error", "message": "The model fell over."}}\n\n'
        service.on(CHAT, Stream([chunk("half"), event]))
        error = run.fails("%%pfconn run llm my_aoai --into said\nhi")
        assert "fell over" in str(error)
        assert run.shell.user_ns["said"] == shown[-1] == "half"
        assert "said holds the 4 characters that had come" in capsys.readouterr().err


def test_embeddings_are_short_to_look_at_and_a_table_for_several(run, service):
    rows = [{"object": "embedding", "index": i, "embedding": [0.1, 0.2, 0.3, 0.4, i]} for i in (1, 0)]
    path = "/openai/deployments/gpt/embeddings"
    service.on(path, Reply(200, {"object": "list", "model": "gpt", "data": rows[1:], "usage": {}}))
    found = run("%%pfconn run embedding my_aoai\nhello {{ 1 + 1 }}")
    assert body_of(service)["input"] == ["hello 2"]
    assert list(found) == pytest.approx([0.1, 0.2, 0.3, 0.4, 0])
    assert repr(found) == "[0.1, 0.2, 0.3, 0.4, …] (5 numbers)"
    service.on(path, Reply(200, {"object": "list", "model": "gpt", "data": rows, "usage": {}}))
    run("texts = ['a', 'b']")
    frame = run("%pfconn run embedding my_aoai --input texts")
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.index) == ["a", "b"]
    assert list(frame[4]) == [0, 1]


class TestPython:
    def test_the_cells_function_is_called_with_the_connection(self, run, service):
        run("greeting = 'Hello'")
        cell = (
            "%%pfconn run python my_aoai --into said\n"
            "import pfconn_jupyter as pfconn\n"
            "from pfconn_jupyter.connections.azure_openai import AzureOpenAIConnection\n"
            "@pfconn.tool\n"
            "def greet(conn: AzureOpenAIConnection, greeting: str, mark='!'):\n"
            "    return greeting + ' ' + conn.api_base + mark\n"
        )
        assert run(cell) == run.shell.user_ns["said"] == f"Hello {service.url}!"
        assert run("%pfconn run python my_aoai --function greet") == f"Hello {service.url}!"

    @pytest.mark.parametrize(
        ("cell", "words"),
        [
            ("%pfconn run python my_aoai", "not said which"),
            ("%pfconn run python my_aoai --function nowhere", "no @tool function"),
            ("%%pfconn run python my_aoai\ndef f(conn): pass", "not said which"),
            ("%%pfconn run python my_aoai\nimport pfconn_jupyter as p\n@p.tool\ndef f(x: int): pass", "no connection"),
            (
                "%%pfconn run python my_aoai\nimport pfconn_jupyter as p\n@p.tool\ndef f(c: p.Connection, y): pass",
                "needs a value for y",
            ),
            (
                "%%pfconn run python my_aoai\nimport pfconn_jupyter as p\n@p.tool\nasync def f(c: p.Connection): pass",
                "is async",
            ),
            (
                "%%pfconn run python my_aoai\nimport pfconn_jupyter as p\n@p.tool\ndef f(c: p.CustomConnection): pass",
                "my_aoai is azure_openai",
            ),
        ],
    )
    def test_what_cannot_be_called_is_said(self, run, cell, words):
        assert words in str(run.fails(cell))


def test_help_of_a_tool(run):
    assert "--temperature" in run("%pfconn help run llm")
    assert run("%pfconn run llm --help") == run("%pfconn help run llm")
    assert "run llm" in run("%pfconn run --help")
    assert "no parts" in str(run.fails("%pfconn help list llm"))


def test_completion_knows_tools_connections_that_fit_and_options(run):
    pfconn.create("custom", "mine", secrets={"k": "0123456789"})
    assert ("llm", "tool") in candidates("run ")
    words = [text for text, _ in candidates("run llm ")]
    assert "my_aoai" in words
    assert "mine" not in words
    assert "--top-p" in words
    assert [text for text, _ in candidates("run llm my_aoai --api ")] == ["chat", "completion"]
    assert candidates("run nothing ") == []


def test_the_arguments_are_those_of_the_functions():
    import inspect

    from pfconn_jupyter.tools.registry import TOOLS

    for tool in TOOLS.values():
        parameters = inspect.signature(tool.function).parameters
        assert next(iter(parameters)) == "connection"
        assert {a.name for a in tool.arguments} <= parameters.keys(), tool.word
        assert tool.types, tool.word
        if tool.module.CELL != "code":
            assert tool.module.CELL in parameters


def test_an_answer_pickles_and_serialises_as_a_text():
    assert json.dumps(Answer("x")) == '"x"'
