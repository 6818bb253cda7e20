"""What the browser is told to show. Plain data, no secret in it, ever."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pfconn_jupyter.connections.registry import all_types
from pfconn_jupyter.notebook.questions import questions

if TYPE_CHECKING:
    from pfconn_jupyter.connections.connection import Connection
    from pfconn_jupyter.notebook.form.purpose import Purpose

_STORE_KINDS = {"keyvault": "Key Vault", "azureml": "Azure ML"}
_PRIVATE = {"private": "Only me"}


def description(purpose: Purpose, line_class: str) -> dict[str, Any]:
    """Return all that `form.js` shows; it hides the line of class ``line_class``."""
    classes = [purpose.cls] if purpose.cls else all_types()
    return {
        "verb": purpose.verb,
        "name": purpose.name,
        "store": store_chip(purpose),
        "scope": scope_choice(purpose),
        "expires": f"{purpose.expires:%Y-%m-%d}" if purpose.expires else "",
        "command": purpose.command,
        "line": line_class,
        "types": [_type(purpose, cls) for cls in classes],
    }


def store_chip(purpose: Purpose) -> str:
    """Return the store as the header names it: ``contoso-kv · Key Vault``."""
    store = purpose.connections.store
    title = store.title.removeprefix("the ")
    kind = _STORE_KINDS.get(store.address.partition(":")[0], "")
    title = title[:1].upper() + title[1:] if not kind else title
    return f"{title} · {kind}" if kind and kind not in title else title


def scope_choice(purpose: Purpose) -> dict[str, Any]:
    """Return who can use it: choices in the store's words, and the chosen one."""
    choices = dict(purpose.connections.store.scopes) or _PRIVATE
    if purpose.verb != "create":
        scope = purpose.record.scope
        choices = {scope: choices.get(scope, scope)}
    chosen = purpose.scope if purpose.scope in choices else next(iter(choices))
    return {"choices": [list(c) for c in choices.items()], "chosen": chosen}


def _type(purpose: Purpose, cls: type[Connection]) -> dict[str, Any]:
    texts, secrets = purpose.given_for(cls)
    asked = []
    for question in questions(cls, purpose.current):
        if purpose.verb == "rotate" and question.kind not in ("secret", "rows"):
            continue
        shown = asdict(question)
        shown["value"] = "" if question.kind in ("secret", "rows") else texts.get(question.field, question.default)
        shown["given"] = question.field in secrets
        shown["rows"] = _rows(purpose, texts, list(secrets)) if question.kind == "rows" else []
        asked.append(shown)
    titles = {
        "create": f"New {cls.LABEL} connection",
        "update": f"Change {purpose.name}",
        "rotate": f"New key for {purpose.name}",
    }
    return {
        "type": cls.full_type(),
        "label": cls.LABEL,
        "badge": cls.BADGE,
        "summary": cls.SUMMARY,
        "title": titles[purpose.verb],
        "endpoint": cls.ENDPOINT,
        "address": purpose.current.endpoint_url if purpose.current else cls.DEFAULT_ENDPOINT,
        "spares": cls.TEST_SPARES,
        "has_test": cls.has_test(),
        "questions": asked,
    }


def _rows(purpose: Purpose, texts: dict[str, str], secrets: list[str]) -> list[dict[str, Any]]:
    """Return the rows of a custom connection; a secret's value is not in its row."""
    rows: dict[str, dict[str, Any]] = {}
    if purpose.current:
        rows |= {k: _row(k, v) for k, v in purpose.current.configs.items() if purpose.verb == "update"}
        rows |= {k: _row(k, origin="stored") for k in purpose.current.secrets}
    rows |= {k: _row(k, v) for k, v in texts.items()}
    rows |= {k: _row(k, origin="given") for k in secrets}
    return list(rows.values())


def _row(key: str, value: str = "", origin: str = "") -> dict[str, Any]:
    return {"key": key, "value": value, "secret": bool(origin), "origin": origin}
