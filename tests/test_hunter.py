"""The hunter itself: a hunt that finds nothing is worth what its controls are worth."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from hunter import assert_clean, hunt, variants

if TYPE_CHECKING:
    from pathlib import Path

SECRET = 'sk-Q7+/zé9"kL2mN4pR6tV8'


@pytest.mark.parametrize("name", variants(SECRET))
def test_each_variant_is_found(name: str) -> None:
    assert name in hunt(SECRET, b"noise " + variants(SECRET)[name] + b" noise")


@pytest.mark.parametrize("before", ["", "x", "xy", "user:", "a longer beginning"])
def test_base64_is_found_wherever_the_secret_stands(before: str) -> None:
    encoded = base64.b64encode((before + SECRET + "tail").encode())
    assert any(name.startswith("base64") for name in hunt(SECRET, encoded))


def test_places_a_secret_hides_in(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "note.ipynb").write_text(json.dumps({"source": SECRET}))
    assert hunt(SECRET, tmp_path)
    assert hunt(SECRET, {"key": SECRET})
    assert hunt(SECRET, SECRET.encode().hex().upper())


def _raise_beside(secret: str) -> None:
    raise ValueError("says nothing")


def _hide_it() -> None:
    try:
        _raise_beside(SECRET)
    except ValueError as error:
        raise RuntimeError("clean") from error


def test_locals_under_a_chained_exception_are_seen() -> None:
    with pytest.raises(RuntimeError) as caught:
        _hide_it()
    assert hunt(SECRET, caught.value)


def test_clean_is_clean_and_a_failure_does_not_print_the_secret() -> None:
    assert_clean(SECRET, "nothing here", b"", ValueError("no"))
    with pytest.raises(AssertionError) as caught:
        assert_clean(SECRET, f"leak: {SECRET}")
    assert SECRET not in str(caught.value)
