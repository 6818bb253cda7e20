"""``@tool`` fills connections in by annotation: names and objects, every kind of function, in scripts too."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Optional, Union

import pytest

import pfconn_jupyter as pfconn
from pfconn_jupyter import tool
from pfconn_jupyter.connections.azure_openai import AzureOpenAIConnection
from pfconn_jupyter.connections.connection import Connection
from pfconn_jupyter.connections.custom import CustomConnection
from pfconn_jupyter.errors import ConnectionNotFound, UsageProblem, WrongConnectionType
from pfconn_jupyter.tools import python
from pfconn_jupyter.tools.tool import is_tool

if TYPE_CHECKING:
    from pfconn_jupyter.connections.openai import OpenAIConnection

KEY = "Zk7q0We5Rt1Y2u9I4o8P"


@pytest.fixture(autouse=True)
def stored():
    pfconn.create("azure_openai", "aoai", api_base="https://contoso.openai.azure.com", api_key=KEY)
    pfconn.create("custom", "mine", configs={"host": "db"}, secrets={"password": KEY})


@tool
def by_name(question: str, conn: AzureOpenAIConnection, mark: str = "!") -> str:
    """Answer a question."""
    assert isinstance(conn, AzureOpenAIConnection)
    return f"{question} {conn.name}{mark}"


def test_a_name_or_an_object_in_any_position():
    assert by_name("q", "aoai") == "q aoai!"
    assert by_name("q", conn="aoai", mark="?") == "q aoai?"
    assert by_name(conn=pfconn.get("aoai"), question="q") == "q aoai!"


def test_signature_name_and_docstring_stay():
    assert by_name.__name__ == "by_name"
    assert by_name.__doc__ == "Answer a question."
    assert list(inspect.signature(by_name).parameters) == ["question", "conn", "mark"]
    assert is_tool(by_name)
    assert not is_tool(print)


def test_a_wrong_call_is_pythons_own_error():
    with pytest.raises(TypeError, match="missing a required argument: 'conn'"):
        by_name("q")


def test_a_wrong_type_says_parameter_and_fits():
    with pytest.raises(WrongConnectionType, match=r"by_name\(conn=…\) takes azure_openai; mine is custom") as wrong:
        by_name("q", "mine")
    assert wrong.value.hint == "These fit: aoai."
    with pytest.raises(WrongConnectionType, match="not a dict"):
        by_name("q", {"api_key": "x"})
    with pytest.raises(ConnectionNotFound):
        by_name("q", "nowhere")


class MyService(AzureOpenAIConnection):
    """A type of one's own."""

    LABEL: ClassVar[str] = "My service"


@pytest.mark.parametrize(
    "annotation",
    [
        CustomConnection,
        Connection,
        Optional[CustomConnection],  # noqa: UP045  both ways are written
        Union[AzureOpenAIConnection, CustomConnection],  # noqa: UP007
        CustomConnection | None,
        CustomConnection | str,
        Annotated[CustomConnection, "the service"],
        Optional["CustomConnection"],
        "CustomConnection",
        "CustomConnection | None",
        "Optional[CustomConnection]",
        "pfconn.CustomConnection",
    ],
)
def test_every_way_to_annotate(annotation):
    def host(conn):
        return conn.configs["host"]

    host.__annotations__["conn"] = annotation
    assert tool(host)("mine") == "db"


def test_none_stays_none():
    @tool
    def maybe(conn: CustomConnection | None = None) -> Any:
        return conn

    assert maybe() is None
    assert maybe(None) is None
    assert maybe("mine").name == "mine"


def test_a_class_of_the_same_function_and_one_that_only_a_type_checker_imports():
    class Local(AzureOpenAIConnection):
        pass

    @tool
    def local(conn: Local) -> Any:
        return conn

    @tool
    def checked(conn: OpenAIConnection) -> Any:
        return conn.name

    with pytest.raises(WrongConnectionType):
        local("aoai")
    pfconn.create("openai", "oai", api_key=KEY)
    assert checked("oai") == "oai"
    with pytest.raises(WrongConnectionType, match="takes openai; aoai is azure_openai"):
        checked("aoai")


