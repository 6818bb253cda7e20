"""A template gets plain data and nothing to reach further with; the known ways out are closed."""

from __future__ import annotations

import datetime as dt
import enum

import numpy as np
import pandas as pd
import pytest

import pfconn_jupyter as pfconn
from hunter import assert_clean
from pfconn_jupyter.errors import TemplateProblem
from pfconn_jupyter.tools.template import render
from requirements import require

LONGEST_LOOP = 100_000
SECRET = "Zk7q0We5Rt1Y2u9I4o8P"
VARIABLES = {"text": "abc", "rows": [{"a": 1}, {"a": 2}], "d": {"k": "v", "items": "mine"}, "n": 3, "nothing": None}

# Ways out of Jinja templates and of its sandbox that were published over the years, and what they need on the way.
ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ text.__class__.__base__.__subclasses__() }}",
    "{{ text['__class__'] }}",
    "{{ text|attr('__class__') }}",
    "{{ text|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ ()['__cla' ~ 'ss__'] }}",
    "{{ [].__class__.__base__ }}",
    "{{ {}.__class__.__init__.__globals__ }}",
    "{{ rows|map(attribute='__class__')|list }}",
    "{{ rows|map('attr', '__class__')|list }}",
    "{{ [text]|map(attribute='upper.__self__')|list }}",
    "{{ rows|sort(attribute='__class__') }}",
    "{{ rows|groupby('__class__') }}",
    "{{ rows|sum(attribute='__class__') }}",
    "{{ rows|selectattr('__class__')|list }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ lipsum(n=1000000) }}",
    "{{ dict(a=1).__class__ }}",
    "{{ url_for.__globals__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ config }}",
    "{{ request.application }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context.environment }}",
    "{{ self._TemplateReference__context.cycler.__init__.__globals__ }}",
    "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
    "{% for x in [1] %}{{ loop._iterator }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m.__init__.__globals__ }}",
    "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "{{ range.__self__ }}",
    "{{ range.__func__.__globals__ }}",
    "{{ text.upper.__self__ }}",
    "{{ text.upper.__call__ }}",
    "{{ '{0.__class__}'.format(text) }}",
    "{{ '{x.__class__}'.format_map({'x': text}) }}",
    "{{ '%s'|format(text) }}",
    "{{ '%(a)s' % {'a': 1} }}",
    "{% set f = '{0.__class__}'.format %}{{ f(text) }}",
    "{{ ['{0.__class__}'.format]|map('call', text)|list }}",
    "{{ text.__getattribute__('x') }}",
    "{{ text.encode().__class__ }}",
    "{{ text.translate({97: 98}) }}",
    "{{ rows.append(1) }}",
    "{{ rows.__setitem__(0, 1) }}",
    "{{ d.update({'a': 1}) }}",
    "{{ d.__delitem__('k') }}",
    "{{ d.pop('k') }}",
    "{% do rows.append(1) %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'x' import y %}",
    "{% extends 'base' %}",
    "{{ n.real.__class__ }}",
    "{{ n.to_bytes(100000000, 'big') }}",
    "{{ nothing.__class__ }}",
    "{{ _ }}",
    "{{ __builtins__ }}",
    "{{ open('/etc/passwd') }}",
    "{{ get_ipython() }}",
    "{{ text|string|attr('upper') }}",
    "{{ text|pprint }}",
    "{{ text|xmlattr }}",
    "{{ 'a'|center(1000000000) }}",
    "{{ 'a'.zfill(1000000000) }}",
    "{{ 'a'.ljust(1000000000) }}",
    "{{ 'a'|indent(1000000000) }}",
    "{{ [1]|batch(1000000000, 0)|list }}",
    "{{ [1]|slice(1000000000)|list }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 1000000000 * 'a' }}",
    "{{ [0] * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ '%1000000000d' % 1 }}",
    "{% for i in range(1000000000) %}{% endfor %}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "{% macro m(k) %}{{ m(k - 1) if k else '' }}{{ m(k - 1) if k else '' }}{% endmacro %}{{ m(60) }}",
    "{% for x in [[1]] recursive %}{{ loop([x, x]) }}{% endfor %}",
]


@pytest.fixture(autouse=True)
def _jinja() -> None:
    require("jinja2")


