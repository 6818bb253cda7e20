"""``@tool``: a function's parameters that are annotated with a connection type take a connection or its name."""

from __future__ import annotations

import asyncio
import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast, overload

from pfconn_jupyter.tools._connection import fitting
from pfconn_jupyter.tools.annotations import Annotations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator

P = ParamSpec("P")
R = TypeVar("R")


@overload
def tool(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def tool(function: None = None) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def tool(function: Callable[P, R] | None = None) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """Return ``function`` with its connections filled in when it is called.

    A parameter annotated with a connection type (``AzureOpenAIConnection``,
    ``CustomConnection``, a type of your own, ``Connection`` for any, also as ``| None``)
    takes a connection or the name of one in the store in use. Signature and docstring
    stay. Works on functions, methods, generators and their async kinds, in notebooks and
    in scripts::

        @pfconn.tool
        def ask(question: str, conn: AzureOpenAIConnection) -> str:
            return conn.client().responses.create(model="gpt-4o-mini", input=question).output_text

        ask("How far is the moon?", conn="my_aoai")

    Annotate with ``AzureOpenAIConnection | str`` if a type checker is to accept the name.

    Raises
    ------
    WrongConnectionType
        When called: says which types fit, and which connections of the list.
    ConnectionNotFound, StoreError
        When called, as `Connections.get`.
    """
    # Names that only exist where the function is defined, for annotations that are texts.
    local_names = dict(sys._getframe(1).f_locals)  # noqa: SLF001  the documented way to the caller's names
    if function is None:
        return lambda f: cast("Callable[P, R]", _wrapped(f, local_names))
    return cast("Callable[P, R]", _wrapped(function, local_names))


def is_tool(value: object) -> bool:
    """Tell whether ``value`` is a function that `tool` made."""
    return isinstance(getattr(value, "__pfconn_tool__", None), Injection)


class Injection:
    """The connections that a function wants, and the way they get into a call."""

    def __init__(self, function: Callable[..., Any], local_names: dict[str, Any]) -> None:
        self.function = function
        self.signature = inspect.signature(function)
        self._annotations = Annotations(function, local_names)

    @property
    def wanted(self) -> dict[str, tuple[type, ...]]:
        """Parameter name to the connection types that it takes."""
        return self._annotations.connections

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> inspect.BoundArguments:
        """Return the arguments of a call, with connections in place of their names."""
        bound = self.signature.bind(*args, **kwargs)
        for name, types in self.wanted.items():
            if bound.arguments.get(name) is not None:
                bound.arguments[name] = self._filled(name, types, bound.arguments[name])
        return bound

    def _filled(self, name: str, types: tuple[type, ...], value: object) -> object:
        who = f"{self.function.__name__}({name}=…)"
        return fitting(value, who, lambda cls: issubclass(cls, types))


def _wrapped(function: Callable[..., Any], local_names: dict[str, Any]) -> Callable[..., Any]:
    if isinstance(function, (staticmethod, classmethod)):
        return type(function)(_wrapped(function.__func__, local_names))
    injection = Injection(function, local_names)
    made = _kind(function)(function, injection.bind)
    made.__pfconn_tool__ = injection  # type: ignore[attr-defined]
    return made


def _kind(function: Callable[..., Any]) -> Callable[..., Callable[..., Any]]:
    if inspect.iscoroutinefunction(function):
        return _coroutine
    if inspect.isasyncgenfunction(function):
        return _async_generator
    return _generator if inspect.isgeneratorfunction(function) else _plain


def _plain(function: Callable[..., Any], bind: Callable[..., inspect.BoundArguments]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        bound = bind(args, kwargs)
        return function(*bound.args, **bound.kwargs)

    return call


def _generator(function: Callable[..., Any], bind: Callable[..., inspect.BoundArguments]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        bound = bind(args, kwargs)
        return (yield from function(*bound.args, **bound.kwargs))

    return call


def _coroutine(function: Callable[..., Any], bind: Callable[..., inspect.BoundArguments]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(*args: Any, **kwargs: Any) -> Any:
        # A store may be a network away: the event loop goes on meanwhile.
        bound = await asyncio.to_thread(bind, args, kwargs)
        return await function(*bound.args, **bound.kwargs)

    return call


def _async_generator(function: Callable[..., Any], bind: Callable[..., inspect.BoundArguments]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        bound = await asyncio.to_thread(bind, args, kwargs)
        async for item in function(*bound.args, **bound.kwargs):
            yield item

    return call