def test_a_class_that_is_defined_later():
    space: dict[str, Any] = {"tool": tool}
    source = (
        "from __future__ import annotations\n"
        "@tool\ndef f(conn: Later): return conn.name\n"
        "from pfconn_jupyter import CustomConnection as Later\n"
    )
    exec(compile(source, "later", "exec", dont_inherit=True), space)
    assert space["f"]("mine") == "mine"


def test_a_strong_type_wants_its_own_kind():
    @tool
    def strong(conn: MyService) -> Any:
        return conn

    with pytest.raises(WrongConnectionType):
        strong("aoai")
    made = MyService(api_base="https://contoso.openai.azure.com", api_key=pfconn.Secret(KEY))
    assert strong(made) is made


def test_other_parameters_are_left_alone():
    @tool
    def other(name: str, number: int, nothing, conn: CustomConnection, *rest: str, **more: Any) -> Any:
        return name, number, nothing, conn.name, rest, more

    assert other("aoai", 1, "mine", "mine", "aoai", k="aoai") == ("aoai", 1, "mine", "mine", ("aoai",), {"k": "aoai"})


def test_methods_and_parentheses():
    class Holder:
        @tool
        def method(self, conn: CustomConnection) -> Any:
            return self, conn.name

        @tool
        @staticmethod
        def static(conn: CustomConnection) -> Any:
            return conn.name

        @tool()
        @classmethod
        def cls_method(cls, conn: CustomConnection) -> Any:
            return cls, conn.name

    holder = Holder()
    assert holder.method("mine") == (holder, "mine")
    assert Holder.static("mine") == "mine"
    assert Holder.cls_method("mine") == (Holder, "mine")


def test_generators():
    @tool
    def count(conn: CustomConnection, n: int) -> Any:
        sent = yield conn.name
        yield sent
        yield from range(n)

    assert inspect.isgeneratorfunction(count)
    made = count("mine", 2)
    assert [next(made), made.send("x"), *made] == ["mine", "x", 0, 1]


def test_async_functions_and_generators():
    @tool
    async def ask(conn: CustomConnection) -> Any:
        await asyncio.sleep(0)
        return conn.name

    @tool
    async def stream(conn: CustomConnection) -> Any:
        yield conn.name
        yield "end"

    async def main() -> Any:
        return await asyncio.gather(ask("mine"), ask(pfconn.get("mine"))), [x async for x in stream("mine")]

    assert inspect.iscoroutinefunction(ask)
    assert inspect.isasyncgenfunction(stream)
    # In a thread of its own: in this one, Playwright's loop may still run after the browser tests.
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, main()).result() == (["mine", "mine"], ["mine", "end"])


def test_in_a_script_without_ipython():
    script = (
        "import sys\nimport pfconn_jupyter as pfconn\nfrom pfconn_jupyter import CustomConnection\n"
        "@pfconn.tool\ndef f(conn: CustomConnection): return conn.configs['host']\n"
        "print(f('mine'), 'IPython' in sys.modules, 'pandas' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "db False False", done.stderr


def test_the_python_tool_calls_it_with_variables():
    assert python("aoai", by_name, variables={"question": "q", "mark": "?", "other": 1}) == "q aoai?"
    with pytest.raises(UsageProblem, match="no tool"):
        python("aoai", print)
    with pytest.raises(UsageProblem, match="needs a value for question"):
        python("aoai", by_name)

    @tool
    def two(a: CustomConnection, b: CustomConnection) -> None:
        """Take two."""

    with pytest.raises(UsageProblem, match="several connections"):
        python("mine", two)

    @tool
    def numbers(conn: Connection) -> Any:
        yield from (1, 2)

    assert python("mine", numbers) == [1, 2]


def test_it_is_on_the_package():
    assert pfconn.tool is tool
    assert pfconn.tools.tool is tool