@pytest.mark.parametrize("source", ESCAPES)
def test_no_way_out(source):
    with pytest.raises(TemplateProblem) as refused:
        render(source, VARIABLES)
    assert len(refused.value._render_traceback_()) == 2
    assert VARIABLES["rows"] == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ text.upper() }}{{ text[0] }}{{ text[1:] }}{{ text|length }}", "ABCabc3"),
        ("{{ n + 1 }} {{ n * 2 }} {{ n ** 2 }} {{ n % 2 }} {{ 'a' * 3 }} {{ 'a' ~ n }}", "4 6 9 1 aaa a3"),
        ("{% for r in rows %}{{ loop.index }}:{{ r.a }}{{ ', ' if not loop.last }}{% endfor %}", "1:1, 2:2"),
        ("{% for i in range(3) %}{{ i }}{% endfor %}", "012"),
        ("{{ d.k }} {{ d['k'] }} {{ d.get('x', 'y') }} {{ d.items }}", "v v y mine"),
        ("{{ rows|map(attribute='a')|join('-') }} {{ rows|sum(attribute='a') }}", "1-2 3"),
        ("{{ missing|default('there') }} {{ missing is defined }}", "there False"),
        ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(text) }}", "<abc>"),
        ("{% if n > 2 and text in ['abc'] %}yes{% endif %}", "yes"),
        ("{{ rows|tojson }}", '[{"a": 1}, {"a": 2}]'),
        ("{% raw %}{{ text }}{% endraw %}", "{{ text }}"),
        ("<b>&amp;\n", "<b>&amp;\n"),
    ],
)
def test_what_prompts_need_works(source, text):
    assert render(source, VARIABLES) == text


def test_a_missing_variable_is_named():
    with pytest.raises(TemplateProblem, match="'country' is undefined"):
        render("Hello {{ country }}", {})


def test_only_what_the_template_names_is_looked_at():
    assert render("{{ text }}", {"text": "a", "conn": pfconn.Secret(SECRET), "f": open}) == "a"


class Colour(enum.IntEnum):
    RED = 1


class Loud(str):
    __slots__ = ()

    def __str__(self):
        raise AssertionError

    def upper(self):
        raise AssertionError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (pd.DataFrame({"a": [1, 2]}), "[{'a': 1}, {'a': 2}]"),
        (pd.Series([1, 2]), "[1, 2]"),
        (np.array([[1.5]]), "[[1.5]]"),
        (np.int64(3), "3"),
        (np.float64(1.5), "1.5"),
        (pd.NA, "None"),
        (pd.NaT, "None"),
        (dt.date(2026, 11, 24), "2026-11-24"),
        (Colour.RED, "1"),
        (Loud("x"), "x"),
        ((1, 2), "[1, 2]"),
        (True, "True"),
    ],
)
def test_plain_data_is_made_of_what_notebooks_hold(value, text):
    assert render("{{ value }}", {"value": value}) == text


def test_methods_of_a_subclass_are_not_called():
    assert render("{{ value.upper() }}", {"value": Loud("x")}) == "X"


@pytest.mark.parametrize(
    "wrap", [lambda x: x, lambda x: [x], lambda x: {"k": {"deep": (x,)}}], ids=["bare", "list", "deep"]
)
@pytest.mark.parametrize(
    "source", ["{{ conn }}", "{{ conn.api_key.reveal() }}", "{{ conn.secrets }}", "{% if conn %}{% endif %}"]
)
@pytest.mark.parametrize("kind", ["connection", "secret"])
def test_a_secret_or_connection_is_refused_before_rendering(source, kind, wrap):
    connection = pfconn.connections().build("openai", api_key=SECRET)
    value = connection if kind == "connection" else connection.api_key
    with pytest.raises(TemplateProblem, match=r"conn.* is a (secret|connection)") as refused:
        render(source, {"conn": wrap(value)})
    assert_clean(SECRET, refused.value)


@pytest.mark.parametrize("value", [open, object(), len, pytest, lambda: 1, type])
def test_other_objects_are_refused_by_name(value):
    with pytest.raises(TemplateProblem, match=r"\{\{ thing \}\} is a"):
        render("{{ thing }}", {"thing": value})


def test_a_circle_is_refused():
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(TemplateProblem, match="nested"):
        render("{{ circle }}", {"circle": circle})


def test_a_loop_up_to_the_limit_is_no_attack():
    assert len(render(f"{{% for i in range({LONGEST_LOOP - 1}) %}}a{{% endfor %}}", {})) == LONGEST_LOOP - 1


def test_without_jinja_the_pip_command_is_said(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
    monkeypatch.delitem(__import__("sys").modules, "pfconn_jupyter.tools.sandbox", raising=False)
    with pytest.raises(pfconn.PfconnError, match=r"pfconn_jupyter\[tools\]"):
        render("x", {})
