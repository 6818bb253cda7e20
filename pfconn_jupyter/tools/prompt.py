"""A prompt as prompt flow writes it: a template in sections of roles, with images, to the messages of a chat.

::

    # system:
    You are terse.

    # user:
    What is on {{ place }}'s flag? ![image]({{ picture }})

What makes a section or an image is the template's own text: a variable's value that looks
like a header or an image stays text, so that nobody's data becomes instructions of the
system, or a file of this machine.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.errors import TemplateProblem
from pfconn_jupyter.tools.images import image_url
from pfconn_jupyter.tools.template import names, render

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLES = ("system", "developer", "user", "assistant")
"""Roles of a section; ``# {{ turn.role }}:`` takes the role from a variable."""
_HEADER = re.compile(
    rf"^[ \t]*(?:#[ \t]*)?(?P<role>{'|'.join(ROLES)}|tool|function)[ \t]*:[ \t]*$"
    r"|^[ \t]*#[ \t]*(?P<expression>\{\{[^{}\n]+\}\})[ \t]*:[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_IMAGE = re.compile(r"!\[\s*image\s*\]\((?P<source>[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)", re.IGNORECASE)
_SHOWN = "# system:, # user: or # assistant:"

Message = dict[str, Any]
"""A message as the chat APIs take it."""


def messages(prompt: str, variables: Mapping[str, object], *, raw: bool = False) -> list[Message]:
    """Return the messages of a prompt; without a header it is one message of the user.

    Parameters
    ----------
    raw
        Take the prompt as it is: no template, no images; headers still make sections.

    Raises
    ------
    TemplateProblem
        As `render`; or text before the first header, an unknown role, an image that is none.
    """
    # Nobody can write into a variable what was drawn after it.
    mark = secrets.token_hex(8)
    marked = _HEADER.sub(lambda m: f"{mark}role:{m['role'] or m['expression']}{mark}", prompt)
    if not raw:
        marked = _IMAGE.sub(lambda m: f"{mark}image:{m['source']}{mark}", marked)
        marked = render(marked, variables, "The prompt")
    parts = re.split(rf"{mark}role:(.*?){mark}", marked, flags=re.DOTALL)
    if len(parts) == 1:
        return [_message("user", parts[0], mark)]
    if parts[0].strip():
        raise TemplateProblem(
            "The prompt has text before its first section.", f"Begin it with one of {_SHOWN} on a line of its own."
        )
    return [_message(role, text, mark) for role, text in zip(parts[1::2], parts[2::2], strict=True)]


def text(prompt: str, variables: Mapping[str, object], *, raw: bool = False) -> str:
    """Return a prompt as one text, for models that complete instead of chatting."""
    return prompt if raw else render(prompt, variables, "The prompt")


def variables_of(prompt: str) -> frozenset[str]:
    """Return the names of the variables that a template reads."""
    return names(prompt, "The template")


def _message(role: str, content: str, mark: str) -> Message:
    role = role.strip().lower()
    if role not in ROLES:
        shown = role if len(role) <= 24 else f"{role[:24]}…"
        raise TemplateProblem(f"A prompt has no section for the role {shown!r}.", f"Use {', '.join(ROLES)}.")
    pieces = re.split(rf"{mark}image:(.*?){mark}", content, flags=re.DOTALL)
    if len(pieces) == 1:
        return {"role": role, "content": content.strip()}
    parts: list[dict[str, Any]] = []
    for i, piece in enumerate(pieces):
        if i % 2:
            parts.append({"type": "image_url", "image_url": {"url": image_url(piece.strip())}})
        elif piece.strip():
            parts.append({"type": "text", "text": piece.strip()})
    return {"role": role, "content": parts}
