"""The JSON object of a value, and how long a text is where it is sent. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pfconn_jupyter.connections.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_json(configs: Mapping[str, str], secrets: Mapping[str, Secret]) -> Secret:
    """Return ``{"configs": {...}, "secrets": {...}}``."""
    # ensure_ascii would make a Cyrillic letter six bytes.
    return Secret(
        json.dumps(
            {"configs": dict(configs), "secrets": {field: secret.reveal() for field, secret in secrets.items()}},
            ensure_ascii=False,
        )
    )


def parts(value: Secret) -> tuple[dict[str, str], dict[str, Secret]] | None:
    """Return configs and secrets of such an object; None if it is none."""
    # Returns instead of raising: an exception's frames would hold the text.
    try:
        found = json.loads(value.reveal())
        configs, secrets = found["configs"], found["secrets"]
        if all(isinstance(text, str) for text in (*configs.values(), *secrets.values())):
            return dict(configs), {field: Secret(text) for field, text in secrets.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return None


def size(value: Secret) -> int:
    """Return how many bytes are sent, -1 if it cannot be."""
    try:
        return len(value.reveal().encode())
    except UnicodeEncodeError:
        # Not raised on: the exception holds the text.
        return -1
