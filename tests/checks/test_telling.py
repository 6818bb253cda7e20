"""Of an accepted answer only the numbers and names that a probe asks for are told."""

from __future__ import annotations

import pytest

from pfconn_jupyter.checks.telling import MOST_NAMES, told
from pfconn_jupyter.connections.probe import Reading, Tell
from pfconn_jupyter.connections.secret import MASK, Secret

SPENT = Reading(200, "throttled", "Buy more.")
LEFT = Tell("left", "{} left", SPENT)
NAMES = Tell("result/items", "here: {}", each="name")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"left": 7}, ["7 left"]),
        ({"left": 0}, ["0 left"]),
        ({"left": "7"}, []),
        ({"left": True}, []),
        ({"left": 7.5}, []),
        ({"left": None}, []),
        ({}, []),
        ([], []),
        (None, []),
        ("left", []),
    ],
)
def test_a_number_is_told_and_nothing_else(answer: object, said: list[str]) -> None:
    assert told([LEFT], answer, [])[0] == said


@pytest.mark.parametrize(("number", "meaning"), [(1, None), (0, SPENT), (-1, SPENT)])
def test_none_left_means_what_the_probe_says(number: int, meaning: Reading | None) -> None:
    assert told([LEFT], {"left": number}, [])[1] is meaning
    assert told([Tell("left", "{} left")], {"left": number}, [])[1] is None


def test_of_a_list_its_length_is_told() -> None:
    assert told([Tell("result/items", "{} here")], {"result": {"items": [1, 2]}}, []) == (["2 here"], None)


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([{"name": "a"}, {"name": "b"}], ["here: a, b"]),
        ([], ["here: none"]),
        ([{"name": 1}, {"title": "x"}, "y", {"name": "a"}], ["here: a"]),
        ([{"name": f"n{n}"} for n in range(MOST_NAMES + 2)], ["here: n0, n1, n2, n3, n4, n5, n6, n7 and 2 more"]),
        ("abc", []),
        (None, []),
    ],
)
def test_names_are_told_the_first_few(items: object, said: list[str]) -> None:
    assert told([NAMES], {"result": {"items": items}}, [])[0] == said


def test_a_secret_in_a_name_or_a_number_is_not_told() -> None:
    answer = {"left": 8412345678, "result": {"items": [{"name": "sk-Zk7q0We5Rt1Y"}, {"name": "a\nb"}]}}
    secrets = [Secret("8412345678"), Secret("sk-Zk7q0We5Rt1Y")]
    assert told([LEFT, NAMES], answer, secrets)[0] == [f"{MASK} left", f"here: {MASK}, a b"]
