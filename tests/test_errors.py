"""The error tree: drawn, complete, and each with two lines for a person."""

from __future__ import annotations

import inspect

import pytest

from pfconn_jupyter import errors

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.PfconnError)]


@pytest.mark.parametrize("cls", CLASSES)
def test_every_error_stands_in_the_tree_and_says_what_it_means(cls):
    assert cls.__name__ in (errors.__doc__ or "")
    assert cls.__doc__


def test_a_person_sees_two_lines():
    assert errors.StoreError("The disk is full.", "Make room.")._render_traceback_() == [
        "StoreError: The disk is full.",
        "  → Make room.",
    ]


def test_a_missing_package_names_the_command():
    assert "%pip install 'pfconn_jupyter[openai]'" in errors.MissingPackage("openai", "openai").hint


def test_several_problems_are_counted_and_the_first_is_told():
    error = errors.InvalidConnection(
        [errors.FieldProblem("a", "is odd.", "Fix a."), errors.FieldProblem("", "x.", "y.")]
    )
    assert str(error) == "a: is odd. (also: connection)\nFix a."
