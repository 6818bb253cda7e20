"""A connection as prompt flow's YAML, for ``pf connection create -f``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pfconn_jupyter.errors import NotSupported

if TYPE_CHECKING:
    from pfconn_jupyter.interop.described import Described

PLACEHOLDER = "<user-input>"
"""Where it stands for a secret, prompt flow asks for it."""


@dataclass(frozen=True)
class Form:
    """How prompt flow 1.18 writes a type: its name and the configs that it has; extra ones it adds itself."""

    type: str
    configs: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    entra: bool = False


FORMS: dict[str, Form] = {
    "azure_openai": Form(
        "azure_open_ai", ("api_base", "api_type", "api_version", "auth_mode", "resource_id"), entra=True
    ),
    "openai": Form("open_ai", ("organization", "base_url")),
    "azure_content_safety": Form(
        "azure_content_safety", ("endpoint", "api_version"), (("api_type", "Content Safety"),)
    ),
    "document_intelligence": Form("form_recognizer", ("endpoint", "api_version"), (("api_type", "Form Recognizer"),)),
    "cognitive_search": Form("cognitive_search", ("api_base", "api_version", "auth_mode"), entra=True),
    "azure_ai_services": Form("azure_ai_services", ("endpoint", "auth_mode"), entra=True),
    "serp": Form("serp"),
    "serverless": Form("serverless", ("api_base",)),
    "qdrant": Form("qdrant", ("api_base",)),
    "weaviate": Form("weaviate", ("api_base",)),
}


def as_promptflow(described: Described) -> tuple[str, list[str]]:
    """Return prompt flow's YAML, and the configs that have no place in it.

    In place of a secret stands the word at which prompt flow asks for it: a ``${env:…}`` would be
    stored as it stands (measured with 1.18.5), and a ``--set`` can be read by every process.

    Raises
    ------
    NotSupported
        Prompt flow has no such type, or knows no Microsoft Entra ID for it.
    """
    import yaml

    content: dict[str, object] = {"name": described.name}
    left_out: list[str] = []
    secrets = dict.fromkeys(described.secrets, PLACEHOLDER)
    if described.custom:
        content |= {"type": "custom", "configs": dict(described.configs), "secrets": secrets}
    else:
        form = _form(described)
        kept = {field: value for field, value in described.configs.items() if field in form.configs}
        left_out = [field for field in described.configs if field not in form.configs]
        content |= {"type": form.type, **kept, **dict(form.fixed), **secrets}
    asks = f", which asks for {', '.join(described.secrets)}" if described.secrets else ""
    head = f"# For pf connection create -f{asks}."
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)
    return f"{head}\n{text}", [field for field in left_out if field != "auth_mode" or described.record.auth != "key"]


def _form(described: Described) -> Form:
    form = FORMS.get(described.record.type)
    label = described.cls.LABEL
    if form is None:
        raise NotSupported(f"Prompt flow has no {label} connections.", "Export it in our own form: --as pfconn.")
    if described.record.auth != "key" and not form.entra:
        raise NotSupported(
            f"Prompt flow knows no Microsoft Entra ID for {label} ({described.name}).",
            "Give the connection a key, or export it in our own form: --as pfconn.",
        )
    return form
