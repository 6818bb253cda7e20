"""The sealed channel opens each message once, in time, unchanged, and says nothing of what it refuses."""

from __future__ import annotations

import traceback
from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from form_sealing import seal
from pfconn_jupyter.notebook.form.channel import MessageRefused, SealedChannel

SECRET = "sk-Zq9!distinctive~secret"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)


def refused(channel: SealedChannel, message: Any) -> None:
    with pytest.raises(MessageRefused) as caught:
        channel.open(message)
    told = "".join(traceback.format_exception(caught.value))
    assert SECRET not in told
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), json_values))
def test_what_was_sealed_is_opened(content: dict[str, Any]) -> None:
    channel = SealedChannel()
    assert channel.open(seal(channel.terms, content)) == content


def test_a_message_is_opened_once() -> None:
    channel = SealedChannel()
    message = seal(channel.terms, {"api_key": SECRET})
    channel.open(message)
    refused(channel, message)


def test_an_old_message_is_refused() -> None:
    now = [0.0]
    channel = SealedChannel(clock=lambda: now[0])
    message = seal(channel.terms, {"api_key": SECRET})
    now[0] = 30 * 60 + 1
    refused(channel, message)


def test_a_new_key_lives_as_long_as_the_first() -> None:
    now = [0.0]
    channel = SealedChannel(clock=lambda: now[0])
    now[0] = 30 * 60 + 1
    refused(channel, seal(channel.terms, {}))
    now[0] += 30 * 60 - 1
    assert channel.open(seal(channel.terms, {"a": 1})) == {"a": 1}


def test_a_message_for_another_key_is_refused() -> None:
    refused(SealedChannel(), seal(SealedChannel().terms, {"api_key": SECRET}))


def test_rotate_makes_the_old_key_worthless() -> None:
    channel = SealedChannel()
    message = seal(channel.terms, {"api_key": SECRET})
    channel.rotate()
    refused(channel, message)


@pytest.mark.parametrize("part", ["nonce", "aad"])
def test_other_terms_than_the_kernels_are_refused(part: str) -> None:
    channel = SealedChannel()
    other = replace(channel.terms, **{part: getattr(SealedChannel().terms, part)})
    refused(channel, seal(other, {"api_key": SECRET}))


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["iv", "sealed", "public_key"]), st.integers(min_value=0), st.integers(1, 255))
def test_one_changed_byte_is_refused(part: str, where: int, flip: int) -> None:
    channel = SealedChannel()
    message = seal(channel.terms, {"api_key": SECRET})
    raw = bytearray(b64decode(message[part]))
    raw[where % len(raw)] ^= flip
    refused(channel, {**message, part: b64encode(raw).decode()})


@pytest.mark.parametrize(
    "message", [{}, {"sealed": 1, "iv": None, "public_key": []}, {"sealed": "é", "iv": "", "public_key": "AA=="}]
)
def test_nonsense_is_refused(message: dict[str, Any]) -> None:
    refused(SealedChannel(), message)


def test_a_sealed_text_that_is_not_an_object_is_refused() -> None:
    channel = SealedChannel()
    refused(channel, seal(channel.terms, [SECRET]))
