"""The sandbox that templates are rendered in; imports Jinja, so it is itself imported when one is rendered.

Jinja's own sandbox keeps a template from unsafe attributes; ways around it were found more
than once. Here a template sees items and a few methods of texts, lists and dicts, and no
global but ``range``. What stays possible is a template that doubles its own text until
memory is short: that is a fault, not a way to anything.
"""

from __future__ import annotations

from typing import Any, NoReturn

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST_LOOP = 100_000
"""Steps of all ``range`` of one rendering."""
MOST_CALLS = 10_000
"""Calls of functions, macros and methods in one rendering."""
LONGEST_TEXT = 50_000_000
"""Characters that one operation, or a whole rendering, may make."""
METHODS: dict[type, frozenset[str]] = {
    str: _words(
        "capitalize casefold count endswith find index isalpha isdigit islower isspace isupper join lower lstrip"
        " partition removeprefix removesuffix replace rfind rpartition rsplit rstrip split splitlines startswith"
        " strip swapcase title upper"
    ),
    list: frozenset(("count", "index")),
    dict: frozenset(("get", "items", "keys", "values")),
}
"""What a template may call on a value."""
LOOP = _words("cycle depth depth0 first index index0 last length nextitem previtem revindex revindex0")
"""What a template may ask of ``loop``."""
FILTERS = _words(
    "abs capitalize count d default dictsort e escape first float forceescape groupby int items join last length list"
    " lower map max min reject rejectattr replace reverse round safe select selectattr sort string striptags sum title"
    " tojson trim truncate unique upper urlencode wordcount"
)
"""Jinja's filters without those that reach attributes, format, pad, or make lists of any size."""


class Sandbox(ImmutableSandboxedEnvironment):
    """One rendering: plain data, a few methods, and budgets."""

    intercepted_binops = frozenset(("*", "**", "%", "+"))

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, keep_trailing_newline=True, cache_size=0)
        self.filters = {name: f for name, f in self.filters.items() if name in FILTERS}
        self.globals = {"range": self._range}
        self._steps, self._calls = LONGEST_LOOP, MOST_CALLS

    def rendered(self, source: str, given: dict[str, Any]) -> str:
        """Return the text that ``source`` makes of ``given``."""
        return str(short(self.from_string(source).render(given)))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an item of a dict, a method of `METHODS`, or what ``loop`` has."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        if attribute in METHODS.get(type(obj), ()) or (isinstance(obj, LoopContext) and attribute in LOOP):
            return getattr(obj, attribute)
        return self._nothing(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return an item; never an attribute by its name, but for `sort(attribute=…)` and its like."""
        try:
            if type(obj) in (dict, list, str, tuple):
                return obj[argument]
        except (LookupError, TypeError):
            pass
        return self._nothing(obj, argument)

    def is_safe_callable(self, obj: Any) -> bool:
        """Allow macros, ``loop`` itself, ``range``, and the methods that `getattr` gave out."""
        if isinstance(obj, (Macro, LoopContext)) or obj == self._range:
            return True
        owner = getattr(obj, "__self__", None)
        name = getattr(obj, "__name__", "")
        return name in METHODS.get(type(owner), ()) or (isinstance(owner, LoopContext) and name in LOOP)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Count the call, then make it if it is safe."""
        self._calls -= 1
        if self._calls < 0:
            raise SecurityError(f"more than {MOST_CALLS:,} calls")
        return super().call(*args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse what makes huge numbers and texts, and formatting by ``%``."""
        if operator == "%" and isinstance(left, str):
            raise SecurityError("formatting with %")
        if operator == "**" and not (abs(left) <= 10**6 and abs(right) <= 100):
            raise SecurityError("a huge power")
        if operator == "*":
            _not_huge(left, right)
        made = super().call_binop(context, operator, left, right)
        return short(made) if isinstance(made, (str, list, tuple)) else made

    def _range(self, *bounds: int) -> range:
        found = range(*bounds)
        # The bounds' own difference: len() of a huge range raises.
        self._steps -= max(0, (found.stop - found.start) // found.step)
        if self._steps < 0:
            raise SecurityError(f"a loop of more than {LONGEST_LOOP:,} steps")
        return found

    def _nothing(self, obj: Any, attribute: Any) -> Any:
        if isinstance(attribute, str) and (attribute.startswith("_") or hasattr(obj, attribute)):
            return self._refused(attribute)
        return self.undefined(obj=obj, name=attribute)

    def _refused(self, attribute: str) -> NoReturn:
        raise SecurityError(f"the attribute {attribute[:40]!r}")


def _not_huge(left: Any, right: Any) -> None:
    for text, times in ((left, right), (right, left)):
        if isinstance(text, (str, list, tuple)) and isinstance(times, int) and len(text) * times > LONGEST_LOOP:
            raise SecurityError("a text or list repeated more than that often")


def short(made: Any) -> Any:
    """Return ``made``, unless it is longer than `LONGEST_TEXT`."""
    if len(made) > LONGEST_TEXT:
        raise OverflowError(f"a text of more than {LONGEST_TEXT:,} characters")
    return made
